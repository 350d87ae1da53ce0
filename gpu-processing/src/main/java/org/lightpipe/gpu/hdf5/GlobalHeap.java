package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.lightpipe.gpu.core.Memory;

/** Where texts of any length lie. Thread-safe. */
final class GlobalHeap {

    private static final int PREFIX = 8;

    private final Store store;
    private Collection last;

    GlobalHeap(Store store) {
        this.store = store;
    }

    /** Some objects that lie together, by their numbers. */
    private record Collection(long address, Map<Integer, Cursor> objects) {}

    /** @return an object; as long as the heap says */
    Cursor object(long address, int index, String what) throws IOException {
        Cursor object = collection(address).objects().get(index);
        if (object == null) {
            throw Refusal.damaged("the " + what + " is not in the global heap at " + address);
        }
        return object.fresh();
    }

    private synchronized Collection collection(long address) throws IOException {
        // neighbours in a dataset lie together
        if (last == null || last.address() != address) {
            last = new Collection(address, read(address));
        }
        return last;
    }

    private Map<Integer, Cursor> read(long address) throws IOException {
        int prefix = PREFIX + store.lengthSize();
        Cursor collection = store.read(address, prefix, "global heap");
        collection.signature("GCOL");
        collection.version(1);
        collection.skip(3);
        long size = collection.length();
        if (size < prefix || size > Memory.share(16)) {
            throw collection.damaged("says that it is " + size + " bytes long");
        }
        collection = store.read(address, size, "global heap");
        collection.skip(prefix);
        Map<Integer, Cursor> objects = new HashMap<>();
        while (collection.remaining() >= 8 + store.lengthSize()) {
            int number = collection.u16();
            collection.skip(6);
            long length = collection.length();
            if (number == 0) {
                break;
            }
            objects.put(number, collection.slice(length, "object of the global heap"));
            collection.skip(Math.min(collection.remaining(), -length & 7));
        }
        return objects;
    }
}
