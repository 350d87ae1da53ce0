package org.lightpipe.it;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code ./lightpipe} of a facility of its own: the launcher as an operator types it, on what the build has built. */
final class Launcher {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path home;

    /** What a command said, and how it ended. */
    record Outcome(int status, String out, String err) {}

    Launcher(Facility facility) throws IOException {
        this.home = facility.home();
        Path lib = home.resolve("distribution/target/lib");
        Files.createDirectories(lib.getParent());
        if (!Files.exists(lib)) {
            Files.createSymbolicLink(lib, Facility.checkout().resolve("distribution/target/lib"));
            Files.copy(
                    Facility.checkout().resolve("lightpipe"),
                    home.resolve("lightpipe"),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    /** A command that is not started yet. */
    ProcessBuilder command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(home.resolve("lightpipe").toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectInput(new File("/dev/null"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    /** Runs a command to its end. */
    Outcome run(String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(home, "out", ".txt");
        Path err = Files.createTempFile(home, "err", ".txt");
        Process process = command(List.of(arguments))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    String.join(" ", arguments) + " did not end: " + Files.readString(out) + Files.readString(err));
        }
        Outcome outcome = new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
        Files.delete(out);
        Files.delete(err);
        return outcome;
    }
}
