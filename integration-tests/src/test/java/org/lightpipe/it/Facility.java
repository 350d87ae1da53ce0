package org.lightpipe.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A facility of its own for one test: a copy of the routes and the configuration, to which a test adds its beamlines,
 * a directory that a detector writes to, and a state directory.
 */
final class Facility {

    private final Path root;

    private Facility(Path root) {
        this.root = root;
    }

    static Facility in(Path directory) throws IOException {
        Facility facility = new Facility(directory.toRealPath());
        for (String part : List.of("routes", "config", "portal")) {
            copy(checkout().resolve(part), facility.home().resolve(part));
        }
        Files.createDirectories(facility.detector());
        return facility;
    }

    /** The checkout that is tested. */
    static Path checkout() {
        return Path.of(System.getProperty("lightpipe.home", ".."))
                .toAbsolutePath()
                .normalize();
    }

    /** Data that is not part of the checkout. Missing on a user's machine, never in continuous integration. */
    static Path shared() {
        return Path.of(System.getProperty(
                        "lightpipe.shared", checkout().resolve("../shared/data").toString()))
                .normalize();
    }

    Path home() {
        return root.resolve("home");
    }

    Path state() {
        return root.resolve("state");
    }

    Path detector() {
        return root.resolve("detector");
    }

    Path storage() {
        return root.resolve("storage");
    }

    Path tape() {
        return root.resolve("tape");
    }

    /** Adds or replaces a file of the configuration. */
    void write(String path, String content) throws IOException {
        Path file = home().resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** A hub of this facility, not started yet. */
    HubProcess hub(Path state, Map<String, String> properties) {
        List<String> arguments = new ArrayList<>(List.of("run", "--home=" + home(), "--state=" + state));
        properties.forEach((name, value) -> arguments.add("-D" + name + "=" + value));
        return new HubProcess(state, arguments);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            paths.forEach(path -> {
                try {
                    Path target = to.resolve(from.relativize(path).toString());
                    if (Files.isDirectory(path)) {
                        Files.createDirectories(target);
                    } else {
                        Files.copy(path, target);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
