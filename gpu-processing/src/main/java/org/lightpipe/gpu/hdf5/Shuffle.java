package org.lightpipe.gpu.hdf5;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Puts the first bytes of all elements together, then the second ones, and so on (filter 2); and back. */
final class Shuffle {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Shuffle() {}

    /** @return the length, which stays the same */
    static int decode(byte[] from, int at, int length, byte[] to, int toAt, int room, int elementSize) {
        if (length > room) {
            throw Refusal.damaged("a chunk has " + length + " bytes instead of " + room);
        }
        if (elementSize < 1) {
            throw Refusal.damaged("a chunk has shuffled elements of " + elementSize + " bytes");
        }
        int elements = length / elementSize;
        if (elementSize == 1 || elements <= 1) {
            System.arraycopy(from, at, to, toAt, length);
            return length;
        }
        switch (elementSize) {
            case 2 -> two(from, at, to, toAt, elements);
            case 4 -> four(from, at, to, toAt, elements);
            default -> any(from, at, to, toAt, elements, elementSize);
        }
        int rest = elements * elementSize;
        System.arraycopy(from, at + rest, to, toAt + rest, length - rest);
        return length;
    }

    private static void two(byte[] from, int at, byte[] to, int toAt, int elements) {
        int second = at + elements;
        int i = 0;
        for (; i + 8 <= elements; i += 8) {
            long low = (long) LONG.get(from, at + i);
            long high = (long) LONG.get(from, second + i);
            LONG.set(to, toAt + 2 * i, spread(low) | spread(high) << 8);
            LONG.set(to, toAt + 2 * i + 8, spread(low >>> 32) | spread(high >>> 32) << 8);
        }
        for (; i < elements; i++) {
            to[toAt + 2 * i] = from[at + i];
            to[toAt + 2 * i + 1] = from[second + i];
        }
    }

    /** Puts a zero byte behind each of the lower four bytes. */
    private static long spread(long bytes) {
        long some = bytes & 0xffffffffL;
        some = (some | some << 16) & 0x0000ffff0000ffffL;
        return (some | some << 8) & 0x00ff00ff00ff00ffL;
    }

    private static void four(byte[] from, int at, byte[] to, int toAt, int elements) {
        int b = at + elements;
        int c = b + elements;
        int d = c + elements;
        for (int i = 0; i < elements; i++) {
            INT.set(
                    to,
                    toAt + 4 * i,
                    from[at + i] & 0xff | (from[b + i] & 0xff) << 8 | (from[c + i] & 0xff) << 16 | from[d + i] << 24);
        }
    }

    private static void any(byte[] from, int at, byte[] to, int toAt, int elements, int size) {
        // in blocks that stay in the cache
        int block = 2048;
        for (int start = 0; start < elements; start += block) {
            int end = Math.min(elements, start + block);
            for (int j = 0; j < size; j++) {
                int in = at + j * elements;
                int out = toAt + j;
                for (int i = start; i < end; i++) {
                    to[out + i * size] = from[in + i];
                }
            }
        }
    }

    static byte[] encode(byte[] from, int elementSize) {
        byte[] to = new byte[from.length];
        int elements = from.length / elementSize;
        for (int j = 0; j < elementSize; j++) {
            for (int i = 0; i < elements; i++) {
                to[j * elements + i] = from[i * elementSize + j];
            }
        }
        return to;
    }
}
