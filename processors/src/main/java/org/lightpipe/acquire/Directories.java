package org.lightpipe.acquire;

import java.nio.file.Path;
import java.util.List;
import org.lightpipe.config.AcquirePolicy.Events;

/** Takes directories into a watched tree as they are found, and forgets them as they go. Not thread-safe. */
final class Directories {

    private final LandingOptions options;
    private final Tree tree;
    private final WaitingFiles waiting;
    private final Watches watches;
    private Path root;
    private boolean lost;

    Directories(LandingOptions options, Tree tree, WaitingFiles waiting, Watches watches) {
        this.options = options;
        this.tree = tree;
        this.waiting = waiting;
        this.watches = watches;
    }

    /** The watched directory, after links; null as long as it was never there. */
    Path root() {
        return root;
    }

    /** Forgets everything: from now on another directory is watched. */
    void begin(Path another) {
        waiting.removeIn(tree.forget(""));
        root = another;
    }

    /** True when the watched directory itself was not there when it was last looked at. */
    boolean isRootLost() {
        return lost;
    }

    void setRootLost(boolean lost) {
        this.lost = lost;
    }

    /** A directory is there. It is added if it is new and wanted. */
    void found(String path, FileStatus status) {
        if (tree.get(path) == null && options.filter().enters(path)) {
            add(path, status, System.nanoTime());
        }
    }

    void add(String path, FileStatus status, long now) {
        Directory directory = tree.add(root, path, now);
        directory.device = status.device();
        directory.inode = status.inode();
        Directory parent = path.isEmpty() ? null : tree.get(parentOf(path));
        if (parent != null && parent.device == directory.device) {
            directory.keepsInodes = parent.keepsInodes;
            directory.tellsOfChanges = parent.tellsOfChanges;
        } else {
            String type = Mounts.now().type(directory.place());
            directory.keepsInodes = Mounts.keepsInodes(type);
            directory.tellsOfChanges = options.events() == Events.ON || Mounts.tellsOfChanges(type);
        }
        watches.watch(directory);
    }

    /** Forgets a directory and everything below it. */
    void forget(String path) {
        List<Directory> gone = tree.forget(path);
        waiting.removeIn(gone);
        gone.forEach(watches::forget);
    }

    /** A directory is no longer there. The watched directory itself is not forgotten: it may come back. */
    void gone(Directory directory) {
        if (!directory.path().isEmpty()) {
            forget(directory.path());
        } else {
            lost = true;
        }
    }

    void listEverything() {
        for (Directory directory : tree.all()) {
            watches.watch(directory);
            tree.enqueue(directory);
        }
    }

    private static String parentOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }
}
