package org.lightpipe.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.OptionalLong;
import org.lightpipe.config.Storage;
import org.lightpipe.core.RootedPath;
import org.lightpipe.core.Sha256;
import org.lightpipe.storage.StorageSession;
import org.lightpipe.storage.Storages;

/** Compares the files of one experiment in its storage with the catalog. Not thread-safe. */
final class FileCheck implements AutoCloseable {

    private final Storages storages;
    private final Storage storage;
    private final Optional<Path> root;
    private final StoredBytes bytes;
    private Optional<StorageSession> session = Optional.empty();
    private OptionalLong block = OptionalLong.empty();

    /**
     * Opens the storage.
     *
     * @throws IOException when it cannot be reached
     */
    FileCheck(Storages storages, Storage storage, StoredBytes bytes) throws IOException {
        this.storages = storages;
        this.storage = storage;
        this.root = storages.localRoot(storage);
        this.bytes = bytes;
        this.session = Optional.of(storages.open(storage));
    }

    /**
     * What is wrong with a file, if anything is.
     *
     * @throws InterruptedIOException when the hub stops
     * @throws IOException when the storage as a whole cannot be reached, or nothing of the experiment is there
     */
    Optional<Problem> check(StoredFile file) throws IOException {
        try {
            return compared(file);
        } catch (InterruptedIOException | NoLongerHeldException | AbsentException e) {
            throw e;
        } catch (IOException first) {
            // The connection may have broken: then it is the storage that cannot be opened again.
            close();
            session = Optional.of(storages.open(storage));
            try {
                return compared(file);
            } catch (InterruptedIOException | NoLongerHeldException | AbsentException e) {
                throw e;
            } catch (IOException second) {
                return Optional.of(new Problem(Problem.Kind.UNREADABLE, "cannot be read: " + words(second)));
            }
        }
    }

    /** Nothing of the experiment is there: a disk that is not mounted rather than a million losses. */
    private static final class AbsentException extends IOException {
        AbsentException(String directory, Storage storage) {
            super("the directory " + directory + " is not in storage " + storage.name() + "; is it mounted?");
        }
    }

    private Optional<Problem> compared(StoredFile file) throws IOException {
        try {
            if (root.isPresent()) {
                Path path = RootedPath.resolve(root.get(), file.storagePath());
                BasicFileAttributes found =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (!found.isRegularFile()) {
                    return Optional.of(new Problem(
                            Problem.Kind.UNREADABLE,
                            found.isSymbolicLink()
                                    ? "is a symbolic link, which is never followed"
                                    : "is not a regular file"));
                }
                if (found.size() != file.size()) {
                    return wrongSize(file, found.size());
                }
                return compared(file, bytes.of(path, block(path)));
            }
            try (InputStream stream = session.orElseThrow().read(file.storagePath())) {
                return compared(file, bytes.of(stream));
            }
        } catch (NoSuchFileException e) {
            if (!session.orElseThrow().exists(file.dataDirectory())) {
                throw new AbsentException(file.dataDirectory(), storage);
            }
            return Optional.of(new Problem(Problem.Kind.MISSING, "is not in storage"));
        }
    }

    /** Asked once: the answer is looked for in the table of all mounts. */
    private long block(Path file) throws IOException {
        if (block.isEmpty()) {
            block = OptionalLong.of(Files.getFileStore(file).getBlockSize());
        }
        return block.getAsLong();
    }

    private static Optional<Problem> compared(StoredFile file, Sha256.Sum found) {
        if (found.size() != file.size()) {
            return wrongSize(file, found.size());
        }
        return found.digest().equalsIgnoreCase(file.digest())
                ? Optional.empty()
                : Optional.of(new Problem(
                        Problem.Kind.DIGEST, "has SHA-256 " + found.digest() + ", stored was " + file.digest()));
    }

    private static Optional<Problem> wrongSize(StoredFile file, long size) {
        return Optional.of(
                new Problem(Problem.Kind.SIZE, "has " + size + " bytes, stored were " + file.size() + " bytes"));
    }

    private static String words(IOException e) {
        return e instanceof java.nio.file.AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    @Override
    public void close() {
        session.ifPresent(StorageSession::close);
        session = Optional.empty();
    }
}
