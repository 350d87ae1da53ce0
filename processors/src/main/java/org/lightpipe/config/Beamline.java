package org.lightpipe.config;

import java.util.List;
import java.util.Optional;

/**
 * Everything that differs from one beamline to the next.
 *
 * @param name name of the beamline
 * @param station station it belongs to
 * @param description for people
 * @param storage where its data goes
 * @param acquire which files are taken, and when
 * @param dataset which files form a dataset
 * @param trigger rules that select workflows, in order; every matching rule starts its workflow
 * @param archive when data goes to tape; absent when it never does
 */
public record Beamline(
        String name,
        String station,
        String description,
        Storage storage,
        AcquirePolicy acquire,
        DatasetRule dataset,
        List<WorkflowRule> trigger,
        Optional<ArchivePolicy> archive) {}
