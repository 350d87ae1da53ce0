package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The members of a group, in all the ways in which groups keep them. */
final class Links {

    private static final int BY_NAME = 5;
    private static final int MOST = 1_000_000;
    private static final int SOFT = 1;
    private static final int EXTERNAL = 64;
    private static final int CACHED_SOFT = 2;

    private final ObjectHeader group;
    private final Store store;

    Links(ObjectHeader group) {
        this.group = group;
        this.store = group.store();
    }

    /**
     * A member of a group.
     *
     * @param address of the object; undefined for other kinds
     * @param target the path that a soft or external link leads to; null for the object itself
     * @param file that an external link leads to; null for other kinds
     */
    record Link(String name, long address, String target, String file) {}

    /** Sees a member. */
    interface Visitor {
        /** @return whether to go on */
        boolean visit(Link link) throws IOException;
    }

    /** @return the member of a name */
    Optional<Link> find(String name) throws IOException {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        Found found = new Found(name);
        Optional<Cursor> old = group.find(ObjectHeader.SYMBOL_TABLE);
        if (old.isPresent()) {
            new SymbolTable(old.get()).find(wanted, found);
            return found.link();
        }
        for (Cursor message : group.all(ObjectHeader.LINK)) {
            if (!found.visit(parse(message))) {
                return found.link();
            }
        }
        Dense dense = dense();
        if (dense != null) {
            // few have the same hash
            int hash = Lookup3.hash(wanted, 0, wanted.length);
            dense.tree().each(record -> record.i32() != hash || found.visit(dense.link(record)));
        }
        return found.link();
    }

    /** Shows all members, in no particular order. */
    void each(Visitor visitor) throws IOException {
        Optional<Cursor> old = group.find(ObjectHeader.SYMBOL_TABLE);
        if (old.isPresent()) {
            new SymbolTable(old.get()).each(visitor);
            return;
        }
        for (Cursor message : group.all(ObjectHeader.LINK)) {
            if (!visitor.visit(parse(message))) {
                return;
            }
        }
        Dense dense = dense();
        if (dense != null) {
            int[] count = {0};
            dense.tree().each(record -> {
                if (++count[0] > MOST) {
                    throw tooMany();
                }
                record.skip(4);
                return visitor.visit(dense.link(record));
            });
        }
    }

    private static Refusal tooMany() {
        return Refusal.unsupported("it has more than " + MOST + " members");
    }

    /** Keeps the one of a name. */
    private static final class Found implements Visitor {

        private final String name;
        private Link link;

        Found(String name) {
            this.name = name;
        }

        @Override
        public boolean visit(Link candidate) {
            if (candidate.name().equals(name)) {
                link = candidate;
            }
            return link == null;
        }

        Optional<Link> link() {
            return Optional.ofNullable(link);
        }
    }

    private record Dense(BTree2 tree, FractalHeap heap) {

        Link link(Cursor record) throws IOException {
            return parse(heap.object(record.slice(heap.idLength(), "id of a link"), "link"));
        }
    }

    private Dense dense() throws IOException {
        Optional<Cursor> info = group.find(ObjectHeader.LINK_INFO);
        if (info.isEmpty()) {
            return null;
        }
        Cursor message = info.get();
        message.version(0);
        message.skip((message.u8() & 1) != 0 ? 8 : 0);
        long heap = message.offset();
        long tree = message.offset();
        if (heap == Cursor.UNDEFINED || tree == Cursor.UNDEFINED) {
            return null;
        }
        Dense dense = new Dense(new BTree2(store, tree, BY_NAME), new FractalHeap(store, heap));
        if (dense.tree().recordSize() < 4 + dense.heap().idLength()) {
            throw Refusal.damaged("its links have ids of " + dense.heap().idLength() + " bytes");
        }
        return dense;
    }

