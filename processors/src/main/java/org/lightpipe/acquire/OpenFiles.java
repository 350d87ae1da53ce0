package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.lightpipe.core.RawName;

/** Tells which files of a watched tree somebody still writes, by what can be seen from outside. Not thread-safe. */
final class OpenFiles {

    private static final long LAST = TimeUnit.MILLISECONDS.toNanos(500);

    private final OpenForWriting openForWriting;
    private final Directories directories;
    private Set<Path> open = Set.of();
    private long openSince;

    OpenFiles(OpenForWriting openForWriting, Directories directories) {
        this.openForWriting = openForWriting;
        this.directories = directories;
    }

    boolean isOpen(WaitingFile file, long now) {
        Path place = file.directory().place().resolve(RawName.path(file.name()));
        if (!file.isClosed() && openFiles(now).contains(place)) {
            return true;
        }
        try {
            return Hdf5Flags.isOpen(place, file.status.size());
        } catch (IOException | RuntimeException e) {
            // Gone, or not readable: the transfer tells the reason, if it is still there then.
            return false;
        }
    }

    private Set<Path> openFiles(long now) {
        if (openSince == 0 || now - openSince > LAST) {
            open = openForWriting.below(directories.root());
            openSince = System.nanoTime();
        }
        return open;
    }
}
