package org.lightpipe.gpu.hdf5;

/** Where the values of a dataset lie. */
sealed interface Layout {

    /** In the header itself. */
    record Compact(byte[] values) implements Layout {}

    /**
     * One after the other.
     *
     * @param address undefined if none was ever written
     */
    record Contiguous(long address, long size) implements Layout {}

    /**
     * In blocks of one size.
     *
     * @param chunk the dimensions of a block
     * @param elementSize the bytes of an element
     * @param index how blocks are found
     * @param plainEdges whether blocks that are not full are stored without filters
     * @param size of the only block, where there is only one and it has filters; 0 otherwise
     * @param mask the filters that the only block was not put through
     * @param address where the index is; undefined if nothing was ever written
     */
    record Chunked(long[] chunk, long elementSize, Index index, boolean plainEdges, long size, int mask, long address)
            implements Layout {}

    /** In other datasets, said in a piece of the global heap. */
    record Virtual(long heap, int index) implements Layout {}

    /** How a block is found. */
    enum Index {
        /** A B-tree of version 1. */
        OLD_TREE,
        /** There is one block. */
        SINGLE,
        /** They lie one after the other. */
        IMPLICIT,
        /** A table. */
        FIXED_ARRAY,
        /** A table that grows in one dimension. */
        EXTENSIBLE_ARRAY,
        /** A B-tree of version 2. */
        TREE
    }

    /** The class numbers of layouts. */
    int COMPACT = 0;

    /** See {@link #COMPACT}. */
    int CONTIGUOUS = 1;

    /** See {@link #COMPACT}. */
    int CHUNKED = 2;

    /** See {@link #COMPACT}. */
    int VIRTUAL = 3;

    static Layout parse(Cursor message) {
        int version = message.u8();
        return switch (version) {
            case 1, 2 -> old(message);
            case 3 -> third(message);
            case 4 -> fourth(message);
            default -> throw Refusal.unsupported("its layout has the version " + version + ", which is not known");
        };
    }

    private static Layout old(Cursor message) {
        int dimensions = message.u8();
        int type = message.u8();
        message.skip(5);
        long address = type == COMPACT ? Cursor.UNDEFINED : message.offset();
        long[] lengths = new long[dimensions];
        for (int i = 0; i < dimensions; i++) {
            lengths[i] = message.u32();
        }
        return switch (type) {
            case COMPACT -> new Compact(message.bytes(message.u32()));
            case CONTIGUOUS -> new Contiguous(address, -1);
            case CHUNKED -> {
                if (dimensions < 2) {
                    throw message.damaged("has chunks without dimensions");
                }
                yield tree(lengths, address);
            }
            default -> throw unknown(type);
        };
    }

    private static Layout third(Cursor message) {
        int type = message.u8();
        return switch (type) {
            case COMPACT -> new Compact(message.bytes(message.u16()));
            case CONTIGUOUS -> new Contiguous(message.offset(), message.length());
            case CHUNKED -> {
                int dimensions = message.u8();
                if (dimensions < 2) {
                    throw message.damaged("has chunks without dimensions");
                }
                long address = message.offset();
                long[] lengths = new long[dimensions];
                for (int i = 0; i < dimensions; i++) {
                    lengths[i] = message.u32();
                }
                yield tree(lengths, address);
            }
            default -> throw unknown(type);
        };
    }

    private static Layout fourth(Cursor message) {
        int type = message.u8();
        return switch (type) {
            case COMPACT -> new Compact(message.bytes(message.u16()));
            case CONTIGUOUS -> new Contiguous(message.offset(), message.length());
            case CHUNKED -> fourthChunked(message);
            case VIRTUAL -> new Virtual(message.offset(), message.i32());
            default -> throw unknown(type);
        };
    }

    private static Layout fourthChunked(Cursor message) {
        int flags = message.u8();
        int dimensions = message.u8();
        int size = message.u8();
        if (dimensions < 2) {
            throw message.damaged("has chunks without dimensions");
        }
        long[] lengths = new long[dimensions];
        for (int i = 0; i < dimensions; i++) {
            lengths[i] = message.unsigned(size);
        }
        int number = message.u8();
        if (number < 1 || number >= Index.values().length) {
            throw Refusal.unsupported("its chunks have an index of the kind " + number + ", which is not known");
        }
        Index index = Index.values()[number];
        long onlySize = 0;
        int mask = 0;
        switch (index) {
            case SINGLE -> {
                if ((flags & 2) != 0) {
                    onlySize = message.length();
                    mask = message.i32();
                }
            }
            // what the index was made with is said again at its beginning
            case FIXED_ARRAY -> message.skip(1);
            case EXTENSIBLE_ARRAY -> message.skip(5);
            case TREE -> message.skip(6);
            default -> message.skip(0);
        }
        return new Chunked(
                head(lengths), lengths[dimensions - 1], index, (flags & 1) != 0, onlySize, mask, message.offset());
    }

    private static Layout tree(long[] lengths, long address) {
        return new Chunked(head(lengths), lengths[lengths.length - 1], Index.OLD_TREE, false, 0, 0, address);
    }

    private static long[] head(long[] lengths) {
        return java.util.Arrays.copyOf(lengths, lengths.length - 1);
    }

    private static Refusal unknown(int type) {
        return Refusal.damaged("its layout is of the class " + type + ", which is not known");
    }
}
