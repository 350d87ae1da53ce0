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
 * @param copies where it goes besides, each file with a state of its own there
 * @param acquire which files are taken, and when
 * @param dataset which files form a dataset
 * @param metadata what is kept of what files say of themselves
 * @param trigger rules that select workflows, in order; every matching rule starts its workflow
 * @param archive when data goes to tape; absent when it never does
 */
public record Beamline(
        String name,
        String station,
        String description,
        Storage storage,
        List<Storage> copies,
        AcquirePolicy acquire,
        DatasetRule dataset,
        MetadataPolicy metadata,
        List<WorkflowRule> trigger,
        Optional<ArchivePolicy> archive) {

    /** A beamline that keeps everything that its files say of themselves. */
    public Beamline(
            String name,
            String station,
            String description,
            Storage storage,
            List<Storage> copies,
            AcquirePolicy acquire,
            DatasetRule dataset,
            List<WorkflowRule> trigger,
            Optional<ArchivePolicy> archive) {
        this(
                name,
                station,
                description,
                storage,
                copies,
                acquire,
                dataset,
                MetadataPolicy.everything(),
                trigger,
                archive);
    }
}
