package org.lightpipe.acquire;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a watched tree looks like and what came of it, for consoles. Written by one thread, read by any. */
final class LandingCounts {

    private volatile long files;
    private volatile long bytes;
    private volatile int unfinished;
    private volatile long oldestSeconds;
    private volatile int directories;
    private volatile int watched;
    private volatile int pruned;
    private volatile long remembered;
    private volatile long overflows;
    private volatile long sweeps;
    private volatile long listedEntries;
    private volatile long lastListingMillis;
    private volatile String mode = "";

    /** One thread writes: a plain sum is enough. */
    void handed(List<LandedFile> landed) {
        files = files + landed.size();
        bytes = bytes + landed.stream().mapToLong(LandedFile::size).sum();
    }

    void overflow() {
        overflows = overflows + 1;
    }

    void swept() {
        sweeps = sweeps + 1;
    }

    void listed(int entries, long nanos) {
        listedEntries = listedEntries + entries;
        lastListingMillis = TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    void update(Tree tree, WaitingFiles waiting, Units units, boolean events, long now) {
        unfinished = waiting.size() + units.size();
        oldestSeconds = TimeUnit.NANOSECONDS.toSeconds(Math.max(waiting.oldest(now), units.oldest(now)));
        directories = tree.size();
        watched = tree.watches();
        pruned = tree.coldOnes();
        remembered = tree.remembered();
        if (!events) {
            mode = "polling";
        } else {
            mode = watched == directories ? "events" : "events and polling";
        }
    }

    long files() {
        return files;
    }

    long bytes() {
        return bytes;
    }

    int unfinished() {
        return unfinished;
    }

    long oldestSeconds() {
        return oldestSeconds;
    }

    int directories() {
        return directories;
    }

    int watched() {
        return watched;
    }

    int pruned() {
        return pruned;
    }

    long remembered() {
        return remembered;
    }

    long overflows() {
        return overflows;
    }

    long sweeps() {
        return sweeps;
    }

    long listedEntries() {
        return listedEntries;
    }

    long lastListingMillis() {
        return lastListingMillis;
    }

    String mode() {
        return mode;
    }
}
