package org.lightpipe.gpu.hdf5;

import java.io.IOException;

/** Finds the chunks of a dataset; looks only at as much of itself as a question needs. Thread-safe. */
interface ChunkIndex {

    /**
     * Where a chunk is.
     *
     * @param size its bytes in the file
     * @param mask the filters that it was not put through, by bits
     */
    record Place(long address, long size, int mask) {}

    /**
     * @param chunk the number of the chunk in each dimension
     * @return where it is; null if it was never written
     */
    Place find(long[] chunk) throws IOException;

    /** @param filtered whether chunks have lengths of their own */
    static ChunkIndex of(Store store, Layout.Chunked layout, Dataspace space, boolean filtered, long chunkBytes)
            throws IOException {
        if (layout.address() == Cursor.UNDEFINED) {
            return chunk -> null;
        }
        return switch (layout.index()) {
            case OLD_TREE -> new OldTreeIndex(store, layout);
            case SINGLE -> {
                Place only = new Place(
                        layout.address(), filtered && layout.size() > 0 ? layout.size() : chunkBytes, layout.mask());
                yield chunk -> only;
            }
            case IMPLICIT -> {
                long[] steps = ChunkTable.steps(layout, space, 0);
                yield chunk ->
                        new Place(layout.address() + ChunkTable.number(chunk, steps) * chunkBytes, chunkBytes, 0);
            }
            case FIXED_ARRAY ->
                new FixedArrayIndex(store, layout.address(), ChunkTable.steps(layout, space, 0), chunkBytes);
            case EXTENSIBLE_ARRAY -> new ExtensibleArrayIndex(store, layout, space, chunkBytes);
            case TREE -> new TreeIndex(store, layout, filtered, chunkBytes);
        };
    }
}
