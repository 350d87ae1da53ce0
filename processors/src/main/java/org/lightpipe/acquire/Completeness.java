package org.lightpipe.acquire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.lightpipe.config.AcquirePolicy.Complete;

/**
 * Tells finished files from those that are still written, from one look at a directory to the next. Remembers what it
 * has let pass, so that a file is told once for each time that it changes. Not thread-safe.
 */
final class Completeness {

    private final Complete how;
    private final Duration quiet;
    private final String marker;
    private final Map<String, Seen> waiting = new HashMap<>();
    private final Map<String, Stamp> told = new HashMap<>();

    Completeness(Complete how, Duration quiet, String marker) {
        this.how = how;
        this.quiet = quiet;
        this.marker = marker;
    }

    /** What changes when a file is written to. */
    record Stamp(long size, long mtimeNs) {}

    private record Seen(Stamp stamp, long sinceNanos) {}

    /**
     * Files that look finished at this moment.
     *
     * @param files all files there are, by path
     * @param wanted the paths that are to be taken; a marker need not be among them
     * @param nowNanos a monotonic clock, in nanoseconds
     */
    List<LandedFile> finished(Map<String, Stamp> files, Predicate<String> wanted, long nowNanos) {
        waiting.keySet().retainAll(files.keySet());
        told.keySet().retainAll(files.keySet());
        List<LandedFile> finished = new ArrayList<>();
        Set<String> markers = how == Complete.MARKER ? markersIn(files.keySet()) : Set.of();
        files.forEach((path, stamp) -> {
            if (stamp.equals(told.get(path)) || markers.contains(path) || !wanted.test(path)) {
                return;
            }
            Seen seen = waiting.get(path);
            if (seen == null || !seen.stamp().equals(stamp)) {
                seen = new Seen(stamp, nowNanos);
                waiting.put(path, seen);
            }
            boolean done = switch (how) {
                case STABLE -> nowNanos - seen.sinceNanos() >= quiet.toNanos();
                case MARKER -> files.containsKey(markerOf(path));
                case RENAME -> true;
            };
            if (done) {
                finished.add(new LandedFile(path, stamp.size(), stamp.mtimeNs()));
            }
        });
        return finished;
    }

    /** The file has been handed over: it is told again only when it changes. */
    void handedOver(LandedFile file) {
        waiting.remove(file.path());
        told.put(file.path(), new Stamp(file.size(), file.mtimeNs()));
    }

    int unfinished() {
        return waiting.size();
    }

    /** For how long the longest waiting file has not changed, in nanoseconds. */
    long oldestNanos(long nowNanos) {
        return waiting.values().stream()
                .mapToLong(seen -> nowNanos - seen.sinceNanos())
                .max()
                .orElse(0);
    }

    private Set<String> markersIn(Set<String> paths) {
        Set<String> markers = new HashSet<>();
        for (String path : paths) {
            String ofThis = markerOf(path);
            if (paths.contains(ofThis)) {
                markers.add(ofThis);
            }
        }
        return markers;
    }

    private String markerOf(String path) {
        int slash = path.lastIndexOf('/') + 1;
        return path.substring(0, slash) + marker.replace("{name}", path.substring(slash));
    }
}
