package org.lightpipe.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** Copies streams through one bounded buffer, and stops when its thread is interrupted. */
final class Copy {

    private static final int BUFFER = 1 << 16;

    private Copy() {}

    /**
     * Copies at most a number of bytes.
     *
     * @return how many there were
     */
    static long atMost(long limit, InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[(int) Math.max(1, Math.min(BUFFER, limit))];
        long copied = 0;
        while (copied < limit) {
            stopWhenInterrupted();
            int count = from.read(buffer, 0, (int) Math.min(buffer.length, limit - copied));
            if (count < 0) {
                break;
            }
            to.write(buffer, 0, count);
            copied += count;
        }
        return copied;
    }

    /** Reads a stream to its end. */
    static long rest(InputStream from) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long total = 0;
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            stopWhenInterrupted();
            total += count;
        }
        return total;
    }

    private static void stopWhenInterrupted() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("stopped");
        }
    }
}
