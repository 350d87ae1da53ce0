package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.Arrays;

/** What the tables of chunks have in common: chunks have numbers, and entries for them. */
final class ChunkTable {

    private ChunkTable() {}

    /** By how much the number of a chunk grows in each dimension, when all that there may ever be are counted. */
    static long[] steps(Layout.Chunked layout, Dataspace space, int first) {
        int rank = space.rank();
        long[] steps = new long[rank];
        long step = 1;
        // the dimension that has no end changes slowest, wherever it is
        for (int i = rank - 1; i >= -1; i--) {
            int dimension = i < 0 ? first : i;
            if (i == first) {
                continue;
            }
            steps[dimension] = step;
            long most = space.most()[dimension];
            if (most == Cursor.UNDEFINED && dimension != first) {
                throw Refusal.damaged("its chunks are in a table, and more than one dimension has no end");
            }
            if (dimension != first) {
                long chunks = (most - 1) / layout.chunk()[dimension] + 1;
                if (chunks > 0 && step > Long.MAX_VALUE / 4096 / chunks) {
                    throw Refusal.damaged("it may have the shape " + Arrays.toString(space.most()));
                }
                step *= Math.max(1, chunks);
            }
        }
        return steps;
    }

    static long number(long[] chunk, long[] steps) {
        long number = 0;
        for (int i = 0; i < chunk.length; i++) {
            number += chunk[i] * steps[i];
        }
        return number;
    }

    /** An entry of a table: an address, and with filters a length and a mask. */
    static ChunkIndex.Place entry(Cursor entry, int entrySize, long chunkBytes) {
        long address = entry.offset();
        int lengthBytes = entrySize - entry.offsetSize() - 4;
        if (address == Cursor.UNDEFINED) {
            return null;
        }
        if (lengthBytes <= 0) {
            return new ChunkIndex.Place(address, chunkBytes, 0);
        }
        long length = entry.unsigned(lengthBytes);
        return new ChunkIndex.Place(address, length, entry.i32());
    }

    /** Reads what has nothing but a checksum around it. */
    static Cursor summed(Store store, long address, long length, String what) throws IOException {
        Cursor read = store.read(address, length + 4, what);
        read.to(length).checksum();
        return read;
    }
}
