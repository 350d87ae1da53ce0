package org.lightpipe.gpu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Reconstructs one slice of a DataExchange scan: {@code /exchange/data [projection][row][column]},
 * {@code /exchange/data_white}, {@code /exchange/data_dark} {@code [frame][row][column]} and {@code /exchange/theta} in
 * degrees (absent: 0 to 180, both included). Only the detector row of the slice is read.
 */
public final class Tomography implements Technique {

    private static final String DATA = "/exchange/data";
    private static final String WHITE = "/exchange/data_white";
    private static final String DARK = "/exchange/data_dark";
    private static final String THETA = "/exchange/theta";
    private static final String MEND = "a DataExchange scan has " + DATA + ", " + WHITE + " and " + DARK;

    @Override
    public String name() {
        return "tomography";
    }

    @Override
    public TechniqueResult run(Path input, TechniqueOptions options, Backend backend)
            throws InvalidInputException, IOException, InterruptedException {
        Scan scan = read(input, options);
        Sinogram sinogram = scan.sinogram();
        double center = center(input, sinogram, options.center());
        float[][] slice = backend.reconstruct(sinogram, center, options.filter());

        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("algorithm", "fbp");
        parameters.put("filter", options.filter().option());
        parameters.put("center", center);
        parameters.put("centerFrom", options.center().isPresent() ? "option" : "search");
        parameters.put("slice", scan.row());
        parameters.put("dataset", DATA);
        parameters.put("thetaFrom", scan.thetaFrom());

        Map<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("center", center);
        metrics.put("projections", sinogram.projections());
        metrics.put("columns", sinogram.columns());
        metrics.put("slice", scan.row());
        metrics.put("replaced", scan.replaced());
        metrics.putAll(SliceQuality.of(slice, center).metrics());

        return new TechniqueResult(
                "Tomographic slice of " + input.getFileName() + ", detector row " + scan.row(),
                List.of(new TechniqueResult.Image("slice", "1/pixel", "linear attenuation per pixel", slice)),
                parameters,
                metrics);
    }

    /** What was read of the file: one detector row of it. */
    record Scan(Sinogram sinogram, int row, String thetaFrom, long replaced) {}

    /** @return the attenuation {@code -ln((data - dark) / max(white - dark, 1e-6))} of one detector row */
    static Scan read(Path input, TechniqueOptions options) throws InvalidInputException, IOException {
        try (Hdf5Input file = Hdf5Input.open(input)) {
            Hdf5Input.NumericDataset data = file.require(DATA, MEND);
            int[] shape = requireRank3(input, data, "[projection][row][column]");
            int projections = shape[0];
            int columns = shape[2];
            refuseTooLarge(input, data, projections, columns);
            int row = options.slice().orElse(shape[1] / 2);
            if (row < 0 || row >= shape[1]) {
                throw invalid(input, "slice=" + row + ", but " + DATA + " has the rows 0 to " + (shape[1] - 1));
            }
            if (columns < 2) {
                throw invalid(input, DATA + " has " + columns + " column; a slice needs at least 2");
            }
            double[] white = meanRow(input, file.require(WHITE, MEND), shape, row);
            double[] dark = meanRow(input, file.require(DARK, MEND), shape, row);
            var theta = file.find(THETA);
            double[] angles = theta.isPresent() ? angles(input, theta.get(), projections) : evenly(projections);
            double[] counts = data.read(new long[] {0, row, 0}, new int[] {projections, 1, columns});
            float[][] rows = new float[projections][];
            long replaced = 0;
            for (int i = 0; i < projections; i++) {
                double[] projection = Arrays.copyOfRange(counts, i * columns, (i + 1) * columns);
                double[] attenuation = attenuation(transmission(projection, white, dark));
                replaced += fillGaps(attenuation);
                rows[i] = toFloat(attenuation);
            }
            return new Scan(new Sinogram(rows, angles), row, theta.isPresent() ? THETA : "0 to 180 degrees", replaced);
        }
    }

    /** @return {@code (counts - dark) / max(white - dark, 1e-6)} of each column */
    static double[] transmission(double[] counts, double[] white, double[] dark) {
        double[] transmission = new double[counts.length];
        for (int i = 0; i < counts.length; i++) {
            transmission[i] = (counts[i] - dark[i]) / Math.max(white[i] - dark[i], 1e-6);
        }
        return transmission;
    }

