package org.lightpipe.acquire;

import java.time.Duration;
import org.lightpipe.acquire.WaitingFile.Arrival;
import org.lightpipe.config.AcquirePolicy.Complete;

/** Tells when a file is finished, by the policy of its beamline. */
final class Completeness {

    /** A file that was made and not closed, with nothing in it: some programs make files without ever opening them. */
    private static final long EMPTY = Duration.ofSeconds(60).toNanos();

    private static final long LEAST_SETTLED = Duration.ofSeconds(60).toNanos();

    private final Complete how;
    private final long quiet;
    private final long minimumAge;
    private final long settled;

    Completeness(Complete how, Duration quiet, Duration minimumAge) {
        this.how = how;
        this.quiet = quiet.toNanos();
        this.minimumAge = minimumAge.toNanos();
        this.settled = Math.max(10 * this.quiet, LEAST_SETTLED);
    }

    boolean needsMarker() {
        return how == Complete.MARKER;
    }

    /**
     * From when on a file is finished if it does not change.
     *
     * @param marker its marker file; null when there is none
     * @param now a monotonic clock, in nanoseconds
     * @param wallNs the time of day, in nanoseconds since 1970
     * @return a time of the monotonic clock; {@link WaitingFile#NEVER} when something else has to happen first
     */
    long finishedAt(WaitingFile file, FileStatus marker, long now, long wallNs) {
        long at = switch (how) {
            case STABLE -> quiet(file, wallNs);
            case MARKER -> marked(file, marker, wallNs);
            case RENAME -> renamed(file, wallNs);
            case CLOSED -> closed(file, wallNs);
        };
        // Without a minimum age the two clocks need not agree.
        if (at == WaitingFile.NEVER || minimumAge == 0) {
            return at;
        }
        return Math.max(at, now + file.status.mtimeNs() + minimumAge - wallNs);
    }

    /** A file that nobody touched for long need not be watched for a while, as one that is young must be. */
    private long quiet(WaitingFile file, long wallNs) {
        boolean old = file.arrival == Arrival.SCANNED
                && wallNs - Math.max(file.status.mtimeNs(), file.status.ctimeNs()) > settled;
        return old ? file.since : file.since + quiet;
    }

    /** What was written after its marker is perhaps being written again. */
    private long marked(WaitingFile file, FileStatus marker, long wallNs) {
        if (marker == null) {
            return WaitingFile.NEVER;
        }
        return marker.mtimeNs() >= file.status.mtimeNs() ? file.since : quiet(file, wallNs);
    }

    /** A name that was made and not moved there is perhaps not the final one: it must at least be quiet. */
    private long renamed(WaitingFile file, long wallNs) {
        boolean final_ = file.arrival == Arrival.MOVED || file.arrival == Arrival.SCANNED || file.status.links() > 1;
        return final_ ? file.since : quiet(file, wallNs);
    }

    private long closed(WaitingFile file, long wallNs) {
        if (file.isClosed()) {
            return file.since;
        }
        boolean willBeClosed = file.arrival == Arrival.CREATED && file.status.links() == 1;
        if (willBeClosed) {
            return file.status.size() > 0 ? WaitingFile.NEVER : file.since + Math.max(quiet, EMPTY);
        }
        return quiet(file, wallNs);
    }
}
