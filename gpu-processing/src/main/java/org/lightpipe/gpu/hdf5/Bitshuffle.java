package org.lightpipe.gpu.hdf5;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Puts the first bits of all elements of a block together, then the second ones, and so on, and compresses each block
 * with LZ4 or not (filter 32008); this is the way back. One instance for each thread.
 *
 * <p>A block of {@code n} elements is {@code 8 * size} planes of {@code n / 8} bytes; bit {@code i % 8} of byte
 * {@code i / 8} in the plane {@code 8 * j + b} is bit {@code b} of byte {@code j} of the element {@code i}. After the full
 * blocks comes one shorter one of a multiple of eight elements, and then up to seven elements as they are.
 */
final class Bitshuffle {

    private static final int USUAL_BYTES = 8192;
    private static final int LEAST_ELEMENTS = 128;
    private static final int MOST_BYTES = 1 << 30;
    private static final int MOST_ELEMENT_BYTES = 4096;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] planes = new byte[USUAL_BYTES];
    private long[] rows = new long[64];

    static void requireKnown(FilterPipeline.Filter filter) {
        int compression = filter.value(4, 0);
        if (compression != 0 && compression != 2) {
            throw Refusal.unsupported("its chunks are put through the filter bitshuffle (32008) with "
                    + (compression == 3 ? "zstd" : "compression " + compression)
                    + ", which is not read; write it again with bitshuffle and lz4");
        }
    }

    /** @return how many bytes came out, at most {@code room} */
    int decode(FilterPipeline.Filter filter, byte[] from, int at, int length, byte[] to, int toAt, int room) {
        int size = filter.value(2, 0);
        if (size < 1 || size > MOST_ELEMENT_BYTES) {
            throw Refusal.damaged("a chunk has bitshuffled elements of " + size + " bytes");
        }
        return filter.value(4, 0) == 0
                ? plain(from, at, length, to, toAt, room, size, filter.value(3, 0))
                : compressed(from, at, length, to, toAt, room, size);
    }

    private int plain(byte[] from, int at, int length, byte[] to, int toAt, int room, int size, int wanted) {
        if (length > room) {
            throw Refusal.damaged("a chunk has " + length + " bytes instead of " + room);
        }
        int elements = length / size;
        int block = wanted == 0 ? Math.max(LEAST_ELEMENTS, USUAL_BYTES / size / 8 * 8) : wanted;
        if (block < 8 || block % 8 != 0) {
            throw Refusal.damaged("a chunk is bitshuffled in blocks of " + block + " elements");
        }
        int done = 0;
        while (elements - done >= 8) {
            int some = Math.min(block, (elements - done) / 8 * 8);
            transpose(from, at + done * size, to, toAt + done * size, some, size);
            done += some;
        }
        System.arraycopy(from, at + done * size, to, toAt + done * size, length - done * size);
        return length;
    }

    private int compressed(byte[] from, int at, int length, byte[] to, int toAt, int room, int size) {
        if (length < 12) {
            throw Refusal.damaged("a chunk that is bitshuffled has only " + length + " bytes");
        }
        long total = BigEndian.u64(from, at);
        long blockBytes = BigEndian.u32(from, at + 8);
        long block = blockBytes / size;
        if (total < 0 || total > room || total % size != 0) {
            throw Refusal.damaged(
                    "a chunk that is bitshuffled says that it has " + total + " bytes instead of " + room);
        }
        if (block < 8 || block % 8 != 0 || blockBytes > MOST_BYTES) {
            throw Refusal.damaged("a chunk is bitshuffled in blocks of " + blockBytes + " bytes");
        }
        long elements = total / size;
        int in = at + 12;
        int end = at + length;
        int done = 0;
        while (elements - done >= 8) {
            int some = (int) Math.min(block, (elements - done) / 8 * 8);
            int bytes = some * size;
            if (planes.length < bytes) {
                planes = new byte[bytes];
            }
            int stored = BigEndian.blockLength(from, in, end);
            Lz4.block(from, in + 4, stored, planes, 0, bytes);
            in += 4 + stored;
            transpose(planes, 0, to, toAt + done * size, some, size);
            done += some;
        }
        int rest = (int) (elements - done) * size;
        if (rest > end - in) {
            throw Refusal.damaged("a chunk that is bitshuffled ends before its last elements");
        }
        System.arraycopy(from, in, to, toAt + done * size, rest);
        return (int) total;
    }

    /** Turns the planes of a block into elements. */
    private void transpose(byte[] from, int at, byte[] to, int toAt, int elements, int size) {
        int stride = elements / 8;
        int window = 0;
        if (rows.length < 8 * size) {
            rows = new long[8 * size];
        }
        // eight bytes of each plane at a time: 64 elements
        for (; window + 8 <= stride; window += 8) {
            for (int j = 0; j < size; j++) {
                bits(from, at + 8 * j * stride + window, stride, j, size);
            }
            int out = toAt + 8 * window * size;
            for (int group = 0; group < size; group++) {
                bytes(8 * group, to, out + 8 * group, 8 * size);
            }
        }
        for (; window < stride; window++) {
            for (int j = 0; j < size; j++) {
                single(from, at + 8 * j * stride + window, stride, to, toAt + 8 * window * size + j, size);
            }
        }
    }

    /** Eight planes of one byte of the elements: in each byte of the words, eight by eight bits change places. */
    private void bits(byte[] from, int at, int stride, int j, int size) {
        long a = (long) LONG.get(from, at);
        long b = (long) LONG.get(from, at + stride);
        long c = (long) LONG.get(from, at + 2 * stride);
        long d = (long) LONG.get(from, at + 3 * stride);
        long e = (long) LONG.get(from, at + 4 * stride);
        long f = (long) LONG.get(from, at + 5 * stride);
        long g = (long) LONG.get(from, at + 6 * stride);
        long h = (long) LONG.get(from, at + 7 * stride);
        long t = (a >>> 1 ^ b) & 0x5555555555555555L;
        b ^= t;
        a ^= t << 1;
        t = (c >>> 1 ^ d) & 0x5555555555555555L;
        d ^= t;
        c ^= t << 1;
        t = (e >>> 1 ^ f) & 0x5555555555555555L;
        f ^= t;
        e ^= t << 1;
        t = (g >>> 1 ^ h) & 0x5555555555555555L;
        h ^= t;
        g ^= t << 1;
        t = (a >>> 2 ^ c) & 0x3333333333333333L;
        c ^= t;
        a ^= t << 2;
        t = (b >>> 2 ^ d) & 0x3333333333333333L;
        d ^= t;
        b ^= t << 2;
        t = (e >>> 2 ^ g) & 0x3333333333333333L;
        g ^= t;
        e ^= t << 2;
        t = (f >>> 2 ^ h) & 0x3333333333333333L;
        h ^= t;
        f ^= t << 2;
        t = (a >>> 4 ^ e) & 0x0f0f0f0f0f0f0f0fL;
        e ^= t;
        a ^= t << 4;
        t = (b >>> 4 ^ f) & 0x0f0f0f0f0f0f0f0fL;
        f ^= t;
        b ^= t << 4;
        t = (c >>> 4 ^ g) & 0x0f0f0f0f0f0f0f0fL;
        g ^= t;
        c ^= t << 4;
        t = (d >>> 4 ^ h) & 0x0f0f0f0f0f0f0f0fL;
        h ^= t;
        d ^= t << 4;
        rows[j] = a;
        rows[size + j] = b;
        rows[2 * size + j] = c;
        rows[3 * size + j] = d;
        rows[4 * size + j] = e;
        rows[5 * size + j] = f;
        rows[6 * size + j] = g;
        rows[7 * size + j] = h;
    }

    /** Eight words change places with their eight bytes, and go to where they belong. */
    private void bytes(int row, byte[] to, int toAt, int stride) {
        long a = rows[row];
        long b = rows[row + 1];
        long c = rows[row + 2];
        long d = rows[row + 3];
        long e = rows[row + 4];
        long f = rows[row + 5];
        long g = rows[row + 6];
        long h = rows[row + 7];
        long t = (a >>> 8 ^ b) & 0x00ff00ff00ff00ffL;
        b ^= t;
        a ^= t << 8;
        t = (c >>> 8 ^ d) & 0x00ff00ff00ff00ffL;
        d ^= t;
        c ^= t << 8;
        t = (e >>> 8 ^ f) & 0x00ff00ff00ff00ffL;
        f ^= t;
        e ^= t << 8;
        t = (g >>> 8 ^ h) & 0x00ff00ff00ff00ffL;
        h ^= t;
        g ^= t << 8;
        t = (a >>> 16 ^ c) & 0x0000ffff0000ffffL;
        c ^= t;
        a ^= t << 16;
        t = (b >>> 16 ^ d) & 0x0000ffff0000ffffL;
        d ^= t;
        b ^= t << 16;
        t = (e >>> 16 ^ g) & 0x0000ffff0000ffffL;
        g ^= t;
        e ^= t << 16;
        t = (f >>> 16 ^ h) & 0x0000ffff0000ffffL;
        h ^= t;
        f ^= t << 16;
        LONG.set(to, toAt, a & 0xffffffffL | e << 32);
        LONG.set(to, toAt + stride, b & 0xffffffffL | f << 32);
        LONG.set(to, toAt + 2 * stride, c & 0xffffffffL | g << 32);
        LONG.set(to, toAt + 3 * stride, d & 0xffffffffL | h << 32);
        LONG.set(to, toAt + 4 * stride, a >>> 32 | e & 0xffffffff00000000L);
        LONG.set(to, toAt + 5 * stride, b >>> 32 | f & 0xffffffff00000000L);
        LONG.set(to, toAt + 6 * stride, c >>> 32 | g & 0xffffffff00000000L);
        LONG.set(to, toAt + 7 * stride, d >>> 32 | h & 0xffffffff00000000L);
    }

    /** Eight elements, one byte of each. */
    private static void single(byte[] from, int at, int stride, byte[] to, int toAt, int size) {
        for (int element = 0; element < 8; element++) {
            int value = 0;
            for (int bit = 0; bit < 8; bit++) {
                value |= (from[at + bit * stride] >> element & 1) << bit;
            }
            to[toAt + element * size] = (byte) value;
        }
    }
}
