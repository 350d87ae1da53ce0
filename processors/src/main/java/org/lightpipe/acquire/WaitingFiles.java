package org.lightpipe.acquire;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** The files that are not finished yet, and when to look at each again. Bounded. Not thread-safe. */
final class WaitingFiles {

    private final int most;
    /** Those that did not change for longest come first. */
    private final Map<String, WaitingFile> byPath = new LinkedHashMap<>();

    private final PriorityQueue<Due> queue = new PriorityQueue<>();

    private record Due(long at, WaitingFile file) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return Long.compare(at, other.at);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    WaitingFiles(int most) {
        this.most = most;
    }

    WaitingFile get(String path) {
        return byPath.get(path);
    }

    boolean isFull() {
        return byPath.size() >= most;
    }

    int size() {
        return byPath.size();
    }

    /** Adds a file, or puts one behind all others because it changed; looks at it again when it is due. */
    void put(WaitingFile file) {
        WaitingFile before = byPath.remove(file.path());
        if (before != null) {
            before.directory().waiting--;
        }
        byPath.put(file.path(), file);
        file.directory().waiting++;
        schedule(file, file.due);
    }

    void schedule(WaitingFile file, long due) {
        file.due = due;
        if (due != WaitingFile.NEVER) {
            queue.add(new Due(due, file));
        }
        if (queue.size() > 2 * byPath.size() + 1024) {
            queue.removeIf(entry -> !isValid(entry));
        }
    }

    void remove(String path) {
        WaitingFile file = byPath.remove(path);
        if (file != null) {
            file.directory().waiting--;
        }
    }

    void removeIn(Collection<Directory> directories) {
        for (Directory directory : directories) {
            if (directory.waiting > 0) {
                List<String> there = byPath.values().stream()
                        .filter(file -> file.directory() == directory)
                        .map(WaitingFile::path)
                        .toList();
                there.forEach(this::remove);
            }
        }
    }

    /** The next file that is due, which is then no longer in the queue; null for none. */
    WaitingFile due(long now) {
        while (!queue.isEmpty() && queue.peek().at() <= now) {
            Due next = queue.poll();
            if (isValid(next)) {
                return next.file();
            }
        }
        return null;
    }

    /** When the next file is due. */
    long nextDue() {
        while (!queue.isEmpty() && !isValid(queue.peek())) {
            queue.poll();
        }
        return queue.isEmpty() ? WaitingFile.NEVER : queue.peek().at();
    }

    private boolean isValid(Due due) {
        return due.file().due == due.at() && byPath.get(due.file().path()) == due.file();
    }

    /** For how long the longest waiting file did not change, in nanoseconds. */
    long oldest(long now) {
        return byPath.isEmpty() ? 0 : now - byPath.values().iterator().next().since;
    }
}
