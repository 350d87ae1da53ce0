package org.lightpipe.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.lightpipe.storage.Directories;

/** Makes the directories of a storage, and asks the file system once for each and not for every file. Thread-safe. */
final class LocalDirectories {

    private static final int MOST = 4096;

    private final Path root;
    private final Directories directories;
    private final Set<Path> known = new LinkedHashSet<>();

    LocalDirectories(Path root, Directories directories) {
        this.root = root;
        this.directories = directories;
    }

    /** Makes a directory below the root and those above it, where they are not there. */
    void make(Path directory) throws IOException {
        synchronized (known) {
            if (known.contains(directory)) {
                return;
            }
        }
        directories.create(root, directory);
        synchronized (known) {
            known.add(directory);
            if (known.size() > MOST) {
                Iterator<Path> oldest = known.iterator();
                oldest.next();
                oldest.remove();
            }
        }
    }

    /** Forgets what was seen, since somebody removed a directory. */
    void forget() {
        synchronized (known) {
            known.clear();
        }
    }
}
