package org.lightpipe.transfer;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.lightpipe.os.Errno;

/** Says in words what went wrong with a file system, and whose fault it is. */
final class LocalTrouble {

    private final String storage;
    private final Path root;

    /** @param storage its name, for people */
    LocalTrouble(String storage, Path root) {
        this.storage = storage;
        this.root = root;
    }

    /** The source could not be read: no other file fares worse for it. */
    static CopyException ofSource(Path source, IOException failure) {
        if (failure instanceof CopyException known) {
            return known;
        }
        if (failure instanceof ClosedByInterruptException) {
            return stopped();
        }
        if (failure instanceof NoSuchFileException) {
            return new CopyException("the source is gone: " + source + " does not exist", false, failure);
        }
        if (failure instanceof AccessDeniedException) {
            return new CopyException(
                    "the source cannot be read: " + source
                            + ": permission denied; give read permission to the user that the hub runs as",
                    false,
                    failure);
        }
        return new CopyException("the source cannot be read: " + source + ": " + words(failure), false, failure);
    }

    /** The storage could not be written or read. */
    CopyException ofTarget(String target, IOException failure) {
        if (failure instanceof CopyException known) {
            return known;
        }
        if (failure instanceof ClosedByInterruptException) {
            return stopped();
        }
        if (!Files.isDirectory(root)) {
            return missingRoot();
        }
        Errno error = Errno.of(failure).orElse(null);
        if (error != null) {
            switch (error) {
                case ENOSPC -> {
                    return whole("is full: no space is left below " + root, failure);
                }
                case EDQUOT -> {
                    return whole("has used up its quota below " + root, failure);
                }
                case EROFS -> {
                    return whole("is mounted read-only: " + root, failure);
                }
                case EIO -> {
                    return whole("has a disk that reports errors: " + target + ": " + words(failure), failure);
                }
                case ESTALE -> {
                    return whole("was forgotten by its server: mount " + root + " again", failure);
                }
                case ENAMETOOLONG -> {
                    return new CopyException(
                            "the name is too long for storage '" + storage + "': " + target, false, failure);
                }
                case EISDIR, ENOTEMPTY -> {
                    return new CopyException(
                            "there is a directory of that name in storage '" + storage + "': " + target,
                            false,
                            failure);
                }
                default -> {}
            }
        }
        if (failure instanceof AccessDeniedException) {
            return new CopyException(
                    "storage '" + storage + "' cannot be written: " + ((AccessDeniedException) failure).getFile()
                            + ": permission denied; give write permission to the user that the hub runs as",
                    false,
                    failure);
        }
        return new CopyException(
                "cannot be written to storage '" + storage + "': " + target + ": " + words(failure), false, failure);
    }

    /** The hub ends, or the transfer was told to. */
    static CopyException stopped() {
        return new CopyException("stopped before it was done", false);
    }

    CopyException missingRoot() {
        return new CopyException(
                "storage '" + storage + "' is not there: " + root + " is not a directory; is it mounted?", true);
    }

    CopyException unmounted() {
        return new CopyException(
                "storage '" + storage + "' is not there: nothing is mounted at " + root + " any more; mount it again",
                true);
    }

    private CopyException whole(String trouble, IOException failure) {
        return new CopyException("storage '" + storage + "' " + trouble, true, failure);
    }

    private static String words(IOException failure) {
        if (failure instanceof NoSuchFileException e) {
            return e.getFile() + " does not exist";
        }
        if (failure instanceof FileSystemException e && e.getReason() != null) {
            return e.getReason();
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
