package org.lightpipe.acquire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Hands finished files over in batches and keeps in mind which they were. When a batch is not taken it stalls: its files
 * are looked at again after a while, and until then nothing is handed over. Not thread-safe.
 */
final class Handover {

    /** After how long what could not be handed over is tried again, in nanoseconds. */
    static final long AGAIN = TimeUnit.SECONDS.toNanos(1);

    private final LandingOptions options;
    private final Taker taker;
    private final BooleanSupplier allowed;
    private final Tree tree;
    private final WaitingFiles waiting;
    private final Hash hash;
    private final LandingCounts counts;
    private final Map<String, Finished> batch = new LinkedHashMap<>();
    private long stalledUntil;

    /** Takes a batch. */
    @FunctionalInterface
    interface Taker {
        /** @return whether it was taken; if not, the files are handed over again */
        boolean take(List<LandedFile> files);
    }

    private record Finished(WaitingFile file, long name, long state) {
        LandedFile landed() {
            FileStatus status = file.status;
            return new LandedFile(file.path(), status.size(), status.mtimeNs(), status.inode());
        }
    }

    /** @param allowed whether to go on; asked often */
    Handover(
            LandingOptions options,
            Taker taker,
            BooleanSupplier allowed,
            Tree tree,
            WaitingFiles waiting,
            Hash hash,
            LandingCounts counts) {
        this.options = options;
        this.taker = taker;
        this.allowed = allowed;
        this.tree = tree;
        this.waiting = waiting;
        this.hash = hash;
        this.counts = counts;
    }

    /** Whether the route still wants to go on. */
    boolean isAllowed() {
        return allowed.getAsBoolean();
    }

    /** Whether files can be handed over now. */
    boolean mayGoOn() {
        return isAllowed() && !isStalled();
    }

    boolean isStalled() {
        return stalledUntil != 0 && System.nanoTime() < stalledUntil;
    }

    /** When it goes on again, if it is stalled; monotonic, in nanoseconds. */
    long stalledUntil() {
        return stalledUntil;
    }

    /** True when no batch has been begun. */
    boolean isEmpty() {
        return batch.isEmpty();
    }

    /** True when this file was handed over as it is now, as far as its directory remembers. */
    boolean wasHanded(Directory directory, String name, FileStatus status) {
        return directory.wasTold(hash.name(name), hash.state(status));
    }

    void hand(WaitingFile file) {
        // What was seen twice is handed over once, as it was seen last.
        batch.put(file.path(), new Finished(file, hash.name(file.name()), hash.state(file.status)));
        if (batch.size() >= options.batch()) {
            flush();
        }
    }

    /** Hands over what is in the batch that was begun. */
    void flush() {
        if (batch.isEmpty()) {
            return;
        }
        List<Finished> files = List.copyOf(batch.values());
        batch.clear();
        List<LandedFile> landed = files.stream().map(Finished::landed).toList();
        long now = System.nanoTime();
        if (taker.take(landed)) {
            counts.handed(landed);
            for (Finished one : files) {
                Directory directory = one.file().directory();
                if (!directory.gone) {
                    tree.changing(directory, () -> directory.told(one.name(), one.state()));
                    tree.changed(directory, now);
                }
            }
        } else {
            stalledUntil = System.nanoTime() + AGAIN;
            for (Finished one : files) {
                again(one.file());
            }
        }
    }

    private void again(WaitingFile file) {
        if (file.directory().gone) {
            return;
        }
        if (waiting.isFull()
                || options.directories() && !file.directory().path().isEmpty()) {
            tree.enqueue(file.directory());
        } else if (waiting.get(file.path()) == null) {
            file.due = stalledUntil;
            waiting.put(file);
        }
    }
}
