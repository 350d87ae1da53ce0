package org.lightpipe.os;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Optional;

/** Errors of the operating system, as Linux numbers them, found again in Java's exceptions. */
public enum Errno {
    EPERM(1, "Operation not permitted"),
    EIO(5, "Input/output error"),
    EACCES(13, "Permission denied"),
    EISDIR(21, "Is a directory"),
    ENOSPC(28, "No space left on device"),
    EROFS(30, "Read-only file system"),
    ENAMETOOLONG(36, "File name too long"),
    ENOTEMPTY(39, "Directory not empty"),
    ESTALE(116, "Stale file handle"),
    EDQUOT(122, "Disk quota exceeded");

    private final int number;
    private final String english;

    Errno(int number, String english) {
        this.number = number;
        this.english = english;
    }

    /**
     * What went wrong. Java tells it only in words, and in the language of the machine: they are compared with the
     * words that the C library has for each error.
     */
    public static Optional<Errno> of(IOException failure) {
        String words = failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
        if (words == null) {
            return Optional.empty();
        }
        for (Errno error : values()) {
            if (words.equals(error.english) || words.equals(error.words())) {
                return Optional.of(error);
            }
        }
        return Optional.empty();
    }

    private String words() {
        return LibC.calls().map(calls -> calls.strerror(number)).orElse(english);
    }
}
