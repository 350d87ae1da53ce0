package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lightpipe.gpu.core.NumberType;

/**
 * Writes one new HDF5 file. Groups on the way to a path are made as needed. Values of large datasets go to the disk as
 * they come; everything else is written by {@link #close}. Used by one thread at a time.
 */
public final class Hdf5Writer implements AutoCloseable {

    private static final int SUPERBLOCK_BYTES = 48;

    private final NewFile file;
    private final TextHeap texts;
    private final NewNode.Group root = new NewNode.Group();
    private final List<NewValues> open = new ArrayList<>();
    private boolean closed;

    private Hdf5Writer(NewFile file) {
        this.file = file;
        this.texts = new TextHeap(file);
        file.take(SUPERBLOCK_BYTES);
    }

    /** @return a new file; an existing one is replaced */
    public static Hdf5Writer create(Path path) throws IOException {
        return new Hdf5Writer(new NewFile(path));
    }

    /** Makes a group and says its NeXus class, such as NXentry; empty = none. */
    public void group(String path, String nexusClass) throws IOException {
        group(path);
        if (!nexusClass.isEmpty()) {
            attribute(path, "NX_class", nexusClass);
        }
    }

    /**
     * Puts an attribute on a group or dataset that was made before; {@code /} is the root.
     *
     * @param value String, String[], boxed number, int[], long[], float[] or double[]
     */
    public void attribute(String path, String name, Object value) throws IOException {
        NewNode node = root;
        for (String part : parts(path)) {
            node = node instanceof NewNode.Group group ? group.members().get(part) : null;
        }
        if (!(node instanceof NewNode.Described described)) {
            throw new IllegalStateException(
                    file.path() + ": there is no group or dataset " + path + " for the attribute " + name);
        }
        described.attributes().put(name, attribute(name, value));
    }

    private byte[] attribute(String name, Object value) throws IOException {
        String[] strings = strings(value);
        if (strings != null) {
            return NewMessages.attribute(
                    name, NewMessages.text(), NewMessages.space(shape(value)), references(strings));
        }
        FlatValue flat = FlatValue.of(value);
        return NewMessages.attribute(
                name, NewMessages.number(flat.type()), NewMessages.space(flat.shape()), flat.bytes());
    }

    /** The texts in a value; null if it is something else. */
    private static String[] strings(Object value) {
        if (value instanceof String text) {
            return new String[] {text};
        }
        return value instanceof String[] several ? several : null;
    }

    private static long[] shape(Object strings) {
        return strings instanceof String[] several ? new long[] {several.length} : new long[0];
    }

    private byte[] references(String[] strings) throws IOException {
        Encoder references = new Encoder();
        for (String text : strings) {
            references.bytes(texts.put(text));
        }
        return references.toBytes();
    }

    /**
     * Writes a small dataset at once.
     *
     * @param value String, String[], boxed number, or an array of byte, short, int, long, float or double of one to
     *     five dimensions (rectangular)
     * @param units the attribute {@code units}; empty = none
     */
    public void dataset(String path, Object value, String units) throws IOException {
        String[] strings = strings(value);
        byte[] bytes;
        byte[] type;
        long[] shape;
        if (strings == null) {
            FlatValue flat = FlatValue.of(value);
            type = NewMessages.number(flat.type());
            shape = flat.shape();
            bytes = flat.bytes();
        } else {
            type = NewMessages.text();
            shape = shape(value);
            bytes = references(strings);
        }
        requireFree(path);
        long at = bytes.length == 0 ? Cursor.UNDEFINED : file.append(path, bytes);
        put(path, dataset(type, shape, NewMessages.contiguous(at, bytes.length), null));
        units(path, units);
    }

    private static NewNode.Dataset dataset(byte[] type, long[] shape, byte[] layout, byte[] filters) {
        return new NewNode.Dataset(type, shape, layout, filters, new LinkedHashMap<>());
    }

    private void units(String path, String units) throws IOException {
        if (!units.isEmpty()) {
            attribute(path, "units", units);
        }
    }

    /**
     * Begins a dataset whose values come block by block, in their order. It is stored contiguously.
     *
     * @param shape its dimensions
     */
    public Values dataset(String path, NumberType type, long... shape) throws IOException {
        long bytes = type.bytes();
        for (long length : shape) {
            if (length < 0) {
                throw new IllegalArgumentException(path + " cannot have the shape " + Arrays.toString(shape));
            }
            bytes = Math.multiplyExact(bytes, length);
        }
        requireFree(path);
        long at = bytes == 0 ? Cursor.UNDEFINED : file.take(bytes);
        put(path, dataset(NewMessages.number(type), shape.clone(), NewMessages.contiguous(at, bytes), null));
        NewValues values = new NewValues(file, path, type, at, bytes);
        open.add(values);
        return values;
    }

