package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.lightpipe.gpu.core.Memory;

/** What an object (group, dataset, named type) says about itself: a list of messages. Immutable. */
final class ObjectHeader {

    static final int DATASPACE = 1;
    static final int LINK_INFO = 2;
    static final int DATATYPE = 3;
    static final int OLD_FILL_VALUE = 4;
    static final int FILL_VALUE = 5;
    static final int LINK = 6;
    static final int EXTERNAL_FILES = 7;
    static final int LAYOUT = 8;
    static final int GROUP_INFO = 10;
    static final int FILTERS = 11;
    static final int ATTRIBUTE = 12;
    static final int SYMBOL_TABLE = 17;
    static final int ATTRIBUTE_INFO = 21;

    private static final int CONTINUATION = 16;
    private static final int SHARED = 2;
    private static final int DEEPEST = 4;
    private static final String NAME = "object header";

    private final Store store;
    private final long address;
    private final List<Message> messages;

    private record Message(int type, boolean shared, Cursor body) {}

    private record Piece(long address, long length) {}

    private ObjectHeader(Store store, long address, List<Message> messages) {
        this.store = store;
        this.address = address;
        this.messages = messages;
    }

    static ObjectHeader read(Store store, long address) throws IOException {
        List<Message> messages = new ArrayList<>();
        Cursor start = store.upTo(address, 64, NAME);
        if (start.startsWith("OHDR")) {
            readNew(store, address, start, messages);
        } else {
            readOld(store, address, start, messages);
        }
        return new ObjectHeader(store, address, List.copyOf(messages));
    }

    private static void readOld(Store store, long address, Cursor start, List<Message> messages) throws IOException {
        start.version(1);
        start.skip(1);
        int count = start.u16();
        start.skip(4);
        Pieces pieces = new Pieces(new Piece(address + 16, start.u32()));
        for (Piece piece = pieces.next(); piece != null; piece = pieces.next()) {
            Cursor block = store.read(piece.address(), piece.length(), NAME);
            while (block.remaining() >= 8 && messages.size() < count) {
                int type = block.u16();
                int length = block.u16();
                int flags = block.u8();
                block.skip(3);
                add(messages, pieces, type, flags, block.slice(length, "message of type " + type));
            }
        }
    }

    private static void readNew(Store store, long address, Cursor start, List<Message> messages) throws IOException {
        start.signature("OHDR");
        start.version(2);
        int flags = start.u8();
        start.skip((flags & 0x20) != 0 ? 16 : 0);
        start.skip((flags & 0x10) != 0 ? 4 : 0);
        long length = start.unsigned(1 << (flags & 3));
        boolean ordered = (flags & 4) != 0;
        int prefix = start.position();
        if (length > Memory.share(8)) {
            throw start.damaged("says that it is " + length + " bytes long");
        }
        Pieces pieces = new Pieces(new Piece(address, prefix + length + 4));
        for (Piece piece = pieces.next(); piece != null; piece = pieces.next()) {
            Cursor block = store.read(piece.address(), piece.length(), NAME);
            if (piece.length() < prefix(piece.address() == address, prefix) + 4) {
                throw block.damaged("is shorter than it says");
            }
            block.to(piece.length() - 4).checksum();
            block.to(0);
            if (piece.address() == address) {
                block.skip(prefix);
            } else {
                block.signature("OCHK");
            }
            int head = ordered ? 6 : 4;
            // less than a message is a gap
            while (block.remaining() >= head + 4) {
                int type = block.u8();
                int size = block.u16();
                int messageFlags = block.u8();
                block.skip(ordered ? 2 : 0);
                add(messages, pieces, type, messageFlags, block.slice(size, "message of type " + type));
            }
        }
    }

    private static int prefix(boolean first, int prefix) {
        return first ? prefix : 4;
    }

    private static void add(List<Message> messages, Pieces pieces, int type, int flags, Cursor body) {
        if (type == CONTINUATION) {
            pieces.add(new Piece(body.offset(), body.length()));
        }
        messages.add(new Message(type, (flags & SHARED) != 0, body));
    }

    /** The pieces that are still to be read; each only once, and not too much of them. */
    private static final class Pieces {

        private final Deque<Piece> waiting = new ArrayDeque<>();
        private final Set<Long> seen = new HashSet<>();
        private long bytes;

        Pieces(Piece first) {
            add(first);
        }

        void add(Piece piece) {
            bytes += piece.length();
            if (!seen.add(piece.address()) || bytes < 0 || bytes > Memory.share(8)) {
                throw Refusal.damaged("the object header has no end");
            }
            waiting.add(piece);
        }

        Piece next() {
            return waiting.poll();
        }
    }

    long address() {
        return address;
    }

    Store store() {
        return store;
    }

    boolean has(int type) {
        return messages.stream().anyMatch(message -> message.type() == type);
    }

    boolean isGroup() {
        return has(SYMBOL_TABLE) || has(LINK_INFO) || has(LINK) || has(GROUP_INFO);
    }

    boolean isDataset() {
        return has(LAYOUT) && has(DATATYPE) && has(DATASPACE);
    }

    /** The first message of a type; where it is kept elsewhere, from there. */
    Optional<Cursor> find(int type) throws IOException {
        return find(type, 0);
    }

    private Optional<Cursor> find(int type, int depth) throws IOException {
        for (Message message : messages) {
            if (message.type() == type) {
                return Optional.of(
                        message.shared()
                                ? elsewhere(store, message.body().fresh(), type, depth)
                                : message.body().fresh());
            }
        }
        return Optional.empty();
    }

    /** The first message of a type, without which the object is none. */
    Cursor require(int type, String what) throws IOException {
        return find(type).orElseThrow(() -> Refusal.damaged("it has no " + what));
    }

    /** All messages of a type; those that are kept elsewhere are refused. */
    List<Cursor> all(int type) {
        List<Cursor> found = new ArrayList<>();
        for (Message message : messages) {
            if (message.type() == type) {
                if (message.shared()) {
                    throw Refusal.unsupported("its messages lie in the shared heap of the file, which is not read");
                }
                found.add(message.body().fresh());
            }
        }
        return found;
    }

    /** Follows a reference to a message of another object, such as a named type. */
    static Cursor elsewhere(Store store, Cursor reference, int type) throws IOException {
        return elsewhere(store, reference, type, 0);
    }

    private static Cursor elsewhere(Store store, Cursor reference, int type, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw Refusal.damaged("a message refers to another in a circle");
        }
        int version = reference.u8();
        int kind = reference.u8();
        if (version == 1) {
            reference.skip(6);
        } else if (version != 2 && (version != 3 || kind != 2)) {
            throw Refusal.unsupported("its messages lie in the shared heap of the file, which is not read");
        }
        long address = reference.offset();
        return read(store, address)
                .find(type, depth + 1)
                .orElseThrow(() -> Refusal.damaged("a message is said to be at " + address + ", and is not there"));
    }
}
