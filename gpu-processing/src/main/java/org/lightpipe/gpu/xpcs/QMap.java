package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.hdf5.Hdf5Dataset;
import org.lightpipe.gpu.hdf5.Hdf5File;

/**
 * Which pixel belongs to which bin, {@code [row][column]}, flat. Bins count from 1; 0 is none.
 *
 * @param description the file, for messages to people
 * @param rows of the detector
 * @param columns of the detector
 * @param dynamicBins over whose static bins the correlation is averaged
 * @param staticBins over whose pixels the intensity is averaged
 * @param mask true: the pixel is used
 * @param blemish true: the pixel is shown in the mean frame
 */
record QMap(
        String description,
        int rows,
        int columns,
        int[] dynamicBins,
        int[] staticBins,
        boolean[] mask,
        boolean[] blemish) {

    private static final String GROUP = "/qmap";
    private static final String DYNAMIC = GROUP + "/dynamic_roi_map";
    private static final String STATIC = GROUP + "/static_roi_map";
    private static final String MASK = GROUP + "/mask";
    private static final String BLEMISH = GROUP + "/blemish";
    private static final String MEND = "a qmap has " + DYNAMIC + ", " + STATIC + " and " + MASK;

    /** More bins than any qmap has; a map with larger numbers holds something else. */
    private static final int MOST_BINS = 1_000_000;

    static QMap read(Hdf5File file) throws InvalidInputException, IOException {
        String description = file.path().getFileName().toString();
        Hdf5Dataset dynamic = file.require(DYNAMIC, MEND);
        int[] shape = shape(description, dynamic);
        int[] dynamicBins = bins(description, dynamic, shape, shape);
        Hdf5Dataset fixed = file.require(STATIC, MEND);
        int[] staticBins = bins(description, fixed, shape(description, fixed), shape);
        Hdf5Dataset used = file.require(MASK, MEND);
        boolean[] mask = flags(bins(description, used, shape(description, used), shape));
        Optional<Hdf5Dataset> shown = file.find(BLEMISH);
        boolean[] blemish = shown.isPresent()
                ? flags(bins(description, shown.get(), shape(description, shown.get()), shape))
                : mask;
        return of(description, shape[0], shape[1], dynamicBins, staticBins, mask, blemish);
    }

    static QMap of(
            String description,
            int rows,
            int columns,
            int[] dynamicBins,
            int[] staticBins,
            boolean[] mask,
            boolean[] blemish)
            throws InvalidInputException {
        boolean used = false;
        boolean any = false;
        for (int i = 0; i < mask.length; i++) {
            used |= mask[i];
            any |= mask[i] && dynamicBins[i] > 0;
            if (mask[i] && dynamicBins[i] > 0 && staticBins[i] == 0) {
                throw new InvalidInputException(description + ": " + DYNAMIC + " has " + dynamicBins[i] + " at row "
                        + i / columns + ", column " + i % columns + ", where " + STATIC
                        + " has 0; dynamic bins are made of static ones");
            }
        }
        if (!used) {
            throw new InvalidInputException(
                    description + ": " + MASK + " is 0 everywhere; 1 stands for a pixel to use");
        }
        if (!any) {
            throw new InvalidInputException(
                    description + ": " + DYNAMIC + " is 0 wherever " + MASK + " is not; no pixel is in any bin");
        }
        return new QMap(description, rows, columns, dynamicBins, staticBins, mask, blemish);
    }

    /** Dimensions of 1 in front are looked through. */
    private static int[] shape(String description, Hdf5Dataset dataset) throws InvalidInputException {
        int[] all = dataset.shape();
        int leading = 0;
        while (all.length - leading > 2 && all[leading] == 1) {
            leading++;
        }
        int[] shape = Arrays.copyOfRange(all, leading, all.length);
        if (shape.length != 2) {
            throw new InvalidInputException(description + ": " + dataset.name() + " has the dimensions "
                    + Arrays.toString(all) + "; a map has two, [row][column]");
        }
        return shape;
    }

    private static int[] bins(String description, Hdf5Dataset dataset, int[] shape, int[] expected)
            throws InvalidInputException, IOException {
        if (!Arrays.equals(shape, expected)) {
            throw new InvalidInputException(description + ": " + dataset.name() + " has " + shape[0] + " x " + shape[1]
                    + " pixels, but " + DYNAMIC + " has " + expected[0] + " x " + expected[1]);
        }
        double[] values = dataset.allDoubles();
        int[] bins = new int[values.length];
        for (int i = 0; i < bins.length; i++) {
            bins[i] = (int) values[i];
            if (bins[i] != values[i] || bins[i] < 0 || bins[i] > MOST_BINS) {
                throw new InvalidInputException(description + ": " + dataset.name() + " has " + values[i] + " at row "
                        + i / shape[1] + ", column " + i % shape[1] + "; bins are whole numbers from 0 to "
                        + MOST_BINS);
            }
        }
        return bins;
    }

    private static boolean[] flags(int[] values) {
        boolean[] flags = new boolean[values.length];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = values[i] != 0;
        }
        return flags;
    }

    /**
     * @param detector what the frames are of, for the message
     * @return this map; turned over its diagonal where that is what makes it fit, as boost_corr does for detectors that
     *     were mounted the other way
     */
    QMap fitting(String detector, int frameRows, int frameColumns) throws InvalidInputException {
        if (rows == frameRows && columns == frameColumns) {
            return this;
        }
        if (rows == frameColumns && columns == frameRows) {
            return transposed();
        }
        throw new InvalidInputException(description + ": its maps have " + rows + " x " + columns
                + " pixels, but the frames of " + detector + " have " + frameRows + " x " + frameColumns
                + "; the qmap belongs to another detector or region");
    }

    private QMap transposed() {
        int[] dynamicTurned = new int[dynamicBins.length];
        int[] staticTurned = new int[dynamicBins.length];
        boolean[] maskTurned = new boolean[dynamicBins.length];
        boolean[] blemishTurned = new boolean[dynamicBins.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int from = row * columns + column;
                int to = column * rows + row;
                dynamicTurned[to] = dynamicBins[from];
                staticTurned[to] = staticBins[from];
                maskTurned[to] = mask[from];
                blemishTurned[to] = blemish[from];
            }
        }
        return new QMap(description, columns, rows, dynamicTurned, staticTurned, maskTurned, blemishTurned);
    }
}
