package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.hdf5.Hdf5Dataset;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.hdf5.Hdf5Writer;

/** Copies groups of small datasets from one HDF5 file to another, with their types, units and classes. */
final class Copier {

    private static final int DEEPEST = 16;

    private final Hdf5File from;
    private final Hdf5Writer to;
    private final long mostBytes;

    /** @param mostBytes larger datasets are left out */
    Copier(Hdf5File from, Hdf5Writer to, long mostBytes) {
        this.from = from;
        this.to = to;
        this.mostBytes = mostBytes;
    }

    /** Copies a group with all that is in it, if it is there. */
    void group(String source, String target) throws InvalidInputException, IOException {
        group(source, target, 0);
    }

    private void group(String source, String target, int depth) throws InvalidInputException, IOException {
        List<String> members = from.members(source);
        if (members.isEmpty()) {
            return;
        }
        to.group(target, from.attribute(source, "NX_class").orElse(""));
        for (String member : members) {
            String path = source + "/" + member;
            if (!from.members(path).isEmpty()) {
                if (depth == DEEPEST) {
                    throw new InvalidInputException(from.path().getFileName() + ": the groups in " + source
                            + " lie deeper in each other than " + DEEPEST + "; is there a circle of links?");
                }
                group(path, target + "/" + member, depth + 1);
            } else {
                dataset(path, target + "/" + member);
            }
        }
    }

    /** Copies a dataset of numbers or strings, if it is there and not too large. */
    void dataset(String source, String target) throws InvalidInputException, IOException {
        Optional<Hdf5Dataset> numbers = from.find(source);
        if (numbers.isPresent()) {
            numbers(numbers.get(), target);
            return;
        }
        Optional<String[]> strings = from.strings(source);
        if (strings.isPresent() && strings.get().length > 0) {
            String[] values = strings.get();
            to.dataset(target, values.length == 1 ? values[0] : values, "");
        }
    }

    private void numbers(Hdf5Dataset dataset, String target) throws InvalidInputException, IOException {
        int[] shape = dataset.shape();
        long values = 1;
        for (int length : shape) {
            values *= length;
        }
        String units = dataset.attribute("units").orElse("");
        if (values * dataset.type().bytes() > mostBytes) {
            return;
        }
        if (shape.length == 0) {
            double value = dataset.allDoubles()[0];
            if (dataset.type().isFloat() || Math.abs(value) > 1L << 53) {
                to.dataset(target, value, units);
            } else {
                to.dataset(target, (long) value, units);
            }
            return;
        }
        ByteBuffer bytes =
                ByteBuffer.allocate((int) values * dataset.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        dataset.read(new int[shape.length], shape, bytes);
        Hdf5Writer.Values written = to.dataset(
                target, dataset.type(), Arrays.stream(shape).asLongStream().toArray());
        written.write(bytes.clear());
        if (!units.isEmpty()) {
            to.attribute(target, "units", units);
        }
    }
}
