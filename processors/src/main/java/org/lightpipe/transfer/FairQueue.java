package org.lightpipe.transfer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Waiting tasks, taken in turn from every lane that has some: a lane with a million of them takes no more turns than a
 * lane with one. Within a lane the urgent come first, then the oldest. Thread-safe.
 */
final class FairQueue<T> {

    private final Map<String, PriorityQueue<Entry<T>>> lanes = new LinkedHashMap<>();
    private long number;
    private int size;

    private record Entry<T>(int priority, long number, T task) {}

    synchronized void add(String lane, int priority, T task) {
        lanes.computeIfAbsent(
                        lane,
                        name -> new PriorityQueue<>(Comparator.<Entry<T>>comparingInt(entry -> -entry.priority())
                                .thenComparingLong(Entry::number)))
                .add(new Entry<>(priority, number++, task));
        size++;
    }

    /** The next one in turn; null when there is none. */
    synchronized T poll() {
        var first = lanes.entrySet().iterator();
        if (!first.hasNext()) {
            return null;
        }
        Map.Entry<String, PriorityQueue<Entry<T>>> lane = first.next();
        first.remove();
        T task = lane.getValue().remove().task();
        if (!lane.getValue().isEmpty()) {
            lanes.put(lane.getKey(), lane.getValue());
        }
        size--;
        return task;
    }

    /** Takes all that wait. */
    synchronized List<T> drain() {
        List<T> all = new ArrayList<>();
        lanes.values().forEach(lane -> lane.forEach(entry -> all.add(entry.task())));
        lanes.clear();
        size = 0;
        return all;
    }

    synchronized int size() {
        return size;
    }
}
