package org.lightpipe.acquire;

import java.util.Map;
import org.lightpipe.acquire.WaitingFile.Arrival;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at what has changed, as the kernel tells it. Not thread-safe. */
final class KernelChanges {

    /** All parts of a landing log under its name: that is what a site sets the level of. */
    private static final Logger LOG = LoggerFactory.getLogger(Landing.class);

    private final LandingOptions options;
    private final Watches watches;
    private final Tree tree;
    private final Directories directories;
    private final Intake intake;
    private final WaitingFiles waiting;
    private final Units units;
    private final Hash hash;
    private final LandingCounts counts;

    KernelChanges(
            LandingOptions options,
            Watches watches,
            Tree tree,
            Directories directories,
            Intake intake,
            WaitingFiles waiting,
            Units units,
            Hash hash,
            LandingCounts counts) {
        this.options = options;
        this.watches = watches;
        this.tree = tree;
        this.directories = directories;
        this.intake = intake;
        this.waiting = waiting;
        this.units = units;
        this.hash = hash;
        this.counts = counts;
    }

    /** Looks at everything that has changed since the last time. */
    void look() {
        if (watches.isEmpty()) {
            return;
        }
        EventInbox.Changes changes = watches.take();
        if (changes.everything()) {
            counts.overflow();
            LOG.warn("{}: changes came faster than they were read; everything is listed again", options.root());
            directories.listEverything();
        }
        for (int watch : changes.directories()) {
            Directory directory = tree.watchedBy(watch);
            if (directory != null) {
                tree.enqueue(directory);
            }
        }
        for (Map.Entry<EventInbox.Name, Integer> change : changes.names().entrySet()) {
            Directory directory = tree.watchedBy(change.getKey().watch());
            if (directory != null) {
                changed(directory, change.getKey().name(), change.getValue());
            }
        }
    }

    private void changed(Directory directory, String name, int mask) {
        if ((mask & Inotify.IGNORED) != 0) {
            watches.ended(directory);
            tree.enqueue(directory);
            return;
        }
        if (name.isEmpty()) {
            return;
        }
        String path = directory.pathOf(name);
        boolean left = (mask & (Inotify.MOVED_FROM | Inotify.DELETE)) != 0;
        if (left && (mask & Inotify.IS_DIRECTORY) != 0) {
            directories.forget(path);
        }
        FileStatus status = directory.status(name);
        if (status == null) {
            gone(directory, name);
        } else if (status.isDirectory()) {
            directories.found(path, status);
        } else {
            intake.observe(directory, name, status, arrival(mask));
        }
    }

    private static Arrival arrival(int mask) {
        if ((mask & Inotify.MOVED_TO) != 0) {
            return Arrival.MOVED;
        }
        return (mask & Inotify.CLOSE_WRITE) != 0 ? Arrival.CLOSED : Arrival.CREATED;
    }

    private void gone(Directory directory, String name) {
        waiting.remove(directory.pathOf(name));
        directory.removed(hash.name(name));
        if (options.directories()) {
            units.touch(
                    directory.pathOf(name), System.nanoTime(), options.quiet().toNanos(), false);
        }
    }
}
