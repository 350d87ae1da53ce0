package org.lightpipe.transfer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs and a user's machine may not have. There the test is skipped with a line that says so; in
 * continuous integration its absence is a failure, so that nothing is skipped unseen.
 */
public final class Needs {

    private Needs() {}

    /** A program, and the Debian packages that have it. */
    public static Path program(String name, String debianPackages) {
        return there(
                Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/sbin"))
                        .map(directory -> Path.of(directory, name))
                        .filter(Files::isExecutable)
                        .findFirst(),
                name + " is not installed (Debian: apt install " + debianPackages + ")");
    }

    /** A file that a Debian package has. */
    public static Path file(String path, String debianPackage) {
        return there(
                Optional.of(Path.of(path)).filter(Files::isRegularFile),
                path + " is not there (Debian: apt install " + debianPackage + ")");
    }

    private static Path there(Optional<Path> file, String otherwise) {
        if (file.isEmpty()) {
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(otherwise);
            }
            Assumptions.abort(otherwise);
        }
        return file.orElseThrow();
    }
}
