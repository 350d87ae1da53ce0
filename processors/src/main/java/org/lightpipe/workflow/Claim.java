package org.lightpipe.workflow;

import java.time.Duration;

/** Says whether this hub still holds the job, so that two hubs never go on with the same one. */
interface Claim {

    /** Time between two looks while a stage runs. */
    Duration BETWEEN_CHECKS = Duration.ofSeconds(5);

    /** @throws TakenOverException when another hub holds it now */
    void check() throws TakenOverException;
}
