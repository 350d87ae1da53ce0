package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads a chunk and undoes its filters, in buffers that it keeps. Nothing that comes out of a filter is ever longer than
 * a chunk may be. Used by one thread at a time.
 */
final class ChunkDecoder implements AutoCloseable {

    /** How much longer than a chunk what was to be a compressed one may be. */
    private static final int SLACK = 65_536;

    private final Inflater inflater = new Inflater();
    private final Bitshuffle bitshuffle = new Bitshuffle();
    private byte[] stored = new byte[0];
    private byte[] between = new byte[0];

    /**
     * @param pipeline the filters of the dataset
     * @param size the bytes of a chunk, which go to {@code to} from {@code toAt} on
     */
    void decode(Store store, ChunkIndex.Place place, FilterPipeline pipeline, int size, byte[] to, int toAt)
            throws IOException {
        List<FilterPipeline.Filter> active = active(pipeline, place.mask());
        if (active.isEmpty()) {
            if (place.size() != size) {
                throw wrongSize(place.size(), size);
            }
            store.requireInside(place.address(), size, "chunk");
            store.read(place.address(), to, toAt, size);
            return;
        }
        long most = (long) size + size / 2 + SLACK;
        if (place.size() > Math.min(most, Integer.MAX_VALUE - 8)) {
            throw Refusal.damaged("a chunk of " + size + " bytes says that it takes " + place.size() + " in the file");
        }
        store.requireInside(place.address(), place.size(), "chunk");
        int length = (int) place.size();
        if (stored.length < length) {
            stored = new byte[length];
        }
        store.read(place.address(), stored, 0, length);
        undo(active, length, size, to, toAt);
    }

    private void undo(List<FilterPipeline.Filter> active, int storedLength, int size, byte[] to, int toAt) {
        byte[] from = stored;
        int at = 0;
        int length = storedLength;
        for (int i = active.size() - 1; i >= 0; i--) {
            FilterPipeline.Filter filter = active.get(i);
            if (filter.id() == FilterPipeline.FLETCHER32) {
                length = Fletcher32.verify(from, at, length);
                continue;
            }
            boolean last = i == 0;
            int room = last ? size : room(active.subList(0, i), size);
            byte[] target = last ? to : other(from, room);
            int targetAt = last ? toAt : 0;
            length = undo(filter, from, at, length, target, targetAt, room);
            from = target;
            at = targetAt;
        }
        if (length != size) {
            throw wrongSize(length, size);
        }
        if (from != to) {
            System.arraycopy(from, at, to, toAt, size);
        }
    }

    private int undo(FilterPipeline.Filter filter, byte[] from, int at, int length, byte[] to, int toAt, int room) {
        return switch (filter.id()) {
            case FilterPipeline.DEFLATE -> inflate(from, at, length, to, toAt, room);
            case FilterPipeline.SHUFFLE -> Shuffle.decode(from, at, length, to, toAt, room, filter.value(0, 0));
            case FilterPipeline.LZF -> Lzf.decode(from, at, length, to, toAt, room);
            case FilterPipeline.LZ4 -> Lz4.decode(from, at, length, to, toAt, room);
            case FilterPipeline.BITSHUFFLE -> bitshuffle.decode(filter, from, at, length, to, toAt, room);
            default -> throw Refusal.unsupported("its chunks are put through the filter " + filter.id());
        };
    }

    private int inflate(byte[] from, int at, int length, byte[] to, int toAt, int room) {
        inflater.reset();
        inflater.setInput(from, at, length);
        int done = 0;
        try {
            while (!inflater.finished() && done < room) {
                int some = inflater.inflate(to, toAt + done, room - done);
                if (some == 0 && !inflater.finished()) {
                    throw Refusal.damaged("a compressed chunk ends too early");
                }
                done += some;
            }
            // the end of the stream, and its checksum, may still be unread
            if (!inflater.finished() && inflater.inflate(new byte[1]) > 0) {
                throw Refusal.damaged("a compressed chunk is larger than " + room + " bytes");
            }
        } catch (DataFormatException e) {
            throw Refusal.damaged("a compressed chunk is damaged: " + e.getMessage());
        }
        if (!inflater.finished()) {
            throw Refusal.damaged("a compressed chunk ends too early");
        }
        return done;
    }

    private static List<FilterPipeline.Filter> active(FilterPipeline pipeline, int mask) {
        if (mask == 0) {
            return pipeline.filters();
        }
        List<FilterPipeline.Filter> active = new ArrayList<>();
        for (int i = 0; i < pipeline.filters().size(); i++) {
            if ((mask >>> i & 1) == 0) {
                active.add(pipeline.filters().get(i));
            }
        }
        return active;
    }

    /** How long what these filters made may be. */
    private static int room(List<FilterPipeline.Filter> filters, int size) {
        long room = size;
        for (FilterPipeline.Filter filter : filters) {
            if (filter.compresses()) {
                room += room / 8 + SLACK;
            } else if (filter.id() == FilterPipeline.FLETCHER32) {
                room += 4;
            }
        }
        return (int) Math.min(room, Integer.MAX_VALUE - 8);
    }

    /** A buffer that is not the one that is read from. */
    private byte[] other(byte[] from, int room) {
        if (from == between) {
            if (stored.length < room) {
                stored = new byte[room];
            }
            return stored;
        }
        if (between.length < room) {
            between = new byte[room];
        }
        return between;
    }

    private static Refusal wrongSize(long found, int size) {
        return Refusal.damaged("a chunk has " + found + " bytes instead of " + size);
    }

    @Override
    public void close() {
        inflater.end();
    }
}
