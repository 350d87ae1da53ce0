package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then whether the watched directory itself is still there, and still the same. Not thread-safe. */
final class WatchedRoot {

    /** All parts of a landing log under its name: that is what a site sets the level of. */
    private static final Logger LOG = LoggerFactory.getLogger(Landing.class);

    private final LandingOptions options;
    private final Tree tree;
    private final Directories directories;
    private final Watches watches;
    private final Sweeping sweeping;
    private long lookedAt;

    WatchedRoot(LandingOptions options, Tree tree, Directories directories, Watches watches, Sweeping sweeping) {
        this.options = options;
        this.tree = tree;
        this.directories = directories;
        this.watches = watches;
        this.sweeping = sweeping;
    }

    /** @throws IOException when the watched directory cannot be read */
    void look() throws IOException {
        long now = System.nanoTime();
        Path known = directories.root();
        if (known != null
                && !directories.isRootLost()
                && now - lookedAt < options.rescan().toNanos() / 2) {
            return;
        }
        lookedAt = now;
        try {
            Path found = options.root().toRealPath();
            if (!Files.isDirectory(found)) {
                throw new NotDirectoryException(found.toString());
            }
            if (known == null || !found.equals(known)) {
                start(found, now);
            } else {
                again(found);
            }
            directories.setRootLost(false);
        } catch (IOException e) {
            directories.setRootLost(true);
            throw e;
        }
    }

    private void start(Path found, long now) throws IOException {
        // The watched directory may be a link; when it is turned to another directory everything begins anew.
        watches.close();
        sweeping.restart(now);
        // Before anything is begun: the directory may have gone since it was found.
        FileStatus status = FileStatus.of(found);
        directories.begin(found);
        watches.open(found);
        directories.add("", status, now);
        watches.start();
    }

    private void again(Path found) throws IOException {
        Directory directory = tree.get("");
        FileStatus status = FileStatus.of(found);
        boolean replaced = status.device() != directory.device || status.inode() != directory.inode;
        if (directories.isRootLost() || replaced) {
            directory.device = status.device();
            directory.inode = status.inode();
            LOG.info("{} is there again and is listed", options.root());
            directories.listEverything();
        }
    }
}
