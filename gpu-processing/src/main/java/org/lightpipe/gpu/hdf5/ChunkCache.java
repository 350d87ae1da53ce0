package org.lightpipe.gpu.hdf5;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The chunks of which only a part was asked for last; the next question is often for the rest. Thread-safe. */
final class ChunkCache {

    private final long budget;
    private final Map<Key, byte[]> chunks = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    private record Key(long dataset, long address) {}

    /** @param budget the bytes that are kept, but for one chunk that is larger */
    ChunkCache(long budget) {
        this.budget = budget;
    }

    synchronized byte[] get(long dataset, long address) {
        return chunks.get(new Key(dataset, address));
    }

    synchronized void put(long dataset, long address, byte[] chunk) {
        byte[] before = chunks.put(new Key(dataset, address), chunk);
        bytes += chunk.length - (before == null ? 0 : before.length);
        Iterator<byte[]> eldest = chunks.values().iterator();
        while (bytes > budget && chunks.size() > 1) {
            bytes -= eldest.next().length;
            eldest.remove();
        }
    }
}
