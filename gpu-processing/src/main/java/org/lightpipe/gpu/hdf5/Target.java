package org.lightpipe.gpu.hdf5;

import java.nio.ByteBuffer;

/**
 * Where the values of a block go.
 *
 * @param values the buffer
 * @param at the byte of the first value
 * @param strides the bytes from a value to the next one in each dimension
 */
record Target(ByteBuffer values, long at, long[] strides) {

    /** One value after the other, the last dimension fastest. */
    static Target dense(ByteBuffer values, int at, int[] count, int elementSize) {
        long[] strides = new long[count.length];
        long stride = elementSize;
        for (int i = count.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= count[i];
        }
        return new Target(values, at, strides);
    }

    /** The same place, with the first value further inside. */
    Target from(long[] offset) {
        long moved = at;
        for (int i = 0; i < offset.length; i++) {
            moved += offset[i] * strides[i];
        }
        return new Target(values, moved, strides);
    }

    /** How many bytes lie together when this block is written: all of its last dimensions that are complete. */
    long run(int[] count, int elementSize) {
        long run = elementSize;
        for (int i = count.length - 1; i >= 0; i--) {
            if (count[i] != 1) {
                if (strides[i] != run) {
                    break;
                }
                run *= count[i];
            }
        }
        return run;
    }

    /**
     * Copies a block from an array.
     *
     * @param fromStrides the bytes from a value to the next one there
     */
    void put(byte[] from, long fromAt, long[] fromStrides, int[] count, int elementSize) {
        int run = elementSize;
        int outer = count.length;
        while (outer > 0 && (count[outer - 1] == 1 || fromStrides[outer - 1] == run && strides[outer - 1] == run)) {
            outer--;
            run *= count[outer];
        }
        put(from, fromAt, fromStrides, at, count, run, outer, 0);
    }

    private void put(
            byte[] from, long fromAt, long[] fromStrides, long toAt, int[] count, int run, int outer, int dimension) {
        if (dimension == outer) {
            values.put((int) toAt, from, (int) fromAt, run);
            return;
        }
        for (int i = 0; i < count[dimension]; i++) {
            put(
                    from,
                    fromAt + i * fromStrides[dimension],
                    fromStrides,
                    toAt + i * strides[dimension],
                    count,
                    run,
                    outer,
                    dimension + 1);
        }
    }

    /** Writes one value everywhere. */
    void fill(byte[] value, int[] count) {
        int last = count.length - 1;
        if (last < 0) {
            values.put((int) at, value);
            return;
        }
        byte[] row = new byte[Math.min(count[last], 4096) * value.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = value[i % value.length];
        }
        fill(row, value.length, at, count, 0);
    }

    private void fill(byte[] row, int elementSize, long toAt, int[] count, int dimension) {
        if (dimension < count.length - 1) {
            for (int i = 0; i < count[dimension]; i++) {
                fill(row, elementSize, toAt + i * strides[dimension], count, dimension + 1);
            }
        } else if (strides[dimension] == elementSize) {
            long left = (long) count[dimension] * elementSize;
            for (long done = 0; done < left; done += row.length) {
                values.put((int) (toAt + done), row, 0, (int) Math.min(row.length, left - done));
            }
        } else {
            for (int i = 0; i < count[dimension]; i++) {
                values.put((int) (toAt + i * strides[dimension]), row, 0, elementSize);
            }
        }
    }
}
