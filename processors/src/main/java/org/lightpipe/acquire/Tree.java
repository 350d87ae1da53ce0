package org.lightpipe.acquire;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** The directories of a watched tree: by path, by watch, those that wait to be listed, the warm and the cold ones. */
final class Tree {

    private final NavigableMap<String, Directory> byPath = new TreeMap<>();
    private final Map<Integer, Directory> byWatch = new HashMap<>();
    private final ArrayDeque<Directory> queue = new ArrayDeque<>();
    /** Those that changed longest ago first. */
    private final Set<Directory> warm = new LinkedHashSet<>();

    private final ArrayDeque<Directory> cold = new ArrayDeque<>();
    private int coldOnes;
    private long remembered;

    Directory add(Path root, String path, long now) {
        Directory directory = new Directory(root, path);
        directory.changedAt = now;
        byPath.put(path, directory);
        warm.add(directory);
        remembered += directory.remembered();
        enqueue(directory);
        return directory;
    }

    Directory get(String path) {
        return byPath.get(path);
    }

    Directory watchedBy(int watch) {
        return byWatch.get(watch);
    }

    void watched(Directory directory, int watch) {
        unwatched(directory);
        directory.watch = watch;
        byWatch.put(watch, directory);
    }

    void unwatched(Directory directory) {
        if (directory.watch != Directory.NO_WATCH && byWatch.get(directory.watch) == directory) {
            byWatch.remove(directory.watch);
        }
        directory.watch = Directory.NO_WATCH;
    }

    void enqueue(Directory directory) {
        if (!directory.queued && !directory.gone) {
            directory.queued = true;
            queue.add(directory);
        }
    }

    /** The next that waits to be listed; null for none. */
    Directory dequeue() {
        while (true) {
            Directory directory = queue.poll();
            if (directory == null) {
                return null;
            }
            directory.queued = false;
            if (!directory.gone) {
                return directory;
            }
        }
    }

    boolean hasQueued() {
        return queue.stream().anyMatch(directory -> !directory.gone);
    }

    /** Forgets a directory and all below it, and gives back what was forgotten. */
    List<Directory> forget(String path) {
        List<Directory> gone = new ArrayList<>(below(path));
        for (Directory directory : gone) {
            directory.gone = true;
            byPath.remove(directory.path());
            if (directory.watch != Directory.NO_WATCH && byWatch.get(directory.watch) == directory) {
                byWatch.remove(directory.watch);
            }
            if (!warm.remove(directory)) {
                coldOnes--;
            }
            remembered -= directory.remembered();
        }
        return gone;
    }

    /** A directory, if it is known, and all known ones below it. */
    Collection<Directory> below(String path) {
        if (path.isEmpty()) {
            return List.copyOf(byPath.values());
        }
        List<Directory> found = new ArrayList<>();
        Directory itself = byPath.get(path);
        if (itself != null) {
            found.add(itself);
        }
        // '0' is the character behind '/'.
        found.addAll(byPath.subMap(path + "/", path + "0").values());
        return found;
    }

    Collection<Directory> all() {
        return List.copyOf(byPath.values());
    }

    /** The next one in the order of paths; null at the end. */
    Directory after(String path) {
        Map.Entry<String, Directory> next = byPath.higherEntry(path);
        return next == null ? null : next.getValue();
    }

    /** Runs something that may change how much a directory keeps in mind. */
    void changing(Directory directory, Runnable change) {
        if (directory.gone) {
            return;
        }
        long before = directory.remembered();
        change.run();
        remembered += directory.remembered() - before;
    }

    void changed(Directory directory, long now) {
        directory.changedAt = now;
        if (warm.remove(directory)) {
            warm.add(directory);
        }
    }

    void warm(Directory directory, long now) {
        if (directory.isCold()) {
            changing(directory, directory::warm);
            directory.changedAt = now;
            warm.add(directory);
            coldOnes--;
        }
    }

    /** The warm one that changed longest ago; null for none. */
    Directory oldestWarm() {
        return warm.isEmpty() ? null : warm.iterator().next();
    }

    void cool(Directory directory) {
        changing(directory, directory::cool);
        warm.remove(directory);
        cold.add(directory);
        coldOnes++;
    }

    List<Directory> warmOnes() {
        return List.copyOf(warm);
    }

    /** Some of the cold ones, in turn. */
    List<Directory> someCold(int most) {
        List<Directory> some = new ArrayList<>();
        int look = cold.size();
        while (look-- > 0 && some.size() < most) {
            Directory directory = cold.poll();
            if (directory != null && !directory.gone && directory.isCold()) {
                cold.add(directory);
                some.add(directory);
            }
        }
        return some;
    }

    int size() {
        return byPath.size();
    }

    int watches() {
        return byWatch.size();
    }

    int coldOnes() {
        return coldOnes;
    }

    /** How many files all directories together keep in mind. */
    long remembered() {
        return remembered;
    }
}
