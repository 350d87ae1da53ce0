package org.lightpipe.gpu;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Link;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * An HDF5 file that nobody vouches for: whatever is wrong with it ends as an {@link InvalidInputException} that names
 * the file and the place. Links may lead to other files, but only inside the directory of the file. Not thread-safe.
 */
final class Hdf5Input implements AutoCloseable {

    private static final int DEEPEST = 16;
    private static final int MOST_NODES = 10_000;

    private final Path path;
    private final HdfFile file;

    private Hdf5Input(Path path, HdfFile file) {
        this.path = path;
        this.file = file;
    }

    static Hdf5Input open(Path path) throws InvalidInputException, IOException {
        if (!Files.exists(path)) {
            throw new InvalidInputException(path + ": there is no such file");
        }
        if (!Files.isRegularFile(path)) {
            throw new InvalidInputException(path + ": is not a file");
        }
        if (!Files.isReadable(path)) {
            throw new InvalidInputException(path + ": may not be read by this user");
        }
        if (Files.size(path) == 0) {
            throw new InvalidInputException(path + ": is empty");
        }
        return new Hdf5Input(
                path, guarded(path, "is not an HDF5 file, or a damaged one", () -> new HdfFile(path.toRealPath())));
    }

    /** @return the numeric dataset at an absolute path; empty if there is none of that name */
    Optional<NumericDataset> find(String name) throws InvalidInputException {
        Node node = guarded(path, name + " cannot be read", () -> resolve(name));
        if (node == null) {
            return Optional.empty();
        }
        if (!(node instanceof Dataset dataset)) {
            throw invalid(name + " is a group; a dataset is wanted");
        }
        if (!isNumeric(dataset)) {
            throw invalid(name + " does not hold plain numbers");
        }
        return Optional.of(new NumericDataset(name, dataset));
    }

    /** @return the numeric dataset at an absolute path */
    NumericDataset require(String name, String mend) throws InvalidInputException {
        return find(name).orElseThrow(() -> invalid(name + " is missing; " + mend));
    }

    /** @return the 2D or 3D numeric dataset of an image's shape with the most values; links are not followed */
    Optional<NumericDataset> largestImages() throws InvalidInputException {
        List<NumericDataset> found = new ArrayList<>();
        guarded(path, "its groups cannot be listed", () -> {
            collect(file, 0, new HashSet<>(), found);
            return null;
        });
        return found.stream().max(Comparator.comparingLong(NumericDataset::size));
    }

    private void collect(Group group, int depth, Set<Long> seen, List<NumericDataset> found) {
        if (depth > DEEPEST || seen.size() > MOST_NODES) {
            return;
        }
        for (Node node : group.getChildren().values()) {
            if (node.isLink() || !seen.add(node.getAddress())) {
                continue;
            }
            if (node instanceof Group inner) {
                collect(inner, depth + 1, seen, found);
            } else if (node instanceof Dataset dataset && isNumeric(dataset) && looksLikeImages(dataset)) {
                found.add(new NumericDataset(node.getPath(), dataset));
            }
        }
    }

    private static boolean looksLikeImages(Dataset dataset) {
        long[] shape = dataset.getDimensionsAsLong();
        return (shape.length == 2 || shape.length == 3) && shape[shape.length - 1] > 1 && shape[shape.length - 2] > 1;
    }

    private static boolean isNumeric(Dataset dataset) {
        return dataset.getDataType() instanceof FixedPoint || dataset.getDataType() instanceof FloatingPoint;
    }

