package org.lightpipe.hub.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that say which hub is meant. */
final class Where {

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Directory with routes/, config/ and portal/ (default: where ./lightpipe stands).")
    private Path home;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Directory for all that the hub keeps (default: $LIGHTPIPE_STATE, or state/ in the home).")
    private Path state;

    Path home() {
        return absolute(Optional.ofNullable(home).orElseGet(() -> Path.of(System.getProperty("lightpipe.home", "."))));
    }

    Path state() {
        return absolute(Optional.ofNullable(state)
                .or(() -> Optional.ofNullable(System.getenv("LIGHTPIPE_STATE")).map(Path::of))
                .orElseGet(() -> home().resolve("state")));
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }
}
