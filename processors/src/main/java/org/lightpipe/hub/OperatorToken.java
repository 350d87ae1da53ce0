package org.lightpipe.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** {@code operator.token} in the state directory: who may read it may steer the hub from this machine. */
final class OperatorToken {

    private final Path file;

    OperatorToken(Path state) {
        this.file = state.resolve("operator.token");
    }

    /**
     * Writes a new token, readable for the hub's own user alone, and ends the one before.
     *
     * @param create makes a token
     * @param revoke ends a token
     */
    void renew(Supplier<String> create, Consumer<String> revoke) throws IOException {
        if (Files.exists(file)) {
            revoke.accept(read());
        }
        Path temporary = file.resolveSibling(".operator.token.part");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(temporary, create.get());
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    String read() throws IOException {
        return Files.readString(file).strip();
    }
}
