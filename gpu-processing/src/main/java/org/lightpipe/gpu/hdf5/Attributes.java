package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The attributes of an object, wherever it keeps them. */
final class Attributes {

    private static final int BY_NAME = 8;
    private static final int MOST_ELEMENTS = 100_000;

    private Attributes() {}

    /** @return the values of an attribute as texts; empty if there is none of that name */
    static Optional<String[]> find(ObjectHeader object, String name) throws IOException {
        for (Cursor message : object.all(ObjectHeader.ATTRIBUTE)) {
            Attribute attribute = Attribute.parse(message);
            if (attribute.name().equals(name)) {
                return Optional.of(attribute.texts(object.store()));
            }
        }
        Optional<Cursor> info = object.find(ObjectHeader.ATTRIBUTE_INFO);
        return info.isEmpty() ? Optional.empty() : dense(object.store(), info.get(), name);
    }

    private static Optional<String[]> dense(Store store, Cursor info, String name) throws IOException {
        info.version(0);
        info.skip((info.u8() & 1) != 0 ? 2 : 0);
        long heapAddress = info.offset();
        long treeAddress = info.offset();
        if (heapAddress == Cursor.UNDEFINED || treeAddress == Cursor.UNDEFINED) {
            return Optional.empty();
        }
        FractalHeap heap = new FractalHeap(store, heapAddress);
        BTree2 tree = new BTree2(store, treeAddress, BY_NAME);
        if (tree.recordSize() < heap.idLength() + 9) {
            throw Refusal.damaged("its attributes have ids of " + heap.idLength() + " bytes");
        }
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        int hash = Lookup3.hash(wanted, 0, wanted.length);
        Attribute[] found = new Attribute[1];
        tree.each(record -> {
            Cursor id = record.slice(heap.idLength(), "id of an attribute");
            int flags = record.u8();
            record.skip(4);
            if (record.i32() == hash) {
                if ((flags & 2) != 0) {
                    throw Refusal.unsupported("its attributes lie in the shared heap of the file, which is not read");
                }
                Attribute attribute = Attribute.parse(heap.object(id, "attribute"));
                if (attribute.name().equals(name)) {
                    found[0] = attribute;
                }
            }
            return found[0] == null;
        });
        return found[0] == null ? Optional.empty() : Optional.of(found[0].texts(store));
    }

    /** What a message says, of which only the name was understood so far. */
    private record Attribute(
            String name, boolean typeElsewhere, boolean spaceElsewhere, Cursor type, Cursor space, Cursor data) {

        static Attribute parse(Cursor message) {
            int version = message.u8();
            if (version < 1 || version > 3) {
                throw message.damaged("has the version " + version + ", which is not known");
            }
            int flags = message.u8();
            int nameSize = message.u16();
            int typeSize = message.u16();
            int spaceSize = message.u16();
            message.skip(version == 3 ? 1 : 0);
            Cursor nameBytes = message.slice(padded(nameSize, version), "name of an attribute");
            Cursor type = message.slice(padded(typeSize, version), "type of an attribute");
            Cursor space = message.slice(padded(spaceSize, version), "shape of an attribute");
            return new Attribute(
                    nameBytes.zeroEnded(),
                    version > 1 && (flags & 1) != 0,
                    version > 1 && (flags & 2) != 0,
                    type,
                    space,
                    message.slice(message.remaining(), "attribute"));
        }

        private static int padded(int size, int version) {
            return version == 1 ? size + 7 & ~7 : size;
        }

        String[] texts(Store store) throws IOException {
            Datatype elements =
                    Datatype.parse(typeElsewhere ? ObjectHeader.elsewhere(store, type, ObjectHeader.DATATYPE) : type);
            long count = Dataspace.parse(
                            spaceElsewhere ? ObjectHeader.elsewhere(store, space, ObjectHeader.DATASPACE) : space)
                    .elements();
            if (count > MOST_ELEMENTS) {
                throw Refusal.unsupported("the attribute " + name + " has " + count + " values");
            }
            return Texts.of(store, elements, data, (int) count);
        }
    }
}
