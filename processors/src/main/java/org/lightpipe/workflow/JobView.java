package org.lightpipe.workflow;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A job as people see it.
 *
 * @param id id of the job
 * @param dataset id of its dataset
 * @param workflow name of the workflow
 * @param owner owner of the workflow
 * @param arguments what it was given
 * @param state PENDING, RUNNING, DONE or FAILED
 * @param stage the stage it is at or ended with
 * @param submittedAt when it was asked for
 * @param submittedBy by whom
 * @param startedAt when it started
 * @param endedAt when it ended
 * @param reason why it failed
 * @param stages every attempt at a stage, oldest first
 */
public record JobView(
        long id,
        long dataset,
        String workflow,
        String owner,
        Map<String, String> arguments,
        String state,
        Optional<String> stage,
        Instant submittedAt,
        String submittedBy,
        Optional<Instant> startedAt,
        Optional<Instant> endedAt,
        Optional<String> reason,
        List<StageView> stages) {

    /**
     * One attempt at a stage.
     *
     * @param stage key of the stage
     * @param resource where it ran
     * @param action the command or endpoint
     * @param state RUNNING, DONE, FAILED or LOST (its hub went away)
     * @param startedAt when it started
     * @param endedAt when it ended
     * @param exitStatus exit status of a command
     * @param output last part of what it printed
     * @param metrics headline numbers, as JSON
     */
    public record StageView(
            String stage,
            String resource,
            String action,
            String state,
            Instant startedAt,
            Optional<Instant> endedAt,
            OptionalInt exitStatus,
            String output,
            String metrics) {}
}
