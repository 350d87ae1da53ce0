package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;

/** Writes values in chunks that are shuffled and deflated, and the tree that finds them. */
final class ChunkWriter {

    /** What h5py takes. */
    static final int LEVEL = 4;

    /** The children that the library makes room for in a node of such a tree. */
    private static final int MOST_CHILDREN = 64;

    private final NewFile file;
    private final String name;
    private final FlatValue value;
    private final int[] chunk;

    ChunkWriter(NewFile file, String name, FlatValue value, int[] chunk) {
        this.file = file;
        this.name = name;
        this.value = value;
        this.chunk = chunk;
    }

    /** What lies below an entry, and where it begins. */
    private record Entry(long[] offset, long bytes, long address) {}

    /** @return the address of the tree; undefined if there are no values */
    long write() throws IOException {
        List<Entry> entries = chunks();
        if (entries.isEmpty()) {
            return Cursor.UNDEFINED;
        }
        int height = 0;
        while (height == 0 || entries.size() > 1) {
            entries = nodes(entries, height);
            height++;
        }
        return entries.get(0).address();
    }

    private List<Entry> chunks() throws IOException {
        int rank = chunk.length;
        int size = value.type().bytes();
        long all = 1;
        long[] chunks = new long[rank];
        int bytes = size;
        for (int i = 0; i < rank; i++) {
            chunks[i] = (value.shape()[i] + chunk[i] - 1) / chunk[i];
            all *= chunks[i];
            bytes = Math.multiplyExact(bytes, chunk[i]);
        }
        long[] strides = Content.strides(value.shape(), size);
        List<Entry> entries = new ArrayList<>();
        Deflater deflater = new Deflater(LEVEL);
        try {
            for (long number = 0; number < all; number++) {
                long[] offset = new long[rank];
                int[] count = new int[rank];
                long rest = number;
                long from = 0;
                for (int i = rank - 1; i >= 0; i--) {
                    offset[i] = rest % chunks[i] * chunk[i];
                    rest /= chunks[i];
                    count[i] = (int) Math.min(chunk[i], value.shape()[i] - offset[i]);
                    from += offset[i] * strides[i];
                }
                byte[] values = new byte[bytes];
                Target.dense(ByteBuffer.wrap(values), 0, chunk, size).put(value.bytes(), from, strides, count, size);
                byte[] stored = deflated(deflater, Shuffle.encode(values, size));
                entries.add(new Entry(offset, stored.length, file.append(name, stored)));
            }
        } finally {
            deflater.end();
        }
        return entries;
    }

    private static byte[] deflated(Deflater deflater, byte[] values) {
        deflater.reset();
        deflater.setInput(values);
        deflater.finish();
        byte[] stored = new byte[Math.max(64, values.length / 2)];
        int length = 0;
        while (!deflater.finished()) {
            if (length == stored.length) {
                stored = java.util.Arrays.copyOf(stored, 2 * stored.length);
            }
            length += deflater.deflate(stored, length, stored.length - length);
        }
        return java.util.Arrays.copyOf(stored, length);
    }

    /** Puts entries into nodes, and gives an entry for each of them. */
    private List<Entry> nodes(List<Entry> entries, int height) throws IOException {
        int rank = chunk.length;
        int key = 8 + 8 * (rank + 1);
        int size = 24 + MOST_CHILDREN * (key + 8) + key;
        int nodes = (entries.size() + MOST_CHILDREN - 1) / MOST_CHILDREN;
        long first = file.take((long) nodes * size);
        List<Entry> above = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            int from = node * MOST_CHILDREN;
            int to = Math.min(entries.size(), from + MOST_CHILDREN);
            long address = first + (long) node * size;
            Encoder encoder = new Encoder()
                    .letters("TREE")
                    .u8(1)
                    .u8(height)
                    .u16(to - from)
                    .u64(node == 0 ? Cursor.UNDEFINED : address - size)
                    .u64(node == nodes - 1 ? Cursor.UNDEFINED : address + size);
            for (Entry entry : entries.subList(from, to)) {
                key(encoder, entry.bytes(), entry.offset());
                encoder.u64(entry.address());
            }
            if (to < entries.size()) {
                key(encoder, entries.get(to).bytes(), entries.get(to).offset());
            } else {
                // behind everything
                long[] end = new long[rank];
                end[0] = (value.shape()[0] + chunk[0] - 1) / chunk[0] * chunk[0];
                key(encoder, 0, end);
            }
            encoder.zeros(size - encoder.length());
            file.write(name, address, encoder.toBytes());
            above.add(new Entry(entries.get(from).offset(), entries.get(from).bytes(), address));
        }
        return above;
    }

    private static void key(Encoder encoder, long bytes, long[] offset) {
        encoder.u32(bytes).u32(0);
        for (long one : offset) {
            encoder.u64(one);
        }
        encoder.u64(0);
    }
}
