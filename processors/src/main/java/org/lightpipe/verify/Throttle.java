package org.lightpipe.verify;

import java.io.InterruptedIOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Holds a reader to so many bytes a second, and stops it when the hub stops. Thread-safe. */
final class Throttle {

    private static final double NANOS = 1e9;
    private static final long SLICE = 1_000_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopped = lock.newCondition();
    private boolean stop;

    /** The reading of one batch: what it has read, since when. Not thread-safe. */
    final class Meter {
        private long rate;
        private long begin = System.nanoTime();
        private long bytes;

        /** @param rate bytes a second; 0 for no limit */
        void rate(long wanted) {
            if (wanted != rate) {
                rate = wanted;
                begin = System.nanoTime();
                bytes = 0;
            }
        }

        /** So many bytes were read. */
        void read(int count) {
            bytes += count;
        }

        /**
         * Waits until so much may have been read, a second at most.
         *
         * @return false when that was not enough
         * @throws InterruptedIOException when the hub stops
         */
        boolean await() throws InterruptedIOException {
            long due = rate == 0 ? 0 : (long) (bytes * NANOS / rate) - (System.nanoTime() - begin);
            pause(Math.min(due, SLICE));
            return due <= SLICE;
        }
    }

    Meter meter() {
        return new Meter();
    }

    private void pause(long nanos) throws InterruptedIOException {
        lock.lock();
        try {
            long left = nanos;
            while (!stop && left > 0) {
                left = stopped.awaitNanos(left);
            }
            if (stop) {
                throw new InterruptedIOException("the hub stops");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            lock.unlock();
        }
    }

    boolean isStopped() {
        lock.lock();
        try {
            return stop;
        } finally {
            lock.unlock();
        }
    }

    /** Ends every wait, now and later. */
    void stop() {
        lock.lock();
        try {
            stop = true;
            stopped.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
