package org.lightpipe.acquire;

/** A file that is not finished yet. Not thread-safe. */
final class WaitingFile {

    static final long NEVER = Long.MAX_VALUE;

    private final Directory directory;
    private final String name;
    private final String path;

    FileStatus status;
    Arrival arrival;

    /** Since when it did not change, and when to look at it again; monotonic, in nanoseconds. */
    long since;

    long due = NEVER;

    /** How the hub came to know of it. */
    enum Arrival {
        /** It was there when the directory was listed: nobody knows whether it is still written. */
        SCANNED,
        /** It was just made. */
        CREATED,
        /** It was just closed by a writer. */
        CLOSED,
        /** It was just renamed to this name. */
        MOVED
    }

    WaitingFile(Directory directory, String name, FileStatus status, Arrival arrival, long since) {
        this.directory = directory;
        this.name = name;
        this.path = directory.pathOf(name);
        this.status = status;
        this.arrival = arrival;
        this.since = since;
    }

    Directory directory() {
        return directory;
    }

    String name() {
        return name;
    }

    String path() {
        return path;
    }

    /** True when its writer has told that it is finished, so that nobody need look who has it open. */
    boolean isClosed() {
        return arrival == Arrival.CLOSED || arrival == Arrival.MOVED;
    }
}
