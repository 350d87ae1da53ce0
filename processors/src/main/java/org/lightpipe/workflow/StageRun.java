package org.lightpipe.workflow;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A row of {@code stage_run}.
 *
 * @param id its id
 * @param startedAt when it was made, by the clock of the database
 */
record StageRun(long id, Instant startedAt) {

    /** Tells its processes from those of every other attempt, on any hub and any database that share a machine. */
    String mark() {
        return id + "." + ChronoUnit.MICROS.between(Instant.EPOCH, startedAt);
    }
}
