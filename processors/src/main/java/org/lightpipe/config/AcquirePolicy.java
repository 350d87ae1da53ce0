package org.lightpipe.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When a file in a watched directory is taken, and which files are.
 *
 * @param watch directory to watch as soon as an experiment is ready; <code>{experiment}</code> stands for its name
 * @param complete how a finished file is told
 * @param quiet for how long size and time must not have changed
 * @param marker name of the marker file; <code>{name}</code> stands for the name of the file it marks
 * @param include globs of paths to take; empty for all
 * @param exclude globs of paths to leave
 * @param rescan time between two looks at the directory
 */
public record AcquirePolicy(
        Optional<String> watch,
        Complete complete,
        Duration quiet,
        String marker,
        List<String> include,
        List<String> exclude,
        Duration rescan) {

    /** How a finished file is told. */
    public enum Complete {
        /** No process has it open for writing, and size and time did not change for a while. */
        STABLE,
        /** A marker file stands beside it. */
        MARKER,
        /** It was renamed to its final name when it was finished. */
        RENAME
    }
}
