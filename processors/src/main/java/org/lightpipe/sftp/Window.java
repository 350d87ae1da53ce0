package org.lightpipe.sftp;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How much may be on its way on one connection, in requests and in bytes. Thread-safe. */
final class Window {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final int mostRequests;
    private final long mostBytes;
    private int requests;
    private long bytes;
    private boolean closed;

    Window(int mostRequests, long mostBytes) {
        this.mostRequests = mostRequests;
        this.mostBytes = mostBytes;
    }

    /**
     * Waits for room. A single request larger than all the room passes when nothing else is on its way.
     *
     * @return false when there was none in time, or the window is closed
     */
    boolean enter(long count, long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!closed && (requests >= mostRequests || requests > 0 && bytes + count > mostBytes)) {
                if (left <= 0) {
                    return false;
                }
                left = room.awaitNanos(left);
            }
            requests++;
            bytes += count;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    void leave(long count) {
        lock.lock();
        try {
            requests--;
            bytes -= count;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
