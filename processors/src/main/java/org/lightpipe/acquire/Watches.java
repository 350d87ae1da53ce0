package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.file.Path;
import org.lightpipe.config.AcquirePolicy.Events;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kernel is asked to tell of a tree, and where it tells it. Where it does not tell, or gives no more watches,
 * directories are left without a watch, and are polled. Belongs to one thread.
 */
final class Watches implements AutoCloseable {

    /** All parts of a landing log under its name: that is what a site sets the level of. */
    private static final Logger LOG = LoggerFactory.getLogger(Landing.class);

    private static final int INBOX = 65_536;

    private final LandingOptions options;
    private final Tree tree;
    private final Runnable wake;
    private final Runnable beforeRead;
    private Inotify inotify;
    private EventReader reader;
    private EventInbox inbox;
    private boolean noMoreWatches;

    /**
     * @param wake is called, by another thread, when something has changed
     * @param beforeRead is run by the thread that reads what the kernel tells, before each time it reads
     */
    Watches(LandingOptions options, Tree tree, Runnable wake, Runnable beforeRead) {
        this.options = options;
        this.tree = tree;
        this.wake = wake;
        this.beforeRead = beforeRead;
    }

    /** Makes ready to watch a tree, if the kernel tells of changes in it. */
    void open(Path root) {
        if (options.events() == Events.OFF) {
            return;
        }
        String type = Mounts.now().type(root);
        if (options.events() == Events.AUTO && !Mounts.tellsOfChanges(type)) {
            LOG.info("{} lies in {}, which does not tell of changes: it is looked at again and again", root, type);
            return;
        }
        inbox = new EventInbox(INBOX, wake);
        try {
            inotify = new Inotify();
            reader = new EventReader(inotify, inbox, beforeRead, options.root().toString());
        } catch (IOException e) {
            LOG.warn("{} is looked at again and again: {}", root, e.getMessage());
        }
    }

    /** Begins to read what the kernel tells. */
    void start() {
        if (reader != null) {
            reader.start();
        }
    }

    boolean isOpen() {
        return inotify != null;
    }

    /** True when nothing is known to have changed. */
    boolean isEmpty() {
        return inbox == null || inbox.isEmpty();
    }

    /** What has changed since it was last asked; only when it is not empty. */
    EventInbox.Changes take() {
        return inbox.take();
    }

    /** First the watch, then the listing: what comes in between is told twice, and not lost. */
    void watch(Directory directory) {
        if (inotify == null || !directory.tellsOfChanges || noMoreWatches) {
            return;
        }
        try {
            if (tree.watches() >= options.watches() && directory.watch == Directory.NO_WATCH) {
                throw new Inotify.NoMoreWatches("no more are wanted");
            }
            int watch = inotify.watch(directory.place());
            if (watch != directory.watch) {
                tree.watched(directory, watch);
            }
        } catch (Inotify.NoMoreWatches e) {
            noMoreWatches = true;
            LOG.warn(
                    "{}: {} directories are watched, and {}; further ones are looked at every {} ms instead",
                    options.root(),
                    tree.watches(),
                    e.getMessage(),
                    options.rescan().toMillis());
        } catch (IOException e) {
            tree.unwatched(directory);
        }
    }

    /** The kernel has ended a watch, as it does when a directory is deleted or unmounted: if it is there, it is watched anew. */
    void ended(Directory directory) {
        tree.unwatched(directory);
        watch(directory);
    }

    /** A directory is forgotten. One that was moved keeps its watch, and would go on telling under its old name. */
    void forget(Directory directory) {
        if (directory.watch != Directory.NO_WATCH && inotify != null) {
            inotify.unwatch(directory.watch);
        }
    }

    /** Gives all watches back; it can be opened again. */
    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
        reader = null;
        inotify = null;
        inbox = null;
        noMoreWatches = false;
    }
}
