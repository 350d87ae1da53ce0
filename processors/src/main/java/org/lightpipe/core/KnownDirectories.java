package org.lightpipe.core;

import java.util.LinkedHashMap;
import java.util.Map;

/** Directories that were seen in a storage lately, so that nobody asks for each file. Bounded. Thread-safe. */
public final class KnownDirectories {

    private static final int MOST = 10_000;

    private final Map<String, Boolean> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /** True when it was seen, or is the root. */
    public synchronized boolean contains(String path) {
        return path.isEmpty() || known.containsKey(path);
    }

    /** It is there. */
    public synchronized void add(String path) {
        known.put(path, true);
    }

    /** It is gone, and with it all that was in it; perhaps those above it too. */
    public synchronized void forget(String path) {
        known.keySet()
                .removeIf(other -> other.equals(path) || other.startsWith(path + "/") || path.startsWith(other + "/"));
    }
}
