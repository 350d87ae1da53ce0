package org.lightpipe.dataset;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Link;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.links.SoftLink;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an HDF5 or NeXus file says of itself, without loading its data: names, shapes, types, attributes, and values
 * that are single. A path such as {@code /exchange/data} has the value, or type and shape; an attribute is written
 * {@code /exchange/data@units}. Bounded in depth, number and length. Fields that the policy names are found however many
 * others there are, also behind soft links; links into other files are never followed.
 */
final class Hdf5Metadata implements HeaderReader {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final int MAX_DEPTH = 12;
    private static final int MAX_NODES = 5000;
    private static final int MAX_LINKS = 16;
    private static final int MAX_BYTES = 500;
    /** A single value may lie in a large chunk, which would be unpacked as a whole. */
    private static final long MAX_CHUNK = 1 << 20;

    @Override
    public String format() {
        return "HDF5";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("h5", "hdf5", "nxs", "nx5", "cxi");
    }

    /** The signature is at 0, or, behind a user block, at 512, 1024, 2048 and so on. */
    @Override
    public boolean accepts(ByteBuffer head) {
        for (int at = 0; at + SIGNATURE.length <= head.limit(); at = at == 0 ? 512 : 2 * at) {
            if (head.slice(at, SIGNATURE.length).equals(ByteBuffer.wrap(SIGNATURE))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void read(HeaderBytes header, Selection selection, Found found) throws IOException {
        readable("", found, () -> {
            try (HdfFile hdf = new HdfFile(header.path())) {
                for (String field : selection.named()) {
                    readable(field, found, () -> named(hdf, field, found));
                }
                if (selection.wantsMore()) {
                    new Walk(selection, found).visit(hdf, "", 0);
                }
            }
        });
    }

    /**
     * Reads a part; what is broken in it does not hide the rest. The reader answers malformed files with all of these:
     * it believes sizes and links as they are written, and a mapped file that got shorter is an InternalError. None of
     * them is more than this one file's.
     */
    private static void readable(String path, Found found, Runnable part) {
        try {
            part.run();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError | InternalError e) {
            found.unreadable(path, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        }
    }

    /** A field that the policy names; one that is not there is no trouble. */
    private static void named(Group root, String field, Found found) {
        int at = field.lastIndexOf('@');
        String path = at < 0 ? field : field.substring(0, at);
        Optional<Node> node = path.startsWith("/") ? node(root, root, path, new int[] {0}) : Optional.empty();
        if (node.isEmpty()) {
            return;
        }
        if (at >= 0) {
            attribute(node.get().getAttributes().get(field.substring(at + 1)), field, found);
        } else if (node.get() instanceof Dataset dataset) {
            found.put(field, describe(dataset));
            attribute(dataset.getAttributes().get("units"), field + "@units", found);
        }
    }

    /** Follows a path part by part, and soft links within the file. */
    private static Optional<Node> node(Group root, Group from, String path, int[] links) {
        Node node = path.startsWith("/") ? root : from;
        for (String part : path.split("/")) {
            if (part.isEmpty() || ".".equals(part)) {
                continue;
            }
            if (!(node instanceof Group group)) {
                return Optional.empty();
            }
            Node child = group.getChild(part);
            if (child instanceof Link) {
                if (!(child instanceof SoftLink soft) || ++links[0] > MAX_LINKS) {
                    return Optional.empty();
                }
                child = node(root, group, soft.getTargetPath(), links).orElse(null);
            }
            if (child == null) {
                return Optional.empty();
            }
            node = child;
        }
        return Optional.of(node);
    }

    /** One way through the whole tree, as far as the bounds allow. */
    private static final class Walk {

        private final Selection selection;
        private final Found found;
        private int nodes;

        Walk(Selection selection, Found found) {
            this.selection = selection;
            this.found = found;
        }

        void visit(Group group, String path, int depth) {
            attributes(group, path.isEmpty() ? "/" : path);
            for (Node node : group) {
                if (found.isFull() || ++nodes > MAX_NODES) {
                    return;
                }
                String name = path + "/" + node.getName();
                readable(name, found, () -> {
                    if (node.isLink()) {
                        put(name, "link");
                    } else if (node instanceof Dataset dataset) {
                        if (selection.wants(name)) {
                            put(name, describe(dataset));
                        }
                        attributes(dataset, name);
                    } else if (node instanceof Group inner && depth < MAX_DEPTH) {
                        visit(inner, name, depth + 1);
                    }
                });
            }
        }

        private void attributes(Node node, String path) {
            for (Map.Entry<String, Attribute> entry : node.getAttributes().entrySet()) {
                String name = path + "@" + entry.getKey();
                if (!found.isFull() && selection.wants(name)) {
                    attribute(entry.getValue(), name, found);
                }
            }
        }

        /** A field that was already found by its name is more than what is met here, such as a link. */
        private void put(String name, Object value) {
            if (selection.wants(name) && !found.fields().containsKey(name)) {
                found.put(name, value);
            }
        }
    }

    private static void attribute(Attribute attribute, String name, Found found) {
        if (attribute != null && attribute.getSizeInBytes() <= MAX_BYTES) {
            plain(attribute.getData()).ifPresent(value -> found.put(name, value));
        }
    }

    private static Object describe(Dataset dataset) {
        boolean single = dataset.isScalar() || Arrays.equals(dataset.getDimensions(), new int[] {1});
        if (single
                && !dataset.isEmpty()
                && dataset.getSizeInBytes() <= MAX_BYTES
                && !dataset.isCompound()
                && !isInLargeChunk(dataset)) {
            Object value = plain(dataset.getData()).orElse(null);
            if (value != null) {
                return value;
            }
        }
        return dataset.getJavaType().getSimpleName() + Arrays.toString(dataset.getDimensions());
    }

    private static boolean isInLargeChunk(Dataset dataset) {
        if (!(dataset instanceof ChunkedDataset chunked)) {
            return false;
        }
        double bytes = Math.max(1, dataset.getDataType().getSize());
        for (int side : chunked.getChunkDimensions()) {
            bytes *= side;
        }
        return bytes > MAX_CHUNK;
    }

    private static Optional<Object> plain(Object value) {
        if (value instanceof Number || value instanceof Boolean || value instanceof String) {
            return Optional.of(value);
        }
        if (value != null && value.getClass().isArray() && Array.getLength(value) == 1) {
            return plain(Array.get(value, 0));
        }
        return Optional.empty();
    }
}
