package org.lightpipe.acquire;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What has changed and was not looked at yet: each name once, however often it changed. Bounded: when there are too many
 * names, whole directories are noted in their place, to be listed again. Thread-safe.
 */
final class EventInbox {

    private final int most;
    private final Runnable arrived;
    private Map<Name, Integer> names = new LinkedHashMap<>();
    private Set<Integer> directories = new HashSet<>();
    private boolean everything;

    /** A name in a watched directory. */
    record Name(int watch, String name) {}

    /**
     * What was in it.
     *
     * @param names what happened to each name, as bits of inotify
     * @param directories watches whose directories have to be listed again
     * @param everything whether the kernel has dropped changes: anything may have changed
     */
    record Changes(Map<Name, Integer> names, Set<Integer> directories, boolean everything) {
        boolean isEmpty() {
            return names.isEmpty() && directories.isEmpty() && !everything;
        }
    }

    /**
     * @param most how many names it holds
     * @param arrived is called when there is something in it again
     */
    EventInbox(int most, Runnable arrived) {
        this.most = most;
        this.arrived = arrived;
    }

    void add(int watch, int mask, String name) {
        boolean first;
        synchronized (this) {
            first = isEmpty();
            if ((mask & Inotify.OVERFLOW) != 0) {
                everything = true;
            } else if (!directories.contains(watch) || name.isEmpty() || (mask & Inotify.IS_DIRECTORY) != 0) {
                note(watch, mask, name);
            }
        }
        if (first) {
            arrived.run();
        }
    }

    private void note(int watch, int mask, String name) {
        // What happens to directories is always noted by name: a listing alone does not tell that one was replaced.
        if (names.size() >= most && !name.isEmpty() && (mask & Inotify.IS_DIRECTORY) == 0) {
            directories.add(watch);
            return;
        }
        names.merge(new Name(watch, name), mask, (before, now) -> before | now);
    }

    /** Everything that has to be looked at, which is then no longer in it. */
    synchronized Changes take() {
        Changes changes = new Changes(names, directories, everything);
        names = new LinkedHashMap<>();
        directories = new HashSet<>();
        everything = false;
        return changes;
    }

    synchronized boolean isEmpty() {
        return names.isEmpty() && directories.isEmpty() && !everything;
    }
}
