package org.lightpipe.acquire;

import java.util.concurrent.TimeUnit;
import org.lightpipe.acquire.WaitingFile.Arrival;

/** Takes note of files that were seen: hands over the finished ones and keeps the others in mind. Not thread-safe. */
final class Intake {

    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(5);

    private final LandingOptions options;
    private final Completeness completeness;
    private final MarkerFiles markers;
    private final Wanted wanted;
    private final OpenFiles openFiles;
    private final Tree tree;
    private final WaitingFiles waiting;
    private final Units units;
    private final Handover handover;

    Intake(
            LandingOptions options,
            Completeness completeness,
            MarkerFiles markers,
            Wanted wanted,
            OpenFiles openFiles,
            Tree tree,
            WaitingFiles waiting,
            Units units,
            Handover handover) {
        this.options = options;
        this.completeness = completeness;
        this.markers = markers;
        this.wanted = wanted;
        this.openFiles = openFiles;
        this.tree = tree;
        this.waiting = waiting;
        this.units = units;
        this.handover = handover;
    }

    /** Takes note of a file; false when there was no room to keep it in mind. */
    boolean observe(Directory directory, String name, FileStatus status, Arrival arrival) {
        String path = directory.pathOf(name);
        if (markers.areUsed() && !options.directories()) {
            marked(directory, name);
        }
        if (!wanted.has(directory, name, status)) {
            return true;
        }
        if (handover.wasHanded(directory, name, status)) {
            waiting.remove(path);
            return true;
        }
        long now = System.nanoTime();
        if (options.directories() && !directory.path().isEmpty()) {
            units.touch(path, now, options.quiet().toNanos(), true);
            return true;
        }
        WaitingFile file = waiting.get(path);
        if (file == null) {
            file = new WaitingFile(directory, name, status, arrival, now);
        } else if (!file.status.sameBytesAs(status)) {
            file = new WaitingFile(directory, name, status, arrival, now);
        } else if (arrival != Arrival.SCANNED) {
            file.arrival = arrival;
            file.status = status;
        }
        return consider(file, now);
    }

    /** A file with this name may be the marker of another, whose time has come. */
    private void marked(Directory directory, String name) {
        markers.markedBy(name).ifPresent(target -> {
            FileStatus status = directory.status(target);
            if (status != null
                    && wanted.has(directory, target, status)
                    && !handover.wasHanded(directory, target, status)) {
                WaitingFile file = waiting.get(directory.pathOf(target));
                long now = System.nanoTime();
                boolean same = file != null && file.status.sameBytesAs(status);
                consider(same ? file : new WaitingFile(directory, target, status, Arrival.SCANNED, now), now);
            }
        });
    }

    /** Looks again at a file that was kept in mind and whose time has come. */
    void again(WaitingFile file) {
        FileStatus status = file.directory().status(file.name());
        if (status == null || !status.isFile()) {
            waiting.remove(file.path());
        } else if (status.sameBytesAs(file.status)) {
            file.status = status;
            consider(file, System.nanoTime());
        } else {
            // Somebody writes who has not closed it.
            consider(changed(file, status), System.nanoTime());
        }
    }

    private static WaitingFile changed(WaitingFile file, FileStatus status) {
        Arrival arrival = file.arrival == Arrival.CREATED ? Arrival.CREATED : Arrival.SCANNED;
        return new WaitingFile(file.directory(), file.name(), status, arrival, System.nanoTime());
    }

    /** Hands a file over if it is finished, and keeps it in mind otherwise. */
    private boolean consider(WaitingFile file, long now) {
        long at = completeness.finishedAt(file, markers.of(file), now, wallNs());
        if (at <= now && !handover.isStalled()) {
            if (!openFiles.isOpen(file, now)) {
                waiting.remove(file.path());
                handover.hand(file);
                return true;
            }
            at = now + Math.min(LONGEST_WAIT, Math.max(options.quiet().toNanos(), (now - file.since) / 4));
        }
        at = Math.max(at, handover.isStalled() ? handover.stalledUntil() : at);
        if (waiting.get(file.path()) == file) {
            waiting.schedule(file, at);
            return true;
        }
        if (waiting.isFull() && waiting.get(file.path()) == null) {
            if (at == WaitingFile.NEVER) {
                // One that waits for its marker, or for its writer, is found when that comes.
                return true;
            }
            tree.enqueue(file.directory());
            return false;
        }
        file.due = at;
        waiting.put(file);
        return true;
    }

    private static long wallNs() {
        return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    }
}
