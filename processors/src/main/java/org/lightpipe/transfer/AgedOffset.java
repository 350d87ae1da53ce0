package org.lightpipe.transfer;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How far a file had come some time ago. What an operating system took it has written to its disk after a while, asked or
 * not: a power cut of the far side does not take it back.
 */
final class AgedOffset {

    private static final int STEPS = 8;

    private final long ageNanos;
    private final Deque<Mark> marks = new ArrayDeque<>();

    private record Mark(long nanos, long offset) {}

    /** @param age how long ago */
    AgedOffset(Duration age) {
        this.ageNanos = age.toNanos();
    }

    /** Notes how far it is now, in bytes. */
    void note(long nanos, long offset) {
        if (marks.isEmpty() || nanos - marks.getLast().nanos() >= ageNanos / STEPS) {
            marks.add(new Mark(nanos, offset));
            // The first that is old enough makes those before it useless.
            while (marks.size() > 1 && isOld(second(), nanos)) {
                marks.removeFirst();
            }
        }
    }

    /** How far it was then; 0 when it had not begun. */
    long offset(long nanos) {
        long offset = 0;
        for (Mark mark : marks) {
            if (isOld(mark, nanos)) {
                offset = mark.offset();
            }
        }
        return offset;
    }

    private Mark second() {
        var all = marks.iterator();
        all.next();
        return all.next();
    }

    private boolean isOld(Mark mark, long nanos) {
        return nanos - mark.nanos() >= ageNanos;
    }
}
