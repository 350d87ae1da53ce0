package org.lightpipe.gpu.tomography;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.hdf5.Hdf5Dataset;
import org.lightpipe.gpu.hdf5.Hdf5File;

/**
 * A scan in the DataExchange format: {@code /exchange/data [projection][row][column]}, {@code /exchange/data_white},
 * {@code /exchange/data_dark} {@code [frame][row][column]} and {@code /exchange/theta} in degrees (absent: 0 to 180, both
 * included). Everything about it is checked when it is opened, but for the values of the frames.
 */
final class Scan {

    private static final String MEND =
            "a DataExchange scan has /exchange/data, /exchange/data_white and /exchange/data_dark";

    private final String file;
    private final Stack data;
    private final Stack white;
    private final Stack dark;
    private final int first;
    private final double[] angles;
    private final String thetaFrom;

    private Scan(String file, Stack data, Stack white, Stack dark, int first, double[] angles, String thetaFrom) {
        this.file = file;
        this.data = data;
        this.white = white;
        this.dark = dark;
        this.first = first;
        this.angles = angles;
        this.thetaFrom = thetaFrom;
    }

    static Scan open(Hdf5File hdf5, TomographyOptions options) throws InvalidInputException, IOException {
        String file = String.valueOf(hdf5.path().getFileName());
        int factor = 1 << options.binning;
        String mend = options.dataset.isBlank() && options.flatDataset.isBlank() && options.darkDataset.isBlank()
                ? MEND
                : "the options dataset, flatDataset and darkDataset name the paths";
        Stack data = new Stack(
                file, hdf5.require(path(options.dataset, "/exchange/data"), mend), "[projection][row][column]", factor);
        Stack white = frames(file, hdf5, path(options.flatDataset, "/exchange/data_white"), mend, data, factor);
        Stack dark = frames(file, hdf5, path(options.darkDataset, "/exchange/data_dark"), mend, data, factor);
        if (data.columns() < 2) {
            throw new InvalidInputException(
                    file + ": " + data.name() + " has " + data.columns() + " column; a slice needs at least 2");
        }
        int first = options.startProj;
        int end = options.endProj < 0 ? data.frames() : options.endProj;
        if (first >= end || end > data.frames()) {
            throw new InvalidInputException(file + ": startProj=" + options.startProj + " and endProj="
                    + options.endProj + ", but " + data.name() + " has the projections 0 to " + (data.frames() - 1));
        }
        String theta = path(options.thetaDataset, "/exchange/theta");
        Optional<Hdf5Dataset> found = options.thetaDataset.isBlank()
                ? hdf5.find(theta)
                : Optional.of(hdf5.require(theta, "the option thetaDataset names the path of the angles"));
        double[] all = found.isPresent() ? angles(file, found.get(), data, options.thetaUnits) : evenly(data.frames());
        double[] angles = Arrays.copyOfRange(all, first, end);
        return new Scan(file, data, white, dark, first, angles, found.isPresent() ? theta : "0 to 180 degrees");
    }

    private static String path(String given, String usual) {
        return given.isBlank() ? usual : given.strip();
    }

    private static Stack frames(String file, Hdf5File hdf5, String path, String mend, Stack data, int factor)
            throws InvalidInputException, IOException {
        Hdf5Dataset dataset = hdf5.require(path, mend);
        Stack frames = new Stack(file, dataset, "[frame][row][column]", factor);
        if (!frames.pixels().equals(data.pixels())) {
            throw new InvalidInputException(file + ": " + path + " has frames of " + frames.pixels() + " pixels, but "
                    + data.name() + " of " + data.pixels());
        }
        return frames;
    }

    private static double[] angles(String file, Hdf5Dataset theta, Stack data, String units)
            throws InvalidInputException, IOException {
        double[] angles = theta.allDoubles();
        if (angles.length != data.frames()) {
            throw new InvalidInputException(file + ": " + theta.name() + " has " + angles.length + " angles but "
                    + data.name() + " has " + data.frames() + " projections");
        }
        boolean radians = units.equals("radians")
                || units.equals("auto")
                        && theta.attribute("units")
                                .orElse("")
                                .toLowerCase(Locale.ROOT)
                                .startsWith("rad");
        boolean turns = false;
        for (int i = 0; i < angles.length; i++) {
            if (!Double.isFinite(angles[i])) {
                throw new InvalidInputException(file + ": " + theta.name() + "[" + i + "] is " + angles[i]
                        + "; every projection needs its angle");
            }
            turns |= angles[i] != angles[0];
        }
        if (!turns && angles.length > 1) {
            throw new InvalidInputException(file + ": " + theta.name() + " is " + angles[0]
                    + " throughout: the sample has not turned, or its angle was not recorded");
        }
        for (int i = 0; i < angles.length; i++) {
            angles[i] = radians ? angles[i] : Math.toRadians(angles[i]);
        }
        return angles;
    }

    private static double[] evenly(int projections) {
        double[] angles = new double[projections];
        for (int i = 1; i < projections; i++) {
            angles[i] = Math.PI * i / (projections - 1);
        }
        return angles;
    }

    /** @return the name of the file, for messages */
    String file() {
        return file;
    }

    /** @return the path of the projections */
    String dataset() {
        return data.name();
    }

    /** @return the angles in radians, one for each projection that is used */
    double[] angles() {
        return angles;
    }

    /** @return where the angles come from, for people */
    String thetaFrom() {
        return thetaFrom;
    }

    /** @return the projections that are used */
    int projections() {
        return angles.length;
    }

    /** @return the rows after binning */
    int rows() {
        return data.rows();
    }

    /** @return the columns after binning */
    int columns() {
        return data.columns();
    }

    /** @return the projections that lie in one chunk of the file */
    int chunkProjections() {
        return data.chunkFrames();
    }

    /** @return the rows that lie in one chunk of the file */
    int chunkRows() {
        return data.chunkRows();
    }

    /**
     * Reads counts.
     *
     * @param into where the columns go: from {@code projection * perProjection + row * perRow} on, both counted from the
     *     first of the block
     */
    void counts(
            int firstProjection,
            int count,
            int firstRow,
            int height,
            float[] into,
            int perProjection,
            int perRow,
            WorkPool threads)
            throws InvalidInputException, IOException, InterruptedException {
        data.read(first + firstProjection, count, firstRow, height, into, perProjection, perRow, threads);
    }

    /**
     * @param dezinger null = none
     * @return the beam and the dark field of some rows
     * @throws InvalidInputException if the beam is nowhere brighter than the dark field
     */
    FlatField flatField(int firstRow, int height, double brightRatio, Dezinger dezinger, WorkPool threads)
            throws InvalidInputException, IOException, InterruptedException {
        float[] bright = white.mean(firstRow, height, dezinger, threads);
        float[] black = dark.mean(firstRow, height, dezinger, threads);
        FlatField field = new FlatField(bright, black, brightRatio, columns());
        if (field.illuminated() == 0) {
            throw new InvalidInputException(file + ": " + white.name() + " is nowhere brighter than " + dark.name()
                    + " in the rows " + firstRow + " to " + (firstRow + height - 1)
                    + ": nothing can be told from such a flat field; was the shutter closed?");
        }
        return field;
    }
}
