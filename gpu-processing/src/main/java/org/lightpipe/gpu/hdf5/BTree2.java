package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** A B-tree of version 2: sorted records of one size, which know nothing of what they mean. Thread-safe. */
final class BTree2 {

    private static final int DEEPEST = 24;
    private static final int OVERHEAD = 10;
    private static final int MOST_NODES = 1_000_000;

    private final Store store;
    private final int type;
    private final long nodeSize;
    private final int recordSize;
    private final int depth;
    private final long root;
    private final int rootRecords;
    private final RecentBlocks recent = new RecentBlocks();

    /** How many records a node can have, by its height over the leaves, and how many there can be below it. */
    private final long[] most;

    private final int countSize;
    private final int[] totalSize;

    /** Sees a record; the cursor may be moved. */
    interface Visitor {
        /** @return whether to go on */
        boolean visit(Cursor record) throws IOException;
    }

    /** Says where what is looked for is. */
    interface Order {
        /** @return less than 0 if what is looked for is before the record, more than 0 if it is behind it */
        int compare(Cursor record);
    }

    BTree2(Store store, long address, int type) throws IOException {
        this.store = store;
        this.type = type;
        Cursor header = store.read(
                address, 4 + 2 + 4 + 2 + 2 + 2 + store.offsetSize() + 2 + store.lengthSize() + 4, "tree header");
        header.signature("BTHD");
        header.version(0);
        int found = header.u8();
        nodeSize = header.u32();
        recordSize = header.u16();
        depth = header.u16();
        header.skip(2);
        root = header.offset();
        rootRecords = header.u16();
        header.length();
        header.checksum();
        if (found != type) {
            throw header.damaged("is of the type " + found + ", and not " + type);
        }
        if (depth > DEEPEST || recordSize == 0 || nodeSize < OVERHEAD + recordSize || nodeSize > 1 << 26) {
            throw header.damaged("says that it is " + depth + " deep, with records of " + recordSize
                    + " bytes in nodes of " + nodeSize);
        }
        most = new long[depth + 1];
        totalSize = new int[depth + 1];
        most[0] = (nodeSize - OVERHEAD) / recordSize;
        countSize = bytesFor(most[0]);
        long below = most[0];
        for (int i = 1; i <= depth; i++) {
            int pointer = pointerSize(i);
            most[i] = (nodeSize - OVERHEAD - pointer) / (recordSize + pointer);
            if (most[i] < 1 || below > Long.MAX_VALUE / (most[i] + 2)) {
                throw header.damaged("says that it is " + depth + " deep");
            }
            below = (most[i] + 1) * below + most[i];
            totalSize[i] = bytesFor(below);
        }
    }

    private static int bytesFor(long number) {
        return (63 - Long.numberOfLeadingZeros(number)) / 8 + 1;
    }

    /** A pointer from a node of this height to one below: address, count, and the total where that is not the same. */
    private int pointerSize(int height) {
        return store.offsetSize() + countSize + (height > 1 ? totalSize[height - 1] : 0);
    }

    int recordSize() {
        return recordSize;
    }

    /** Shows all records in their order, until the visitor has seen enough. */
    void each(Visitor visitor) throws IOException {
        if (root != Cursor.UNDEFINED && rootRecords > 0) {
            each(root, rootRecords, depth, visitor, new HashSet<>());
        }
    }

    private boolean each(long address, int records, int height, Visitor visitor, Set<Long> seen) throws IOException {
        if (!seen.add(address) || seen.size() > MOST_NODES) {
            throw Refusal.damaged("a tree has no end");
        }
        Cursor node = node(address, records, height);
        for (int i = 0; i <= records; i++) {
            if (height > 0) {
                Child child = child(node, records, height, i);
                if (!each(child.address(), child.records(), height - 1, visitor, seen)) {
                    return false;
                }
            }
            if (i < records && !visitor.visit(record(node, i))) {
                return false;
            }
        }
        return true;
    }

    /** @return the record that is looked for; null if there is none */
    Cursor find(Order order) throws IOException {
        if (root == Cursor.UNDEFINED || rootRecords == 0) {
            return null;
        }
        long address = root;
        int records = rootRecords;
        for (int height = depth; ; height--) {
            Cursor node = node(address, records, height);
            int low = 0;
            int high = records;
            while (low < high) {
                int middle = low + high >>> 1;
                int side = order.compare(record(node, middle));
                if (side == 0) {
                    return record(node, middle);
                }
                if (side < 0) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            if (height == 0) {
                return null;
            }
            Child child = child(node, records, height, low);
            address = child.address();
            records = child.records();
        }
    }

    private Cursor record(Cursor node, int index) {
        return node.to(6 + (long) index * recordSize).slice(recordSize, "record of a tree");
    }

    private record Child(long address, int records) {}

    private Child child(Cursor node, int records, int height, int index) {
        node.to(6 + (long) records * recordSize + (long) index * pointerSize(height));
        long address = node.offset();
        return new Child(address, (int) node.unsigned(countSize));
    }

    private Cursor node(long address, int records, int height) throws IOException {
        if (records > most[height] || records < 0) {
            throw Refusal.damaged("a node of a tree says that it has " + records + " records");
        }
        return recent.get(address, place -> {
            long length = 6L + (long) records * recordSize + (height > 0 ? (records + 1L) * pointerSize(height) : 0);
            Cursor node = store.read(place, length + 4, "node of a tree");
            node.signature(height > 0 ? "BTIN" : "BTLF");
            node.version(0);
            int found = node.u8();
            if (found != type) {
                throw node.damaged("is of the type " + found + ", and not " + type);
            }
            node.to(length).checksum();
            return node;
        });
    }
}
