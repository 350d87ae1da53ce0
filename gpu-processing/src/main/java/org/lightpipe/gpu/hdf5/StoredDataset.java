package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.Optional;

/** A dataset as it is stored: its elements are bytes in the order of the file. Thread-safe. */
final class StoredDataset {

    private static final int MOST_ELEMENT_BYTES = 1 << 20;

    private final ObjectHeader header;
    private final OpenFiles files;
    private final int depth;
    private final Datatype type;
    private final Dataspace space;
    private final Layout layout;
    private Content content;

    /** @param depth how many virtual datasets it is within */
    StoredDataset(ObjectHeader header, OpenFiles files, int depth) throws IOException {
        this.header = header;
        this.files = files;
        this.depth = depth;
        this.type = Datatype.parse(header.require(ObjectHeader.DATATYPE, "type"));
        this.space = Dataspace.parse(header.require(ObjectHeader.DATASPACE, "shape"));
        this.layout = Layout.parse(header.require(ObjectHeader.LAYOUT, "layout"));
    }

    ObjectHeader header() {
        return header;
    }

    Datatype type() {
        return type;
    }

    /** Whether it can hold nothing, whatever its shape. */
    boolean isEmpty() {
        return space.empty();
    }

    long[] shape() throws IOException {
        // what it is made of may have grown
        return layout instanceof Layout.Virtual && content() instanceof VirtualContent virtual
                ? virtual.shape()
                : space.present();
    }

    /** The dimensions of its chunks; null if it has none. */
    long[] chunk() {
        return layout instanceof Layout.Chunked chunked ? chunked.chunk() : null;
    }

    synchronized Content content() throws IOException {
        if (content == null) {
            content = make();
        }
        return content;
    }

    private Content make() throws IOException {
        int size = type.size();
        if (size > MOST_ELEMENT_BYTES) {
            throw Refusal.unsupported("its elements have " + size + " bytes each");
        }
        if (header.has(ObjectHeader.EXTERNAL_FILES)) {
            throw Refusal.unsupported("its values lie in other files, which are not HDF5");
        }
        Store store = header.store();
        if (layout instanceof Layout.Compact compact) {
            return new Content.Compact(compact.values(), space.present(), size);
        }
        byte[] fill = FillValue.of(header, size);
        if (layout instanceof Layout.Contiguous contiguous) {
            return contiguous.address() == Cursor.UNDEFINED
                    ? new Content.Nothing(fill)
                    : new ContiguousContent(store, contiguous.address(), space.present(), size);
        }
        if (layout instanceof Layout.Chunked chunked) {
            Optional<Cursor> filters = header.find(ObjectHeader.FILTERS);
            return new ChunkedContent(
                    store,
                    files.identity(),
                    chunked,
                    space,
                    filters.isPresent() ? FilterPipeline.parse(filters.get()) : FilterPipeline.none(),
                    size,
                    fill,
                    files.cache(),
                    files.decoders());
        }
        Layout.Virtual virtual = (Layout.Virtual) layout;
        if (virtual.heap() == Cursor.UNDEFINED) {
            return new Content.Nothing(fill);
        }
        Cursor mappings =
                new GlobalHeap(store).object(virtual.heap(), virtual.index(), "list of what the dataset is made of");
        return new VirtualContent(store, files, depth, type, fill, mappings, space);
    }
}
