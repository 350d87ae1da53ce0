package org.lightpipe.gpu.hdf5;

import java.util.ArrayList;
import java.util.List;

/**
 * The filters that a chunk was put through when it was written, in that order.
 *
 * @param filters those that this package knows
 */
record FilterPipeline(List<Filter> filters) {

    static final int DEFLATE = 1;
    static final int SHUFFLE = 2;
    static final int FLETCHER32 = 3;
    static final int LZF = 32000;
    static final int LZ4 = 32004;
    static final int BITSHUFFLE = 32008;

    private static final int MOST = 32;

    /** One of them, with the numbers that it was given. */
    record Filter(int id, int[] values) {

        /** A number, or another where it was not given. */
        int value(int index, int otherwise) {
            return index < values.length ? values[index] : otherwise;
        }

        /** Whether what comes out may have another length than what goes in. */
        boolean compresses() {
            return id != SHUFFLE && id != FLETCHER32;
        }
    }

    static FilterPipeline none() {
        return new FilterPipeline(List.of());
    }

    static FilterPipeline parse(Cursor message) {
        int version = message.u8();
        int count = message.u8();
        if (version != 1 && version != 2 || count > MOST) {
            throw message.damaged("has the version " + version + " and " + count + " filters");
        }
        message.skip(version == 1 ? 6 : 0);
        List<Filter> filters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int id = message.u16();
            int nameLength = version == 1 || id >= 256 ? message.u16() : 0;
            message.skip(2);
            int values = message.u16();
            message.skip(version == 1 ? nameLength + 7 & ~7 : nameLength);
            int[] numbers = new int[Math.min(values, message.remaining() / 4)];
            if (numbers.length < values) {
                throw message.damaged("is shorter than it says");
            }
            for (int j = 0; j < values; j++) {
                numbers[j] = message.i32();
            }
            message.skip(version == 1 && values % 2 == 1 ? 4 : 0);
            filters.add(new Filter(id, numbers));
        }
        return new FilterPipeline(List.copyOf(filters));
    }

    /** @throws Refusal if there is one that cannot be undone here */
    void requireKnown() {
        for (Filter filter : filters) {
            switch (filter.id()) {
                case DEFLATE, SHUFFLE, FLETCHER32, LZF, LZ4 -> {}
                case BITSHUFFLE -> Bitshuffle.requireKnown(filter);
                default ->
                    throw Refusal.unsupported("its chunks are put through the filter " + name(filter.id())
                            + ", which is not read; write it again with gzip, lzf, lz4 or bitshuffle");
            }
        }
    }

    private static String name(int id) {
        return switch (id) {
            case 4 -> "szip (4)";
            case 5 -> "n-bit (5)";
            case 6 -> "scale-offset (6)";
            case 307 -> "bzip2 (307)";
            case 32001 -> "blosc (32001)";
            case 32013 -> "zfp (32013)";
            case 32015 -> "zstd (32015)";
            case 32017 -> "sz (32017)";
            case 32026 -> "blosc2 (32026)";
            default -> String.valueOf(id);
        };
    }
}
