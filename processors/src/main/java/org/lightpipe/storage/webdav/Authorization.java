package org.lightpipe.storage.webdav;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/** The value of the Authorization header; never part of a message. Thread-safe. */
final class Authorization {

    private final Optional<String> variable;
    private final Optional<Path> file;
    private final Map<String, String> environment;
    private FileTime readAt;
    private String read;

    Authorization(Optional<String> variable, Optional<Path> file, Map<String, String> environment) {
        this.variable = variable;
        this.file = file;
        this.environment = environment;
    }

    /** Empty when the storage wants none. Tokens expire: a file that was replaced is read again. */
    synchronized Optional<String> value() throws IOException {
        if (file.isPresent()) {
            FileTime changed = Files.getLastModifiedTime(file.get());
            if (!changed.equals(readAt)) {
                read = checked(Files.readString(file.get()), "authorizationFile " + file.get());
                readAt = changed;
            }
            return Optional.of(read);
        }
        if (variable.isPresent()) {
            String value = environment.get(variable.get());
            if (value == null) {
                throw new IOException("environment variable " + variable.get() + " (authorizationEnv) is not set");
            }
            return Optional.of(checked(value, "environment variable " + variable.get()));
        }
        return Optional.empty();
    }

    /** What a header cannot hold, the HTTP client would quote in its message: it must not get there. */
    private static String checked(String text, String where) throws IOException {
        String value = text.strip();
        if (value.isEmpty() || !value.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
            throw new IOException(where + " does not hold one line of text such as 'Bearer …'");
        }
        return value;
    }
}