    /** Transmissions that are not positive count as 1, so that a dead pixel does not become an infinite one. */
    static double[] attenuation(double[] transmission) {
        double[] attenuation = new double[transmission.length];
        for (int i = 0; i < attenuation.length; i++) {
            attenuation[i] = -Math.log(transmission[i] <= 0 ? 1 : transmission[i]);
        }
        return attenuation;
    }

    /**
     * Puts a straight line across values that are not finite (their nearest neighbour at the ends, 0 where the whole
     * row is lost): one of them would spread over its row in the filter, and from there over the whole slice.
     *
     * @return how many were replaced
     */
    static int fillGaps(double[] row) {
        int replaced = 0;
        int before = -1;
        for (int i = 0; i <= row.length; i++) {
            if (i < row.length && !Double.isFinite(row[i])) {
                continue;
            }
            for (int gap = before + 1; gap < i; gap++) {
                double left = before >= 0 ? row[before] : i < row.length ? row[i] : 0;
                double right = i < row.length ? row[i] : left;
                row[gap] = left + (right - left) * (gap - before) / (i - before);
                replaced++;
            }
            before = i;
        }
        return replaced;
    }

    private static double center(Path input, Sinogram sinogram, OptionalDouble given) throws InvalidInputException {
        if (given.isPresent()) {
            if (!(given.getAsDouble() >= 0 && given.getAsDouble() <= sinogram.columns() - 1)) {
                throw invalid(
                        input,
                        "center=" + given.getAsDouble() + " lies outside the columns 0 to " + (sinogram.columns() - 1));
            }
            return given.getAsDouble();
        }
        OptionalDouble found = RotationCenter.search(sinogram);
        return found.orElseThrow(() -> invalid(
                input,
                "the rotation centre cannot be found, because no two projections half a turn apart match; give it with"
                        + " the option center"));
    }

    private static int[] requireRank3(Path input, Hdf5Input.NumericDataset dataset, String axes)
            throws InvalidInputException {
        int[] shape = dataset.shape();
        if (shape.length != 3) {
            throw invalid(input, dataset.name() + " has " + shape.length + " dimensions; 3 are wanted, " + axes);
        }
        return shape;
    }

    private static void refuseTooLarge(Path input, Hdf5Input.NumericDataset data, long projections, long columns)
            throws InvalidInputException {
        long bytes = projections * columns * (data.bytesPerValue() + 8) + columns * columns * 12;
        if (bytes > Memory.share(2)) {
            throw invalid(
                    input,
                    "one slice of " + projections + " projections of " + columns + " columns needs about "
                            + Memory.text(bytes) + " of memory, and this process has " + Memory.text(Memory.share(1))
                            + "; start it with a larger -Xmx");
        }
    }

    /** The mean over the frames of one detector row; values that are not finite are left out. */
    private static double[] meanRow(Path input, Hdf5Input.NumericDataset dataset, int[] data, int row)
            throws InvalidInputException {
        int[] shape = requireRank3(input, dataset, "[frame][row][column]");
        if (shape[1] != data[1] || shape[2] != data[2]) {
            throw invalid(
                    input,
                    dataset.name() + " has frames of " + shape[1] + " x " + shape[2] + " pixels, but " + DATA + " of "
                            + data[1] + " x " + data[2]);
        }
        double[] sum = new double[shape[2]];
        int[] count = new int[shape[2]];
        for (int frame = 0; frame < shape[0]; frame++) {
            double[] values = dataset.read(new long[] {frame, row, 0}, new int[] {1, 1, shape[2]});
            for (int i = 0; i < values.length; i++) {
                if (Double.isFinite(values[i])) {
                    sum[i] += values[i];
                    count[i]++;
                }
            }
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= count[i];
        }
        return sum;
    }

    private static double[] angles(Path input, Hdf5Input.NumericDataset theta, int projections)
            throws InvalidInputException {
        double[] angles = theta.readAll();
        if (angles.length != projections) {
            throw invalid(
                    input,
                    THETA + " has " + angles.length + " angles but " + DATA + " has " + projections + " projections");
        }
        boolean radians = theta.attribute("units").toLowerCase(Locale.ROOT).startsWith("rad");
        for (int i = 0; i < angles.length; i++) {
            if (!Double.isFinite(angles[i])) {
                throw invalid(input, THETA + "[" + i + "] is " + angles[i] + "; every projection needs its angle");
            }
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

    private static float[] toFloat(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static InvalidInputException invalid(Path input, String what) {
        return new InvalidInputException(input.getFileName() + ": " + what);
    }
}