    private static Link parse(Cursor message) {
        message.version(1);
        int flags = message.u8();
        int type = (flags & 8) != 0 ? message.u8() : 0;
        message.skip((flags & 4) != 0 ? 8 : 0);
        message.skip((flags & 16) != 0 ? 1 : 0);
        String name = message.text(message.unsigned(1 << (flags & 3)));
        switch (type) {
            case 0 -> {
                return new Link(name, message.offset(), null, null);
            }
            case SOFT -> {
                return new Link(name, Cursor.UNDEFINED, message.text(message.u16()), null);
            }
            case EXTERNAL -> {
                Cursor value = message.slice(message.u16(), "external link");
                value.skip(1);
                String file = value.zeroEnded();
                return new Link(name, Cursor.UNDEFINED, value.zeroEnded(), file);
            }
            default -> {
                // somebody's own kind: it is there, and leads nowhere
                return new Link(name, Cursor.UNDEFINED, null, null);
            }
        }
    }

    /** The way of old: names in a heap, entries in small tables, the tables in a tree. */
    private final class SymbolTable {

        private final long tree;
        private final Cursor names;

        SymbolTable(Cursor message) throws IOException {
            tree = message.offset();
            long heap = message.offset();
            Cursor header = store.read(heap, 8 + 2 * store.lengthSize() + store.offsetSize(), "local heap");
            header.signature("HEAP");
            header.version(0);
            header.skip(3);
            long size = header.length();
            header.length();
            names = store.read(header.offset(), size, "local heap");
        }

        void find(byte[] wanted, Visitor visitor) throws IOException {
            if (tree == Cursor.UNDEFINED) {
                return;
            }
            long address = tree;
            int height = -1;
            while (true) {
                OldNode node = new OldNode(store, address, 0, store.lengthSize());
                node.requireBelow(height);
                height = node.height();
                int low = 0;
                // the key behind a child is the last of the names in it
                int high = node.children() - 1;
                while (low < high) {
                    int middle = low + high >>> 1;
                    if (compare(wanted, node.key(middle + 1).length()) <= 0) {
                        high = middle;
                    } else {
                        low = middle + 1;
                    }
                }
                if (node.children() == 0) {
                    return;
                }
                address = node.child(low);
                if (height == 0) {
                    entries(address, visitor);
                    return;
                }
            }
        }

        private int compare(byte[] wanted, long nameAt) {
            byte[] name = names.to(nameAt).zeroEnded().getBytes(StandardCharsets.UTF_8);
            return Arrays.compareUnsigned(wanted, name);
        }

        void each(Visitor visitor) throws IOException {
            if (tree != Cursor.UNDEFINED) {
                each(tree, -1, visitor, new HashSet<>());
            }
        }

        private boolean each(long address, int above, Visitor visitor, Set<Long> seen) throws IOException {
            OldNode node = new OldNode(store, address, 0, store.lengthSize());
            node.requireBelow(above);
            for (int i = 0; i < node.children(); i++) {
                long child = node.child(i);
                if (!seen.add(child)) {
                    throw Refusal.damaged("a tree has no end");
                }
                if (seen.size() > MOST) {
                    throw tooMany();
                }
                if (!(node.height() == 0 ? entries(child, visitor) : each(child, node.height(), visitor, seen))) {
                    return false;
                }
            }
            return true;
        }

        private boolean entries(long address, Visitor visitor) throws IOException {
            Cursor head = store.read(address, 8, "symbol table node");
            head.signature("SNOD");
            head.version(1);
            head.skip(1);
            int count = head.u16();
            int size = 2 * store.offsetSize() + 24;
            Cursor entries = store.read(address + 8, (long) count * size, "symbol table node");
            for (int i = 0; i < count; i++) {
                entries.to((long) i * size);
                long nameAt = entries.offset();
                long object = entries.offset();
                int cached = entries.i32();
                entries.skip(4);
                String name = names.to(nameAt).zeroEnded();
                Link link = cached == CACHED_SOFT
                        ? new Link(
                                name, Cursor.UNDEFINED, names.to(entries.u32()).zeroEnded(), null)
                        : new Link(name, object, null, null);
                if (!visitor.visit(link)) {
                    return false;
                }
            }
            return true;
        }
    }
}
