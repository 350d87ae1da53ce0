package org.lightpipe.gpu.hdf5;

import java.io.IOException;

/** A node of a B-tree of version 1: children with keys before, between and behind them. */
final class OldNode {

    private final Cursor body;
    private final int height;
    private final int children;
    private final int keySize;
    private final int step;

    /** @param type 0 for groups, 1 for chunks */
    OldNode(Store store, long address, int type, int keySize) throws IOException {
        this(read(store, address, type, keySize), keySize);
    }

    /** A node that was read before. */
    OldNode(Cursor node, int keySize) {
        this.keySize = keySize;
        this.step = keySize + node.offsetSize();
        node.to(5);
        height = node.u8();
        children = node.u16();
        body = node;
    }

    /** Reads as much as is used of a node. */
    static Cursor read(Store store, long address, int type, int keySize) throws IOException {
        int prefix = 8 + 2 * store.offsetSize();
        Cursor head = store.read(address, prefix, "node of a tree");
        head.signature("TREE");
        int found = head.u8();
        if (found != type) {
            throw head.damaged("is of the type " + found + ", and not " + type);
        }
        head.skip(1);
        long used = head.u16();
        return store.read(address, prefix + used * (keySize + store.offsetSize()) + keySize, "node of a tree");
    }

    /** How far it is above the leaves. */
    int height() {
        return height;
    }

    int children() {
        return children;
    }

    /** Refuses a node that is not just below the one above it; -1 = there is none above. */
    void requireBelow(int above) {
        if (above >= 0 && height != above - 1) {
            throw body.damaged("is at the height " + height + " below one at " + above);
        }
    }

    /** The key before a child. */
    Cursor key(int child) {
        return body.to(prefix() + (long) child * step);
    }

    long child(int child) {
        return body.to(prefix() + (long) child * step + keySize).offset();
    }

    private int prefix() {
        return 8 + 2 * body.offsetSize();
    }
}