    private Node resolve(String name) throws IOException, InvalidInputException {
        Node node = file;
        for (String part : name.split("/")) {
            if (part.isEmpty()) {
                continue;
            }
            if (!(node instanceof Group group)) {
                return null;
            }
            node = group.getChild(part);
            if (node instanceof Link link) {
                node = link.getTarget();
                refuseOutside(node, name);
            }
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    private void refuseOutside(Node node, String name) throws IOException, InvalidInputException {
        Path target = node.getHdfFile().getFileAsPath().toRealPath();
        if (!target.startsWith(path.toRealPath().getParent())) {
            throw invalid(name + " is a link to a file outside the directory of this one, which is not followed");
        }
    }

    private InvalidInputException invalid(String what) {
        return new InvalidInputException(path.getFileName() + ": " + what);
    }

    @Override
    public void close() {
        file.close();
    }

    /**
     * Runs a piece of the HDF5 reader. Damaged files make it fail in every way there is, running out of stack or memory
     * included, and all of those are the file's fault.
     */
    private static <T> T guarded(Path path, String what, Callable<T> reader) throws InvalidInputException {
        try {
            return reader.call();
        } catch (InvalidInputException e) {
            throw e;
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            throw new InvalidInputException(path.getFileName() + ": " + what + " (" + reason(e) + ")", e);
        }
    }

    private static String reason(Throwable e) {
        if (e instanceof OutOfMemoryError) {
            return "it takes more memory than this process has";
        }
        Throwable deepest = e;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage();
        return message == null ? deepest.getClass().getSimpleName() : message;
    }

    /** A dataset of plain numbers, read piece by piece. */
    final class NumericDataset {

        private final String name;
        private final Dataset dataset;
        private boolean checked;

        private NumericDataset(String name, Dataset dataset) {
            this.name = name;
            this.dataset = dataset;
        }

        String name() {
            return name;
        }

        /** @return the dimensions; none is longer than an array can be */
        int[] shape() throws InvalidInputException {
            long[] shape = dataset.getDimensionsAsLong();
            for (long length : shape) {
                if (length < 1 || length > Integer.MAX_VALUE - 8) {
                    throw invalid(name + " has the shape " + Arrays.toString(shape) + ", which holds no images");
                }
            }
            return Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
        }

        /** @return the dimensions of one chunk, as many as the shape has; ones where the dataset is not chunked */
        int[] chunk() throws InvalidInputException {
            int[] chunk = new int[dataset.getDimensionsAsLong().length];
            Arrays.fill(chunk, 1);
            if (dataset instanceof ChunkedDataset chunked) {
                int[] stored = chunked.getChunkDimensions();
                if (stored.length != chunk.length || Arrays.stream(stored).anyMatch(length -> length < 1)) {
                    throw invalid(name + " has damaged chunks, of the shape " + Arrays.toString(stored));
                }
                return stored;
            }
            return chunk;
        }

        /** @return the bytes that reading one value costs at the highest point, the double included */
        long bytesPerValue() {
            // 64-bit unsigned arrives as one object per value
            long java = dataset.getJavaType() == BigInteger.class ? 80 : 8;
            return dataset.getDataType().getSize() + java + Double.BYTES;
        }

        /** @return the bytes that reading one chunk costs beside the values asked for: stored, inflated, unshuffled */
        long chunkBytes() throws InvalidInputException {
            return guarded(path, name + " has damaged chunks", () -> {
                long bytes = 3L * dataset.getDataType().getSize();
                for (int length : chunk()) {
                    bytes = Math.multiplyExact(bytes, length);
                }
                return bytes;
            });
        }

        String attribute(String attribute) throws InvalidInputException {
            return guarded(path, name + " has a damaged attribute " + attribute, () -> {
                Attribute found = dataset.getAttribute(attribute);
                return found == null || found.isEmpty() ? "" : String.valueOf(found.getData());
            });
        }

        /** @return a part of the values, flat, the last dimension fastest; unsigned types come as what they are */
        double[] read(long[] offset, int[] shape) throws InvalidInputException {
            check();
            return guarded(path, name + " cannot be read", () -> {
                double[] values = new double[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
                flatten(dataset.getData(offset, shape), values, 0);
                return values;
            });
        }

        /** @return all values, flat */
        double[] readAll() throws InvalidInputException {
            shape();
            if (size() > Memory.share(4) / bytesPerValue()) {
                throw invalid(name + " has " + size() + " values, more than fit the memory of this process");
            }
            check();
            return guarded(path, name + " cannot be read", () -> {
                double[] values = new double[Math.toIntExact(size())];
                flatten(dataset.getData(), values, 0);
                return values;
            });
        }

        /** Refuses, once, what the reader would choke on or, worse, read as something else. */
        private void check() throws InvalidInputException {
            if (checked) {
                return;
            }
            if (guarded(path, name + " cannot be read", dataset::isEmpty)) {
                throw invalid(name + " is empty: nothing was ever written to it");
            }
            if (chunkBytes() > Memory.share(2)) {
                throw invalid(name + " is stored in chunks of " + Memory.text(chunkBytes() / 3)
                        + ", too large for the memory of this process; start it with a larger -Xmx");
            }
            if (dataset instanceof ChunkedDataset chunked && hasFillValue()) {
                guarded(path, name + " has parts that were never written, which cannot be read", () -> {
                    touchEveryChunk(chunked, new int[chunk().length], 0);
                    return null;
                });
            }
            checked = true;
        }

        /** The reader takes 0 for values that were never written, whatever the file says that they are. */
        private boolean hasFillValue() throws InvalidInputException {
            Object fill = guarded(path, name + " has a damaged fill value", dataset::getFillValue);
            return fill instanceof Number number && number.doubleValue() != 0;
        }

        /** Fails at the first chunk that is not there. */
        private void touchEveryChunk(ChunkedDataset chunked, int[] offset, int dimension) throws InvalidInputException {
            if (dimension == offset.length) {
                chunked.getRawChunkBuffer(offset);
                return;
            }
            long length = chunked.getDimensionsAsLong()[dimension];
            for (long at = 0; at < length; at += chunk()[dimension]) {
                offset[dimension] = Math.toIntExact(at);
                touchEveryChunk(chunked, offset, dimension + 1);
            }
            offset[dimension] = 0;
        }

        private long size() {
            return Arrays.stream(dataset.getDimensionsAsLong()).reduce(1, Math::multiplyExact);
        }

        private int flatten(Object data, double[] values, int start) {
            int at = start;
            if (data instanceof float[] row) {
                for (float value : row) {
                    values[at++] = value;
                }
            } else if (data instanceof double[] row) {
                System.arraycopy(row, 0, values, at, row.length);
                at += row.length;
            } else if (data instanceof int[] row) {
                for (int value : row) {
                    values[at++] = value;
                }
            } else if (data instanceof long[] row) {
                for (long value : row) {
                    values[at++] = value;
                }
            } else if (data instanceof short[] row) {
                for (short value : row) {
                    values[at++] = value;
                }
            } else if (data instanceof byte[] row) {
                for (byte value : row) {
                    values[at++] = value;
                }
            } else if (data instanceof Number[] row) {
                for (Number value : row) {
                    values[at++] = value.doubleValue();
                }
            } else {
                for (Object inner : (Object[]) data) {
                    at = flatten(inner, values, at);
                }
            }
            return at;
        }
    }
}
