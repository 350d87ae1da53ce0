package org.lightpipe.transfer;

import java.io.IOException;
import org.lightpipe.core.Sha256;

/** What is the same at the end of every attempt that writes a whole file and reads it back. */
public final class Attempt {

    private Attempt() {}

    /** Something that is done in a storage. */
    public interface Action {
        void run() throws IOException;
    }

    /**
     * Compares what was read back with what was read from the source.
     *
     * @param where what was read back, for people
     * @param stored what it was
     * @param size of the source, in bytes
     * @param sha256 of the source, in hexadecimal
     * @throws IOException when they differ
     */
    public static void compare(String where, Sha256.Sum stored, long size, String sha256) throws IOException {
        if (stored.size() != size || !stored.digest().equals(sha256)) {
            throw new IOException(where + ": what was read back from storage is not what the source holds: "
                    + stored.size() + " bytes, SHA-256 " + stored.digest() + ", instead of " + size
                    + " bytes, SHA-256 " + sha256);
        }
    }

    /**
     * Removes what a failed attempt has left, also in a thread that was interrupted; where it cannot be removed, the
     * next attempt replaces it.
     *
     * @param failure gets to know what went wrong with that
     */
    public static void cleanUp(Exception failure, Action remove) {
        boolean interrupted = Thread.interrupted();
        try {
            remove.run();
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
