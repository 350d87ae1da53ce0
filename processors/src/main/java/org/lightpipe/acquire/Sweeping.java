package org.lightpipe.acquire;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.lightpipe.core.RawName;

/** Looks at every file now and then, a few at a time, for those that changed and nobody told. Not thread-safe. */
final class Sweeping implements AutoCloseable {

    /** Time between two looks at a few files, in nanoseconds. */
    static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int FILES_PER_SECOND = 2_000;

    private final LandingOptions options;
    private final Tree tree;
    private final Listing listing;
    private final Wanted wanted;
    private final Handover handover;
    private final Hash hash;
    private final LandingCounts counts;
    private long startedAt;
    private long sweptAt;
    private Sweep sweep;

    Sweeping(
            LandingOptions options,
            Tree tree,
            Listing listing,
            Wanted wanted,
            Handover handover,
            Hash hash,
            LandingCounts counts) {
        this.options = options;
        this.tree = tree;
        this.listing = listing;
        this.wanted = wanted;
        this.handover = handover;
        this.hash = hash;
        this.counts = counts;
    }

    /** True in the middle of a sweep. */
    boolean isGoingOn() {
        return sweep != null;
    }

    /** Ends a sweep that is going on; the next one is due as long after this as after a sweep. */
    void restart(long now) {
        close();
        startedAt = now;
    }

    /** Goes on with a sweep, or begins one that is due. */
    void goOn() {
        long now = System.nanoTime();
        if (sweep == null) {
            if (now - startedAt < options.sweep().toNanos() || options.once()) {
                return;
            }
            startedAt = now;
            sweptAt = now;
            sweep = new Sweep(tree);
        }
        long budget = Math.min(
                FILES_PER_SECOND, Math.max(1, (now - sweptAt) * FILES_PER_SECOND / TimeUnit.SECONDS.toNanos(1)));
        sweptAt = now;
        while (budget-- > 0 && handover.mayGoOn()) {
            if (!step()) {
                close();
                counts.swept();
                return;
            }
        }
    }

    /** Looks at one file; false when that was all. */
    private boolean step() {
        Path entry = sweep.next();
        if (entry == null) {
            Directory done = sweep.finished();
            if (done != null && done.isCold() && sweep.digest() != done.digest()) {
                tree.enqueue(done);
            }
            return sweep.advance();
        }
        Directory directory = sweep.directory();
        String name = RawName.text(entry.getFileName());
        FileStatus status = directory.status(entry);
        if (status == null) {
            return true;
        }
        if (!directory.isCold() || status.isDirectory()) {
            listing.entry(directory, name, entry);
        } else if (wanted.has(directory, name, status)) {
            sweep.add(FileSet.part(hash.name(name), hash.state(status)));
        }
        return true;
    }

    @Override
    public void close() {
        if (sweep != null) {
            sweep.close();
            sweep = null;
        }
    }
}
