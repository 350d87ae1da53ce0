package org.lightpipe.transfer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.config.Digest;

/**
 * How far attempts came that were cut off. Lost with the hub: then what lies in the storage is read back and compared.
 * Thread-safe.
 */
final class ResumePoints {

    private static final int MOST = 1000;

    /**
     * Where to go on.
     *
     * @param source what the source looked like; another one starts anew
     * @param offset up to here the far side is known to have it
     * @param digests have taken in the source up to {@code digested}
     * @param digested in bytes, at least {@code offset}
     * @param results the digests themselves, when they have taken in all of it
     */
    record Point(SourceStat source, long offset, Digests digests, long digested, Map<Digest, String> results) {}

    private final Map<Long, Point> points = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Point> eldest) {
            return size() > MOST;
        }
    };

    synchronized void put(Item item, Point point) {
        points.put(item.id(), point);
    }

    /** The point of a file, which is then no longer kept here. */
    synchronized Optional<Point> take(Item item) {
        return Optional.ofNullable(points.remove(item.id()));
    }
}