    /**
     * Writes a dataset in chunks, each shuffled and deflated.
     *
     * @param chunk the dimensions of a chunk
     */
    public void compressed(String path, Object value, int[] chunk, String units) throws IOException {
        FlatValue flat = FlatValue.of(value);
        if (chunk.length != flat.shape().length
                || chunk.length == 0
                || Arrays.stream(chunk).anyMatch(n -> n < 1)) {
            throw new IllegalArgumentException(path + " of the shape " + Arrays.toString(flat.shape())
                    + " cannot have chunks of " + Arrays.toString(chunk));
        }
        requireFree(path);
        long tree = new ChunkWriter(file, path, flat, chunk).write();
        int size = flat.type().bytes();
        put(
                path,
                dataset(
                        NewMessages.number(flat.type()),
                        flat.shape(),
                        NewMessages.chunked(tree, chunk, size),
                        NewMessages.shuffleAndDeflate(size, ChunkWriter.LEVEL)));
        units(path, units);
    }

    /** Makes a link within the file. */
    public void softLink(String path, String target) throws IOException {
        requireFree(path);
        put(path, new NewNode.Soft(target));
    }

    /** Makes a link to an object of another file, relative to the directory of this one. */
    public void externalLink(String path, String file, String target) throws IOException {
        requireFree(path);
        put(path, new NewNode.External(file, target));
    }

    private static List<String> parts(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("the path '" + path + "' does not begin with /");
        }
        List<String> parts =
                Arrays.stream(path.split("/")).filter(part -> !part.isEmpty()).toList();
        if (parts.contains(".")) {
            throw new IllegalArgumentException("the path '" + path + "' has a part that HDF5 does not know as a name");
        }
        return parts;
    }

    private NewNode.Group group(String path) {
        NewNode.Group group = root;
        for (String part : parts(path)) {
            NewNode next = group.members().computeIfAbsent(part, name -> new NewNode.Group());
            if (!(next instanceof NewNode.Group inner)) {
                throw new IllegalStateException(
                        file.path() + ": " + path + " leads through " + part + ", which is not a group");
            }
            group = inner;
        }
        return group;
    }

    /** The group that a member of this path is in. */
    private NewNode.Group parent(String path) {
        int slash = path.lastIndexOf('/');
        if (slash < 0 || slash == path.length() - 1) {
            throw new IllegalArgumentException("'" + path + "' is not the path of a dataset or link");
        }
        return group(path.substring(0, slash + 1));
    }

    private void requireFree(String path) {
        if (closed) {
            throw new IllegalStateException(file.path() + " is closed");
        }
        if (parent(path).members().containsKey(path.substring(path.lastIndexOf('/') + 1))) {
            throw new IllegalStateException(file.path() + ": there is a " + path + " already");
        }
    }

    private void put(String path, NewNode node) {
        parent(path).members().put(path.substring(path.lastIndexOf('/') + 1), node);
    }

    /**
     * Writes what is left, and the structure, and reads all of it back. A dataset that has not got all its values is an
     * error, and so is a byte that is not what was written.
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (file) {
            for (NewValues values : open) {
                values.finish();
            }
            texts.flush();
            long address = write(root, "/");
            Encoder superblock = new Encoder()
                    .u8(0x89)
                    .letters("HDF\r\n")
                    .u8(0x1a)
                    .letters("\n")
                    .u8(2)
                    .u8(8)
                    .u8(8)
                    .u8(0)
                    .u64(0)
                    .u64(Cursor.UNDEFINED)
                    .u64(file.end())
                    .u64(address)
                    .checksum();
            file.write("the superblock", 0, superblock.toBytes());
            file.verify();
        }
    }

    private long write(NewNode.Described node, String path) throws IOException {
        NewMessages messages = new NewMessages();
        if (node instanceof NewNode.Group group) {
            messages.group();
            for (Map.Entry<String, NewNode> member : group.members().entrySet()) {
                messages.add(ObjectHeader.LINK, link(member.getKey(), member.getValue(), path));
            }
        } else if (node instanceof NewNode.Dataset dataset) {
            messages.add(ObjectHeader.DATASPACE, NewMessages.space(dataset.shape()))
                    .add(ObjectHeader.DATATYPE, dataset.type())
                    .add(ObjectHeader.FILL_VALUE, NewMessages.fill(dataset.filters() != null))
                    .add(ObjectHeader.LAYOUT, dataset.layout());
            if (dataset.filters() != null) {
                messages.add(ObjectHeader.FILTERS, dataset.filters());
            }
        }
        for (byte[] attribute : node.attributes().values()) {
            messages.add(ObjectHeader.ATTRIBUTE, attribute);
        }
        return file.append("the header of " + path, messages.header());
    }

    private byte[] link(String name, NewNode node, String path) throws IOException {
        if (node instanceof NewNode.Soft soft) {
            return NewMessages.softLink(name, soft.target());
        }
        if (node instanceof NewNode.External external) {
            return NewMessages.externalLink(name, external.file(), external.target());
        }
        return NewMessages.link(name, write((NewNode.Described) node, path + name + "/"));
    }

    /** The values of a large dataset, in row-major order. */
    public interface Values {
        /** Appends values, which the type must be able to hold. */
        void write(float[] values, int from, int count) throws IOException;

        /** Appends values, which the type must be able to hold. */
        void write(double[] values, int from, int count) throws IOException;

        /** Appends the remaining bytes of a buffer: little-endian values of the dataset's type. */
        void write(ByteBuffer values) throws IOException;
    }
}
