package org.lightpipe.gpu.hdf5;

import java.io.IOException;

/** A B-tree of version 1, whose keys are the offsets of chunks. */
final class OldTreeIndex implements ChunkIndex {

    private final Store store;
    private final long[] lengths;
    private final long root;
    private final int keySize;
    private final RecentBlocks recent = new RecentBlocks();

    OldTreeIndex(Store store, Layout.Chunked layout) {
        this.store = store;
        this.lengths = layout.chunk();
        this.root = layout.address();
        this.keySize = 8 + 8 * (lengths.length + 1);
    }

    @Override
    public Place find(long[] chunk) throws IOException {
        long address = root;
        int above = -1;
        while (true) {
            OldNode node = new OldNode(recent.get(address, place -> OldNode.read(store, place, 1, keySize)), keySize);
            node.requireBelow(above);
            above = node.height();
            int low = -1;
            int high = node.children() - 1;
            // the last child that does not begin behind it
            while (low < high) {
                int middle = low + high + 1 >> 1;
                if (compare(chunk, node.key(middle)) >= 0) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            if (low < 0) {
                return null;
            }
            if (above == 0) {
                Cursor key = node.key(low);
                long size = key.u32();
                int mask = key.i32();
                return compare(chunk, node.key(low)) == 0 ? new Place(node.child(low), size, mask) : null;
            }
            address = node.child(low);
        }
    }

    private int compare(long[] chunk, Cursor key) {
        key.skip(8);
        for (int i = 0; i < chunk.length; i++) {
            int side = Long.compare(chunk[i] * lengths[i], key.u64());
            if (side != 0) {
                return side;
            }
        }
        return 0;
    }
}
