package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.NumberType;

/** A dataset of numbers in an HDF5 file, read piece by piece. Thread-safe. */
public final class Hdf5Dataset {

    private final Doors doors;
    private final String name;
    private final StoredDataset stored;

    /** @param stored holds numbers */
    Hdf5Dataset(Doors doors, String name, StoredDataset stored) {
        this.doors = doors;
        this.name = name;
        this.stored = stored;
    }

    /** @return its absolute path */
    public String name() {
        return name;
    }

    /** @return how its values are given out; stored big-endian ones are turned */
    public NumberType type() {
        return stored.type().number();
    }

    /** @return the dimensions, each at least 1 and no longer than an array can be; none for a scalar */
    public int[] shape() throws InvalidInputException {
        long[] shape = longShape();
        boolean fits = !stored.isEmpty() && Arrays.stream(shape).allMatch(n -> n >= 1 && n <= Integer.MAX_VALUE - 8);
        if (!fits) {
            throw doors.invalid(name + " has the shape " + (stored.isEmpty() ? "null" : Arrays.toString(shape))
                    + ", which holds no values that can be read");
        }
        return Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
    }

    private long[] longShape() throws InvalidInputException {
        try {
            return doors.guarded(name, stored::shape);
        } catch (IOException e) {
            throw new InvalidInputException(doors.name() + ": " + name + " cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** @return the dimensions of a chunk; of the whole dataset's last two (others 1) where it is not chunked */
    public int[] chunk() {
        long[] chunk = stored.chunk();
        if (chunk == null) {
            try {
                chunk = longShape().clone();
            } catch (InvalidInputException e) {
                // whoever asks for the shape is told
                return new int[0];
            }
            Arrays.fill(chunk, 0, Math.max(0, chunk.length - 2), 1);
        }
        return Arrays.stream(chunk)
                .mapToInt(length -> (int) Math.max(1, Math.min(length, Integer.MAX_VALUE - 8)))
                .toArray();
    }

    /** @return an attribute as text; empty if there is none */
    public Optional<String> attribute(String name) throws InvalidInputException, IOException {
        return doors.guarded(
                this.name, () -> Attributes.find(stored.header(), name).map(values -> String.join(", ", values)));
    }

    /**
     * Reads a block; values that were never written are the fill value.
     *
     * @param offset where the block begins in each dimension
     * @param count its length in each dimension
     * @param into where its values go, row-major, little-endian, from index 0
     */
    public void read(int[] offset, int[] count, ByteBuffer into) throws InvalidInputException, IOException {
        int values = requireBlock(offset, count);
        if (values == 0) {
            return;
        }
        if ((long) values * type().bytes() > into.capacity()) {
            throw new IllegalArgumentException(
                    values + " values of " + name + " do not fit into " + into.capacity() + " bytes");
        }
        doors.guarded(name, () -> {
            readInto(offset, count, values, into);
            return null;
        });
    }

    /** Checks that a block is within the dataset. */
    private int requireBlock(int[] offset, int[] count) throws InvalidInputException {
        int[] shape = shape();
        boolean within = offset.length == shape.length && count.length == shape.length;
        long values = 1;
        for (int i = 0; within && i < shape.length; i++) {
            within = offset[i] >= 0 && count[i] >= 0 && count[i] <= shape[i] - offset[i];
            values *= count[i];
            within &= values <= Integer.MAX_VALUE - 8;
        }
        if (!within) {
            throw new IllegalArgumentException("the block at " + Arrays.toString(offset) + " of "
                    + Arrays.toString(count) + " values is not within " + name + " of " + Arrays.toString(shape)
                    + ", or too large");
        }
        return (int) values;
    }

    private void readInto(int[] offset, int[] count, int values, ByteBuffer into) throws IOException {
        Datatype type = stored.type();
        boolean half = type.kind() == Datatype.Kind.HALF;
        ByteBuffer raw = half ? ByteBuffer.allocate(2 * values) : limitless(into);
        stored.content()
                .pieces(Arrays.stream(offset).asLongStream().toArray(), count, Target.dense(raw, 0, count, type.size()))
                .readAll();
        if (half) {
            Elements.widen(raw, type.turned(), limitless(into), values);
        } else if (type.turned()) {
            Elements.turn(raw, 0, values, type.size());
        }
    }

    /** The whole buffer, whatever its limit is. */
    private static ByteBuffer limitless(ByteBuffer buffer) {
        return buffer.duplicate().clear();
    }

    /** @return a block as floats, row-major */
    public float[] floats(int[] offset, int[] count) throws InvalidInputException, IOException {
        ByteBuffer values = block(offset, count);
        float[] floats = new float[values.capacity() / type().bytes()];
        type().toFloats(values, 0, floats, 0, floats.length);
        return floats;
    }

    /** @return a block as doubles, row-major */
    public double[] doubles(int[] offset, int[] count) throws InvalidInputException, IOException {
        ByteBuffer values = block(offset, count);
        double[] doubles = new double[values.capacity() / type().bytes()];
        type().toDoubles(values, 0, doubles, 0, doubles.length);
        return doubles;
    }

    private ByteBuffer block(int[] offset, int[] count) throws InvalidInputException, IOException {
        long bytes = (long) requireBlock(offset, count) * type().bytes();
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a block of " + Memory.text(bytes) + " is too large to read at once");
        }
        ByteBuffer values = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        read(offset, count, values);
        return values;
    }

    /** @return all values as doubles; refused with words when they do not fit a quarter of the heap */
    public double[] allDoubles() throws InvalidInputException, IOException {
        int[] shape = shape();
        long values = 1;
        for (int length : shape) {
            values *= length;
            if (values > Memory.share(4) / (Double.BYTES + type().bytes())) {
                throw doors.invalid(name + " has the shape " + Arrays.toString(shape)
                        + ", more values than fit the memory of this process; start it with a larger -Xmx");
            }
        }
        return doubles(new int[shape.length], shape);
    }

    /** Its parts, for those that read it in another way. */
    StoredDataset stored() {
        return stored;
    }

    /** Where its errors are told. */
    Doors doors() {
        return doors;
    }
}
