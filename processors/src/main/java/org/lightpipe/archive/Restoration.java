package org.lightpipe.archive;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.lightpipe.core.Sha256;
import org.lightpipe.storage.StorageSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the files of one bag back into storage while the bag is read. A file that is there and right is left alone. Any
 * other is written beside its place, read back, and renamed. Not thread-safe.
 */
final class Restoration implements PayloadVisitor, AutoCloseable {

    private static final List<String> STATES = List.of("ARCHIVED", "RELEASED", "RECALLED");
    private static final Logger LOG = LoggerFactory.getLogger(Restoration.class);

    private final long recall;
    private final Bag bag;
    private final StorageSession storage;
    private final HeldFiles held;
    private final Milestones milestones;
    private String directory = "";
    private String temporary = "";
    private long restored;

    Restoration(long recall, Bag bag, StorageSession storage, HeldFiles held, Milestones milestones) {
        this.recall = recall;
        this.bag = bag;
        this.storage = storage;
        this.held = held;
        this.milestones = milestones;
    }

    /** How many files were put back. */
    long restored() {
        return restored;
    }

    @Override
    public void read(PayloadFile file, InputStream bytes) throws IOException {
        String path = bag.storagePath(file);
        if (isThere(path, file.sha256())) {
            return;
        }
        String parent = path.substring(0, path.lastIndexOf('/'));
        if (!parent.equals(directory)) {
            storage.createDirectories(parent);
            directory = parent;
        }
        temporary = parent + "/.recall-" + recall + "-" + file.id();
        storage.write(temporary, bytes);
        milestones.passed("copied " + file.path());
    }

    @Override
    public void proved(PayloadFile file) throws IOException {
        if (temporary.isEmpty()) {
            return;
        }
        if (!isThere(temporary, file.sha256())) {
            throw new IOException("storage gave back something else than was written for file '" + file.path() + "'");
        }
        held.whileHeld(bag.datasetId(), List.of(file), STATES, files -> {
            if (!files.isEmpty()) {
                storage.rename(temporary, bag.storagePath(file));
                temporary = "";
                restored++;
                milestones.passed("renamed " + file.path());
            }
        });
        removeTemporary();
    }

    @Override
    public void damaged(PayloadFile file) throws IOException {
        removeTemporary();
    }

    /** Removes what an attempt that failed has left. */
    @Override
    public void close() {
        try {
            removeTemporary();
        } catch (IOException e) {
            LOG.warn("recall: cannot remove {}; the next attempt will: {}", temporary, e.getMessage());
        }
    }

    private void removeTemporary() throws IOException {
        if (!temporary.isEmpty()) {
            storage.delete(temporary);
            temporary = "";
        }
    }

    private boolean isThere(String path, String sha256) throws IOException {
        if (!storage.exists(path)) {
            return false;
        }
        try (InputStream bytes = storage.read(path)) {
            return Sha256.of(bytes).digest().equalsIgnoreCase(sha256);
        } catch (NoSuchFileException | FileNotFoundException e) {
            return false;
        }
    }
}
