package org.lightpipe.acquire;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Watches a directory tree and hands over the files that are finished. The kernel tells of changes where it can; where it
 * cannot, the times of directories tell which have to be listed again. All but {@link #close} belongs to one thread.
 *
 * <p>Bounded: a file that is handed over leaves 16 bytes in a table of its directory, as long as the directory is warm;
 * then there is one number for all of them. Files that are not finished are kept by name, up to a limit; beyond it the
 * directory is listed again. Whatever is forgotten is handed over again when in doubt: the catalog knows what it has.
 */
final class Landing implements AutoCloseable {

    private static final long QUEUED_WAIT = TimeUnit.MILLISECONDS.toNanos(100);

    private final LandingOptions options;
    private final WaitingFiles waiting;
    private final Tree tree = new Tree();
    private final Units units = new Units();
    private final LandingCounts counts = new LandingCounts();
    private final Handover handover;
    private final Watches watches;
    private final WatchedRoot root;
    private final Breath breath;
    private final Listing listing;
    private final Polling polling;
    private final Sweeping sweeping;
    private boolean through;

    /**
     * @param taker takes what is finished
     * @param wake is called, by another thread, when something has changed
     * @param allowed whether to go on; asked often
     */
    Landing(
            LandingOptions options,
            OpenForWriting openForWriting,
            Handover.Taker taker,
            Runnable wake,
            BooleanSupplier allowed) {
        this(options, openForWriting, taker, wake, allowed, () -> {});
    }

    /** @param beforeRead is run by the thread that reads what the kernel tells, before each time it reads */
    Landing(
            LandingOptions options,
            OpenForWriting openForWriting,
            Handover.Taker taker,
            Runnable wake,
            BooleanSupplier allowed,
            Runnable beforeRead) {
        this.options = options;
        this.waiting = new WaitingFiles(options.waiting());
        Hash hash = new Hash(new SecureRandom().nextLong());
        Completeness completeness = new Completeness(options.complete(), options.quiet(), options.minimumAge());
        MarkerFiles markers = new MarkerFiles(options, completeness);
        Wanted wanted = new Wanted(options, markers);
        this.handover = new Handover(options, taker, allowed, tree, waiting, hash, counts);
        this.watches = new Watches(options, tree, wake, beforeRead);
        Directories directories = new Directories(options, tree, waiting, watches);
        OpenFiles openFiles = new OpenFiles(openForWriting, directories);
        Intake intake = new Intake(options, completeness, markers, wanted, openFiles, tree, waiting, units, handover);
        KernelChanges changes =
                new KernelChanges(options, watches, tree, directories, intake, waiting, units, hash, counts);
        WholeDirectories wholeDirectories = new WholeDirectories(
                options, units, tree, directories, markers, wanted, openFiles, changes, handover, hash);
        this.breath = new Breath(changes, intake, waiting, wholeDirectories, handover);
        this.listing = new Listing(tree, directories, intake, breath, handover, hash, counts);
        this.polling = new Polling(options, tree, directories);
        this.sweeping = new Sweeping(options, tree, listing, wanted, handover, hash, counts);
        this.root = new WatchedRoot(options, tree, directories, watches, sweeping);
    }

    LandingCounts counts() {
        return counts;
    }

    /** True when everything that was there has been handed over, and that was all that was wanted. */
    boolean isThrough() {
        return through;
    }

    /**
     * One look: at what has changed, at what is due, and at what may have been missed.
     *
     * @return how many files were handed over
     * @throws IOException when the watched directory itself cannot be read
     */
    int look() throws IOException {
        if (through) {
            return 0;
        }
        long before = counts.files();
        root.look();
        breath.take();
        listing.list();
        polling.poll();
        listing.list();
        sweeping.goOn();
        cool();
        handover.flush();
        finish();
        counts.update(tree, waiting, units, watches.isOpen(), System.nanoTime());
        return Math.toIntExact(counts.files() - before);
    }

    /** For how long nothing need be done unless something changes, in nanoseconds. */
    long idleNanos() {
        long now = System.nanoTime();
        long due = Math.min(waiting.nextDue(), units.nextDue());
        if (sweeping.isGoingOn()) {
            due = Math.min(due, now + Sweeping.PAUSE);
        }
        if (tree.hasQueued()) {
            due = Math.min(due, now + QUEUED_WAIT);
        }
        if (due == WaitingFile.NEVER) {
            return due;
        }
        return Math.max(0, (handover.isStalled() ? Math.max(due, handover.stalledUntil()) : due) - now);
    }

    /** Forgets the files of directories that have not changed for long, or of the quietest ones when there are too many. */
    private void cool() {
        long now = System.nanoTime();
        for (Directory next = tree.oldestWarm(); next != null; next = tree.oldestWarm()) {
            boolean old = now - next.changedAt >= options.coldAfter().toNanos();
            boolean tooMany = tree.remembered() > options.remembered();
            if (!old && !tooMany || next.queued || next.waiting > 0 || !handover.isEmpty()) {
                return;
            }
            tree.cool(next);
        }
    }

    private void finish() {
        boolean nothing = options.once()
                && !handover.isStalled()
                && waiting.size() == 0
                && units.isEmpty()
                && handover.isEmpty()
                && !tree.hasQueued()
                && watches.isEmpty();
        if (nothing && handover.isAllowed()) {
            through = true;
        }
    }

    /** Gives everything back. No look may be going on. */
    @Override
    public void close() {
        watches.close();
        sweeping.close();
    }
}
