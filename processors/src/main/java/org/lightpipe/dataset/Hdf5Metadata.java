package org.lightpipe.dataset;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an HDF5 or NeXus file says of itself, without loading its data: names, shapes, types, attributes, and values
 * that are single. Bounded in depth, number and length, since anybody may have written the file.
 */
final class Hdf5Metadata {

    private static final Logger LOG = LoggerFactory.getLogger(Hdf5Metadata.class);
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final String UNREADABLE = "unreadable";
    private static final int MAX_DEPTH = 12;
    private static final int MAX_ENTRIES = 500;
    private static final int MAX_LENGTH = 500;

    private Hdf5Metadata() {}

    /**
     * Reads a file. A path such as {@code /exchange/data} has the value, or type and shape; an attribute is written
     * {@code /exchange/data@units}. A file that is not HDF5 has none; one that is broken has the field
     * {@code unreadable}, which says why, or has it at the part that is broken.
     */
    static Map<String, Object> of(Path file) throws IOException {
        Map<String, Object> found = new TreeMap<>();
        if (!isHdf5(file)) {
            return found;
        }
        try (HdfFile hdf = new HdfFile(file)) {
            readable("", found, () -> visit(hdf, "", 0, found));
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError | InternalError e) {
            unreadable("", found, e);
        }
        if (found.containsKey(UNREADABLE)) {
            LOG.warn("{} is not readable as HDF5: {}", file, found.get(UNREADABLE));
        }
        return found;
    }

    /**
     * Reads a part; what is broken in it does not hide the rest. The reader answers malformed files with all of these:
     * it believes sizes and links as they are written, and a mapped file that got shorter is an InternalError. None of
     * them is more than this one file's.
     */
    private static void readable(String path, Map<String, Object> found, Runnable part) {
        try {
            part.run();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError | InternalError e) {
            unreadable(path, found, e);
        }
    }

    private static void unreadable(String path, Map<String, Object> found, Throwable cause) {
        String words = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        found.put(path.isEmpty() ? UNREADABLE : path + "@" + UNREADABLE, shortened(words));
    }

    private static boolean isHdf5(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return Arrays.equals(stream.readNBytes(SIGNATURE.length), SIGNATURE);
        }
    }

    private static void visit(Group group, String path, int depth, Map<String, Object> found) {
        attributes(group, path.isEmpty() ? "/" : path, found);
        for (Node node : group) {
            if (found.size() >= MAX_ENTRIES) {
                return;
            }
            String name = path + "/" + node.getName();
            readable(name, found, () -> {
                if (node.isLink()) {
                    found.put(name, "link");
                } else if (node instanceof Dataset dataset) {
                    found.put(name, describe(dataset));
                    attributes(dataset, name, found);
                } else if (node instanceof Group inner && depth < MAX_DEPTH) {
                    visit(inner, name, depth + 1, found);
                }
            });
        }
    }

    private static void attributes(Node node, String path, Map<String, Object> found) {
        for (Map.Entry<String, Attribute> entry : node.getAttributes().entrySet()) {
            Attribute attribute = entry.getValue();
            if (found.size() < MAX_ENTRIES && attribute.getSizeInBytes() <= MAX_LENGTH) {
                plain(attribute.getData()).ifPresent(value -> found.put(path + "@" + entry.getKey(), value));
            }
        }
    }

    private static Object describe(Dataset dataset) {
        boolean single = dataset.isScalar() || Arrays.equals(dataset.getDimensions(), new int[] {1});
        if (single && !dataset.isEmpty() && dataset.getSizeInBytes() <= MAX_LENGTH && !dataset.isCompound()) {
            Object value = plain(dataset.getData()).orElse(null);
            if (value != null) {
                return value;
            }
        }
        return dataset.getJavaType().getSimpleName() + Arrays.toString(dataset.getDimensions());
    }

    private static java.util.Optional<Object> plain(Object value) {
        if (value instanceof Double number && !Double.isFinite(number)
                || value instanceof Float other && !Float.isFinite(other)) {
            return java.util.Optional.of(value.toString());
        }
        if (value instanceof Number || value instanceof Boolean) {
            return java.util.Optional.of(value);
        }
        if (value instanceof String text) {
            return java.util.Optional.of(shortened(text));
        }
        if (value != null && value.getClass().isArray() && Array.getLength(value) == 1) {
            return plain(Array.get(value, 0));
        }
        return java.util.Optional.empty();
    }

    /** The catalog cannot keep a NUL, and need not keep a novel. */
    private static String shortened(String text) {
        String clean = text.replace("\0", "");
        return clean.length() <= MAX_LENGTH ? clean : clean.substring(0, MAX_LENGTH) + "…";
    }
}
