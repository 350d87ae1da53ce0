package org.lightpipe.transfer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Limits and counts bytes. What is taken is owed from then on: who comes next waits until the bytes before could have
 * been sent at the limit, so that many small and few large takes come to the same rate. Thread-safe and fair.
 */
final class Throttle implements Meter {

    /** How much may be sent at once after a pause, in nanoseconds at the limit. */
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final AtomicLong total = new AtomicLong();
    private long bytesPerSecond;
    private long freeAtNanos;

    /**
     * @param bytesPerSecond limit; 0 for none
     * @param clock monotonic, in nanoseconds
     */
    Throttle(long bytesPerSecond, LongSupplier clock) {
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
        this.freeAtNanos = clock.getAsLong();
    }

    /** Changes the limit at once, for those too who wait; 0 for none. */
    void limit(long wanted) {
        lock.lock();
        try {
            if (wanted != bytesPerSecond) {
                bytesPerSecond = wanted;
                freeAtNanos = clock.getAsLong();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    long limit() {
        lock.lock();
        try {
            return bytesPerSecond;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void take(long bytes) throws InterruptedException {
        total.addAndGet(bytes);
        lock.lockInterruptibly();
        try {
            long wait;
            while (bytesPerSecond > 0 && (wait = freeAtNanos - clock.getAsLong()) > 0) {
                changed.awaitNanos(wait);
            }
            if (bytesPerSecond > 0) {
                long cost = Math.round(bytes * 1e9 / bytesPerSecond);
                freeAtNanos = Math.max(freeAtNanos, clock.getAsLong() - BURST_NANOS) + cost;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that were taken so far. */
    long total() {
        return total.get();
    }
}
