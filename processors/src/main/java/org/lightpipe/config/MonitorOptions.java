package org.lightpipe.config;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What one monitor is told.
 *
 * @param policy which files it takes, and when
 * @param once whether it ends when everything that is there was taken
 * @param maxRuntime for how long it runs at most; for ever when empty
 * @param until when it ends at the latest
 */
public record MonitorOptions(
        AcquirePolicy policy, boolean once, Optional<Duration> maxRuntime, Optional<Instant> until) {

    /** Why it is over, in words; empty when it is not. */
    public Optional<String> over(Instant started, Instant now) {
        if (until.isPresent() && !now.isBefore(until.get())) {
            return Optional.of("it was to run until " + until.get());
        }
        if (maxRuntime.isPresent() && !now.isBefore(started.plus(maxRuntime.get()))) {
            return Optional.of("it was to run for " + maxRuntime.get().toSeconds() + " s");
        }
        return Optional.empty();
    }
}
