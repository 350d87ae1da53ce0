package org.lightpipe.transfer;

/** Counts and limits the bytes that go into a storage. Thread-safe. */
public interface Meter {

    /**
     * Waits until so many bytes may be sent, and counts them. To be asked for blocks of a megabyte or so.
     *
     * @throws InterruptedException when the transfer is to end
     */
    void take(long bytes) throws InterruptedException;

    /** No limit and no count. */
    static Meter none() {
        return bytes -> {};
    }
}
