package org.lightpipe.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs and a user's machine may not have. There the test is skipped with a line that says so; in
 * continuous integration its absence is a failure, so that nothing is skipped unseen.
 */
final class Needs {

    private Needs() {}

    /** A file of the data that is not part of the checkout. */
    static Path shared(String name) {
        Path file = Facility.shared().resolve(name);
        return there(Files.isRegularFile(file) ? Optional.of(file) : Optional.empty(), file + " is not there");
    }

    /** A program, and the Debian package that has it. */
    static Path program(String name, String debianPackage) {
        return there(
                Arrays.stream(System.getenv("PATH").split(":"))
                        .map(directory -> Path.of(directory, name))
                        .filter(Files::isExecutable)
                        .findFirst(),
                name + " is not installed (Debian: apt install " + debianPackage + ")");
    }

    private static Path there(Optional<Path> file, String otherwise) {
        if (file.isEmpty()) {
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(otherwise);
            }
            System.out.println("skipped: " + otherwise);
            Assumptions.abort(otherwise);
        }
        return file.orElseThrow();
    }
}
