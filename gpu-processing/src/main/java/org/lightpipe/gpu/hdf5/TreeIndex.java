package org.lightpipe.gpu.hdf5;

import java.io.IOException;

/** A B-tree of version 2, for datasets that grow in more than one dimension. */
final class TreeIndex implements ChunkIndex {

    private static final int PLAIN = 10;
    private static final int FILTERED = 11;

    private final BTree2 tree;
    private final int rank;
    private final int head;
    private final boolean filtered;
    private final long chunkBytes;

    TreeIndex(Store store, Layout.Chunked layout, boolean filtered, long chunkBytes) throws IOException {
        this.tree = new BTree2(store, layout.address(), filtered ? FILTERED : PLAIN);
        this.rank = layout.chunk().length;
        this.head = tree.recordSize() - 8 * rank;
        this.filtered = filtered;
        this.chunkBytes = chunkBytes;
        if (head < store.offsetSize() + (filtered ? 5 : 0)) {
            throw Refusal.damaged("its chunks have records of " + tree.recordSize() + " bytes");
        }
    }

    @Override
    public Place find(long[] chunk) throws IOException {
        Cursor record = tree.find(candidate -> {
            candidate.skip(head);
            for (int i = 0; i < rank; i++) {
                int side = Long.compare(chunk[i], candidate.u64());
                if (side != 0) {
                    return side;
                }
            }
            return 0;
        });
        return record == null ? null : ChunkTable.entry(record.fresh(), filtered ? head : 0, chunkBytes);
    }
}
