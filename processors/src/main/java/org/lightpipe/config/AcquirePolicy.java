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
 * @param minimumAge how old the last change of a file must be, by the clock of the hub
 * @param hidden whether names that begin with '.' are taken
 * @param depth most parts of a path that is taken; a file in the watched directory itself has 1
 * @param existing what becomes of files that were there when the monitor started
 * @param unit what is handed over as a whole
 * @param events whether the kernel tells of changes
 * @param sweep time between two looks at every file that was taken, for those that were overwritten and nobody told
 */
public record AcquirePolicy(
        Optional<String> watch,
        Complete complete,
        Duration quiet,
        String marker,
        List<String> include,
        List<String> exclude,
        Duration rescan,
        Duration minimumAge,
        boolean hidden,
        int depth,
        Existing existing,
        Unit unit,
        Events events,
        Duration sweep) {

    /** How a finished file is told. */
    public enum Complete {
        /** No process has it open for writing, and size and time did not change for a while. */
        STABLE,
        /** A marker file stands beside it. */
        MARKER,
        /** It was renamed to its final name when it was finished. */
        RENAME,
        /** Its writer has closed it; where the kernel does not tell, as with {@link #STABLE}. */
        CLOSED
    }

    /** What becomes of files that were there when the monitor started. */
    public enum Existing {
        /** They are taken like any other. */
        PROCESS,
        /** They are left, until somebody changes them. */
        IGNORE
    }

    /** What is handed over as a whole. */
    public enum Unit {
        /** Each file as soon as it is finished. */
        FILE,
        /** Each directory in the watched one, with everything below it, when nothing changes in it any more. */
        DIRECTORY
    }

    /** Whether the kernel tells of changes. */
    public enum Events {
        /** As the type of the file system says. */
        AUTO,
        /** It does. */
        ON,
        /** It does not: the directory is only looked at. */
        OFF
    }

    /** A policy that says no more than these; the rest is as in {@link #standard}. */
    public AcquirePolicy(
            Optional<String> watch,
            Complete complete,
            Duration quiet,
            String marker,
            List<String> include,
            List<String> exclude,
            Duration rescan) {
        this(
                watch,
                complete,
                quiet,
                marker,
                include,
                exclude,
                rescan,
                Duration.ZERO,
                false,
                Integer.MAX_VALUE,
                Existing.PROCESS,
                Unit.FILE,
                Events.AUTO,
                Duration.ofMinutes(10));
    }

    /** What holds when nothing is said. */
    public static AcquirePolicy standard() {
        return new AcquirePolicy(
                Optional.empty(),
                Complete.STABLE,
                Duration.ofSeconds(2),
                "{name}.done",
                List.of(),
                List.of(),
                Duration.ofSeconds(1));
    }
}
