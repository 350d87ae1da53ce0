package org.lightpipe.acquire;

import java.util.LinkedHashMap;
import java.util.Map;

/** Directories that are handed over as a whole, while something is new in them. Not thread-safe. */
final class Units {

    private final Map<String, Unit> open = new LinkedHashMap<>();

    /** A directory in the watched one. */
    static final class Unit {
        private final String name;
        private long since;
        private long due;
        private long digest;
        private boolean seen;

        private Unit(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }

        /** True when what is in it is what was in it a while ago. */
        boolean isQuiet(long nowDigest, long now, long quiet) {
            return seen && digest == nowDigest && now - since >= quiet;
        }
    }

    /** Name of the unit that a path belongs to. */
    static String nameOf(String path) {
        int slash = path.indexOf('/');
        return slash < 0 ? path : path.substring(0, slash);
    }

    /**
     * Something has changed in a unit.
     *
     * @param opens whether that is something new; else it matters only if the unit is open anyway
     */
    void touch(String path, long now, long quiet, boolean opens) {
        if (path.indexOf('/') < 0) {
            return;
        }
        String name = nameOf(path);
        Unit unit = opens ? open.computeIfAbsent(name, Unit::new) : open.get(name);
        if (unit != null) {
            unit.since = now;
            unit.due = now + quiet;
        }
    }

    /** The next unit that is due; null for none. */
    Unit due(long now) {
        for (Unit unit : open.values()) {
            if (unit.due <= now) {
                return unit;
            }
        }
        return null;
    }

    long nextDue() {
        return open.values().stream().mapToLong(unit -> unit.due).min().orElse(WaitingFile.NEVER);
    }

    /** What is in a unit now. */
    void saw(Unit unit, long digest, long now, long quiet) {
        if (!unit.seen || unit.digest != digest) {
            unit.since = now;
        }
        unit.seen = true;
        unit.digest = digest;
        unit.due = now + quiet;
    }

    void again(Unit unit, long due) {
        unit.due = due;
    }

    void close(Unit unit) {
        open.remove(unit.name());
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    int size() {
        return open.size();
    }

    long oldest(long now) {
        return open.values().stream().mapToLong(unit -> now - unit.since).max().orElse(0);
    }
}
