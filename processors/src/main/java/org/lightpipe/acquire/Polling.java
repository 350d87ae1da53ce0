package org.lightpipe.acquire;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Looks at the times of directories of which the kernel does not tell: they say which have to be listed again. */
final class Polling {

    private static final int COLD_LOOKS = 500;
    /** Times of directories may be as coarse as this: what changes soon after a change may leave no trace. */
    private static final long COARSE = TimeUnit.SECONDS.toNanos(3);

    private final LandingOptions options;
    private final Tree tree;
    private final Directories directories;
    private long polledAt;

    Polling(LandingOptions options, Tree tree, Directories directories) {
        this.options = options;
        this.tree = tree;
        this.directories = directories;
    }

    /** Looks at the warm ones and at some of the cold ones, if the last time was long enough ago. */
    void poll() {
        long now = System.nanoTime();
        if (now - polledAt < options.rescan().toNanos() && polledAt != 0) {
            return;
        }
        polledAt = now;
        for (Directory directory : tree.warmOnes()) {
            poll(directory, now);
        }
        for (Directory directory : tree.someCold(COLD_LOOKS)) {
            poll(directory, now);
        }
    }

    private void poll(Directory directory, long now) {
        if (!directory.isPolled() || directory.gone || directory.queued) {
            return;
        }
        try {
            FileStatus status = FileStatus.of(directory.place());
            if (!status.isDirectory()) {
                directories.gone(directory);
                return;
            }
            if (status.mtimeNs() != directory.seenMtimeNs) {
                directory.seenMtimeNs = status.mtimeNs();
                directory.seenAt = now;
                directory.changedAt = now;
            }
            boolean changed = status.mtimeNs() != directory.listedMtimeNs;
            if (changed || directory.listedAt - directory.seenAt < COARSE) {
                tree.enqueue(directory);
            }
        } catch (IOException e) {
            directories.gone(directory);
        }
    }
}
