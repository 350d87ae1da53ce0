package org.lightpipe.gpu.hdf5;

import java.util.Arrays;

/**
 * Some elements of a dataset: in each dimension, blocks at equal distances; those that are so in all dimensions.
 *
 * @param axes one for each dimension
 */
record Selection(Axis[] axes) {

    private static final int NONE = 0;
    private static final int HYPERSLAB = 2;
    private static final int ALL = 3;
    private static final int MOST_DIMENSIONS = 32;
    private static final int MOST_BLOCKS = 1_000_000;

    /**
     * Blocks along one dimension.
     *
     * @param count how many; {@link Cursor#UNDEFINED} if there is no end to them
     * @param block the length of each; {@link Cursor#UNDEFINED} if the only one has no end
     */
    record Axis(long start, long stride, long count, long block) {

        Axis {
            // the distance to a block that there is not does not matter
            stride = count == 1 ? Math.max(stride, block) : stride;
        }

        boolean endless() {
            return count == Cursor.UNDEFINED || block == Cursor.UNDEFINED;
        }

        /** How many elements are chosen; as good as no end if there is none. */
        long chosen() {
            return endless() ? Long.MAX_VALUE : count * block;
        }

        /** How many of the chosen elements lie before a place. */
        long before(long place) {
            long from = place - start;
            if (from <= 0) {
                return 0;
            }
            if (block == Cursor.UNDEFINED) {
                return from;
            }
            long blocks = from / stride;
            if (count != Cursor.UNDEFINED && blocks >= count) {
                return count * block;
            }
            return blocks * block + Math.min(block, from % stride);
        }

        /** Where the chosen element of a number is. */
        long place(long number) {
            return block == Cursor.UNDEFINED ? start + number : start + number / block * stride + number % block;
        }

        /** How many chosen elements follow each other from this one on, at most as many as asked for. */
        long together(long number, long most) {
            if (block == Cursor.UNDEFINED || stride == block || count == 1) {
                return most;
            }
            return Math.min(most, block - number % block);
        }
    }

    /** @return null if nothing is chosen; without axes if everything is */
    static Selection parse(Cursor message) {
        int type = message.i32();
        int version = message.i32();
        switch (type) {
            case NONE -> {
                message.skip(8);
                return null;
            }
            case ALL -> {
                message.skip(8);
                return new Selection(new Axis[0]);
            }
            case HYPERSLAB -> {
                return hyperslab(message, version);
            }
            default -> throw Refusal.unsupported("it is made of single points of other datasets, which is not read");
        }
    }

    /** The same, with everything of this shape where everything is chosen. */
    Selection within(long[] shape) {
        if (axes.length > 0 || shape.length == 0) {
            return this;
        }
        Axis[] all = new Axis[shape.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Axis(0, 1, 1, shape[i]);
        }
        return new Selection(all);
    }

    private static Selection hyperslab(Cursor message, int version) {
        boolean regular = false;
        int size = 4;
        switch (version) {
            case 1 -> message.skip(8);
            case 2 -> {
                regular = (message.u8() & 1) != 0;
                message.skip(4);
                size = 8;
            }
            case 3 -> {
                regular = (message.u8() & 1) != 0;
                size = message.u8();
            }
            default -> throw message.damaged("has a selection of the version " + version + ", which is not known");
        }
        int rank = message.i32();
        if (rank < 1 || rank > MOST_DIMENSIONS) {
            throw message.damaged("has a selection of " + rank + " dimensions");
        }
        return regular ? regular(message, rank, size) : blocks(message, rank, size);
    }

    private static Selection regular(Cursor message, int rank, int size) {
        Axis[] axes = new Axis[rank];
        for (int i = 0; i < rank; i++) {
            long start = number(message, size);
            long stride = number(message, size);
            long count = number(message, size);
            long block = number(message, size);
            axes[i] = axis(start, stride, count, block);
        }
        return new Selection(axes);
    }

    /** A number that is all ones where there is no end. */
    private static long number(Cursor message, int size) {
        if (size == 8) {
            long value = message.i64();
            if (value < Cursor.UNDEFINED) {
                throw message.damaged("has a selection that is too large");
            }
            return value;
        }
        long value = message.unsigned(size);
        return value == (1L << 8 * size) - 1 ? Cursor.UNDEFINED : value;
    }

    private static Axis axis(long start, long stride, long count, long block) {
        boolean small = start >= 0
                && start < 1L << 48
                && stride >= 1
                && stride < 1L << 48
                && (count == Cursor.UNDEFINED || count >= 1 && count < 1L << 48)
                && (block == Cursor.UNDEFINED || block >= 1 && block < 1L << 48);
        boolean apart = block == Cursor.UNDEFINED ? count == 1 : count == 1 || stride >= block;
        if (!small
                || !apart
                || count > 0 && (count - 1) > (1L << 48) / stride
                || count > 0 && block > 0 && count > (1L << 48) / block) {
            throw Refusal.damaged("a selection has the start " + start + ", stride " + stride + ", count " + count
                    + " and block " + block);
        }
        return new Axis(start, stride, count, block);
    }

    /** Single blocks; what is chosen must be the same in all dimensions that cross. */
    private static Selection blocks(Cursor message, int rank, int size) {
        long count = message.unsigned(size);
        if (count < 1 || count > MOST_BLOCKS) {
            throw message.damaged("has a selection of " + count + " blocks");
        }
        long[][] starts = new long[rank][(int) count];
        long[][] ends = new long[rank][(int) count];
        for (int block = 0; block < count; block++) {
            for (int i = 0; i < rank; i++) {
                starts[i][block] = message.unsigned(size);
            }
            for (int i = 0; i < rank; i++) {
                ends[i][block] = message.unsigned(size);
            }
        }
        Axis[] axes = new Axis[rank];
        long product = 1;
        for (int i = 0; i < rank; i++) {
            axes[i] = axis(starts[i], ends[i]);
            product *= axes[i].count();
        }
        if (product != count) {
            throw irregular();
        }
        return new Selection(axes);
    }

    private static Axis axis(long[] starts, long[] ends) {
        long[] sorted = Arrays.stream(starts).sorted().distinct().toArray();
        long block = ends[0] - starts[0] + 1;
        for (int i = 0; i < starts.length; i++) {
            if (ends[i] - starts[i] + 1 != block) {
                throw irregular();
            }
        }
        long stride = sorted.length > 1 ? sorted[1] - sorted[0] : Math.max(1, block);
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] - sorted[i - 1] != stride) {
                throw irregular();
            }
        }
        return axis(sorted[0], stride, sorted.length, block);
    }

    private static Refusal irregular() {
        return Refusal.unsupported("it is made of parts of other datasets at unequal distances, which is not read");
    }
}
