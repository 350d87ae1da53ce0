package org.lightpipe.gpu.hdf5;

import java.util.Arrays;

/**
 * The dimensions of a dataset or attribute.
 *
 * @param present how long they are; none for a scalar
 * @param most how long they may become; {@link Cursor#UNDEFINED} for any length
 * @param empty whether it can hold nothing at all
 */
record Dataspace(long[] present, long[] most, boolean empty) {

    private static final int MOST_DIMENSIONS = 32;
    private static final int NULL = 2;

    static Dataspace parse(Cursor message) {
        int version = message.u8();
        if (version != 1 && version != 2) {
            throw message.damaged("has the version " + version + ", which is not known");
        }
        int rank = message.u8();
        int flags = message.u8();
        boolean empty = false;
        if (version == 1) {
            message.skip(5);
        } else {
            empty = message.u8() == NULL;
        }
        if (rank > MOST_DIMENSIONS) {
            throw message.damaged("has " + rank + " dimensions");
        }
        long[] present = new long[rank];
        for (int i = 0; i < rank; i++) {
            present[i] = message.length();
        }
        long[] most = present.clone();
        if ((flags & 1) != 0) {
            for (int i = 0; i < rank; i++) {
                most[i] = message.lengthOrUndefined();
            }
        }
        return new Dataspace(present, most, empty);
    }

    int rank() {
        return present.length;
    }

    /** How many elements there are. */
    long elements() {
        return empty ? 0 : product(present);
    }

    static long product(long[] lengths) {
        long product = 1;
        for (long length : lengths) {
            if (length == 0) {
                return 0;
            }
            if (product > Long.MAX_VALUE / length) {
                throw Refusal.damaged("it has the shape " + Arrays.toString(lengths));
            }
            product *= length;
        }
        return product;
    }
}
