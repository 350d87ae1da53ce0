package org.lightpipe.acquire;

import java.nio.file.Path;
import java.time.Duration;
import org.lightpipe.config.AcquirePolicy.Complete;
import org.lightpipe.config.AcquirePolicy.Events;

/**
 * How a tree is watched.
 *
 * @param root the watched directory; it may be a link, what lies below it may not
 * @param filter which files are taken
 * @param complete how a finished file is told
 * @param quiet for how long a file must not have changed
 * @param marker names of marker files
 * @param minimumAge how old the last change must be
 * @param directories whether whole directories are handed over
 * @param existingBeforeNs files that nobody has touched since are left; by the clock of the file system, in nanoseconds
 * @param events whether the kernel tells of changes
 * @param rescan time between two looks at directories that it does not tell of
 * @param sweep time between two looks at every file
 * @param coldAfter time without change after which no more is kept of a directory than a few numbers
 * @param batch most files handed over at once
 * @param waiting most files that are kept in mind while they are not finished
 * @param remembered most files that are kept in mind after they were handed over
 * @param watches most directories that the kernel is asked to watch
 * @param once whether it ends when everything that is there was handed over
 */
record LandingOptions(
        Path root,
        PathFilter filter,
        Complete complete,
        Duration quiet,
        Marker marker,
        Duration minimumAge,
        boolean directories,
        long existingBeforeNs,
        Events events,
        Duration rescan,
        Duration sweep,
        Duration coldAfter,
        int batch,
        int waiting,
        int remembered,
        int watches,
        boolean once) {}
