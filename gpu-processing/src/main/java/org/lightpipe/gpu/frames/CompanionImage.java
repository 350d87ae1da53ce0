package org.lightpipe.gpu.frames;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.hdf5.Hdf5Dataset;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.technique.Job;

/**
 * An image that an option names beside the frames: a mask, a dark frame, a flat field. It is given as
 *
 * <ul>
 *   <li>{@code file.h5:/path}: a dataset in an HDF5 file,
 *   <li>{@code :/path}: a dataset in the input itself,
 *   <li>a file that ends in {@code .npy} (NumPy), {@code .edf} (ESRF) or {@code .tif} or {@code .tiff} (one grey image),
 *   <li>any other file: HDF5, of which the largest image is taken.
 * </ul>
 *
 * A stack of images is averaged. Relative paths start at the directory of the input.
 */
public final class CompanionImage {

    private static final List<String> USUAL = List.of("/entry/data/data", "/exchange/data");

    private final String option;
    private final String name;
    private final float[] values;

    private CompanionImage(String option, String name, float[] values) {
        this.option = option;
        this.name = name;
        this.values = values;
    }

    /**
     * @param option the name of the option, for messages
     * @param reference what the option says; empty = nothing
     * @param rows of the frames
     * @param columns of the frames
     * @return the image; empty if the option is
     * @throws InvalidInputException if there is no such image, or it has another shape than the frames
     */
    public static Optional<CompanionImage> read(Job job, String option, String reference, int rows, int columns)
            throws InvalidInputException, IOException {
        if (reference.isEmpty()) {
            return Optional.empty();
        }
        Shape wanted = new Shape(option, rows, columns);
        int colon = reference.lastIndexOf(":/");
        if (colon == 0) {
            return Optional.of(hdf5(wanted, job.hdf5(), reference.substring(1)));
        }
        String file = colon > 0 ? reference.substring(0, colon) : reference;
        // silx writes file::/path
        file = file.endsWith(":") ? file.substring(0, file.length() - 1) : file;
        Path path = job.companion(option, file);
        String name = path.getFileName().toString();
        String small = name.toLowerCase(Locale.ROOT);
        if (colon > 0) {
            try (Hdf5File hdf5 = Hdf5File.open(path)) {
                return Optional.of(hdf5(wanted, hdf5, reference.substring(colon + 1)));
            }
        }
        if (small.endsWith(".npy")) {
            return Optional.of(new CompanionImage(option, name, NumpyFile.read(path, wanted)));
        }
        if (small.endsWith(".edf")) {
            return Optional.of(new CompanionImage(option, name, EdfFile.read(path, wanted)));
        }
        if (small.endsWith(".tif") || small.endsWith(".tiff")) {
            return Optional.of(new CompanionImage(option, name, TiffFile.read(path, wanted)));
        }
        try (Hdf5File hdf5 = Hdf5File.open(path)) {
            return Optional.of(hdf5(wanted, hdf5, usual(option, hdf5)));
        }
    }

    private static String usual(String option, Hdf5File file) throws InvalidInputException, IOException {
        for (String usual : USUAL) {
            if (file.find(usual).isPresent()) {
                return usual;
            }
        }
        return file.largestImages()
                .orElseThrow(() -> new InvalidInputException(file.path().getFileName()
                        + ": holds no image; say where the " + option + " is with " + option + "="
                        + file.path().getFileName() + ":/path"))
                .name();
    }

    private static CompanionImage hdf5(Shape wanted, Hdf5File file, String dataset)
            throws InvalidInputException, IOException {
        Hdf5Dataset images = file.require(dataset, "say where the " + wanted.option() + " is");
        String name = file.path().getFileName() + ":" + images.name();
        int[] shape = images.shape();
        if (shape.length < 2) {
            throw new InvalidInputException(name + " (option " + wanted.option() + ") has " + shape.length
                    + " dimensions; an image [row][column] or a stack of them is wanted");
        }
        wanted.check(name, shape[shape.length - 2], shape[shape.length - 1]);
        return new CompanionImage(wanted.option(), name, mean(images, shape));
    }

    private static float[] mean(Hdf5Dataset images, int[] shape) throws InvalidInputException, IOException {
        int dimensions = shape.length;
        int[] count = shape.clone();
        long frames = 1;
        for (int i = 0; i < dimensions - 2; i++) {
            frames *= shape[i];
            count[i] = 1;
        }
        double[] sum = new double[shape[dimensions - 2] * shape[dimensions - 1]];
        int[] offset = new int[dimensions];
        for (long frame = 0; frame < frames; frame++) {
            long rest = frame;
            for (int i = dimensions - 3; i >= 0; i--) {
                offset[i] = (int) (rest % shape[i]);
                rest /= shape[i];
            }
            double[] values = images.doubles(offset, count);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += values[i];
            }
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / frames);
        }
        return mean;
    }

    /** @return its file and dataset */
    public String name() {
        return name;
    }

    /** @return {@code [row][column]}, flat */
    public float[] values() {
        return values;
    }

    /** @return the pixels whose value is not 0: those that a mask leaves out */
    public BitSet mask() {
        BitSet mask = new BitSet(values.length);
        for (int i = 0; i < values.length; i++) {
            if (values[i] != 0) {
                mask.set(i);
            }
        }
        return mask;
    }

    @Override
    public String toString() {
        return option + " " + name;
    }

    /**
     * What an image has to fit.
     *
     * @param option that names the image
     * @param rows of the frames
     * @param columns of the frames
     */
    record Shape(String option, int rows, int columns) {

        void check(String name, long height, long width) throws InvalidInputException {
            if (height != rows || width != columns) {
                throw new InvalidInputException(name + " (option " + option + ") has " + height + " x " + width
                        + " pixels, but the frames have " + rows + " x " + columns
                        + " (rows x columns); give one of the same detector");
            }
        }

        int pixels() {
            return rows * columns;
        }
    }
}
