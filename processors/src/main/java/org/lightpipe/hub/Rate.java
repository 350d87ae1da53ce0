package org.lightpipe.hub;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Counts per minute, from a counter that only grows. Thread-safe. */
final class Rate {

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier counter;
    private final LongSupplier clock;
    private final Deque<long[]> samples = new ArrayDeque<>();

    /**
     * @param counter the counter
     * @param clock a monotonic clock in nanoseconds
     */
    Rate(LongSupplier counter, LongSupplier clock) {
        this.counter = counter;
        this.clock = clock;
        sample();
    }

    /** To be called about once a second, by whoever keeps time. */
    synchronized void sample() {
        long now = clock.getAsLong();
        samples.addLast(new long[] {now, counter.getAsLong()});
        while (samples.size() > 1 && now - samples.getFirst()[0] > MINUTE) {
            samples.removeFirst();
        }
    }

    synchronized long perMinute() {
        return counter.getAsLong() - samples.getFirst()[1];
    }
}
