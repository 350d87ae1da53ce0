package org.lightpipe.gpu.tomography;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.DatasetCreationOptions;
import io.jhdf.api.WritableDataset;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;
import java.util.Arrays;

/** Scans of things whose answer is known. */
final class TestScans {

    private TestScans() {}

    /** Angles from 0, evenly over half a turn, the end left out. */
    static double[] halfTurn(int projections) {
        double[] angles = new double[projections];
        for (int i = 0; i < projections; i++) {
            angles[i] = Math.PI * i / projections;
        }
        return angles;
    }

    /** 0 to 180 degrees, both included. */
    static double[] degrees(int count) {
        double[] degrees = new double[count];
        for (int i = 0; i < count; i++) {
            degrees[i] = 180.0 * i / (count - 1);
        }
        return degrees;
    }

    /** Two disks, so that the scan is not symmetric by itself. */
    static Sinogram twoDisks(double[] angles, int columns, double center) {
        float[] values = new float[angles.length * columns];
        add(values, angles, columns, center, 1, 0.1 * columns, 0.05 * columns, 0.12 * columns);
        add(values, angles, columns, center, 0.5, -0.15 * columns, 0.1 * columns, 0.07 * columns);
        return new Sinogram(values, columns, angles);
    }

    private static void add(
            float[] values,
            double[] angles,
            int columns,
            double center,
            double factor,
            double x,
            double y,
            double radius) {
        for (int i = 0; i < angles.length; i++) {
            double middle = center + x * Math.cos(angles[i]) + y * Math.sin(angles[i]);
            for (int column = 0; column < columns; column++) {
                double off = column - middle;
                values[i * columns + column] +=
                        (float) (factor * 2 * Math.sqrt(Math.max(0, radius * radius - off * off)));
            }
        }
    }

    /** Writes a DataExchange file; a null leaves its dataset out. */
    static Path dataExchange(Path path, Object data, Object white, Object dark, double[] thetaDegrees) {
        return dataExchange(path, data, white, dark, thetaDegrees, DatasetCreationOptions.DEFAULT, "");
    }

    static Path dataExchange(
            Path path,
            Object data,
            Object white,
            Object dark,
            double[] theta,
            DatasetCreationOptions options,
            String thetaUnits) {
        try (WritableHdfFile file = HdfFile.write(path)) {
            WritableGroup exchange = file.putGroup("exchange");
            if (data != null) {
                exchange.putDataset("data", data, options);
            }
            put(exchange, "data_white", white);
            put(exchange, "data_dark", dark);
            if (theta != null) {
                WritableDataset angles = exchange.putDataset("theta", theta);
                if (!thetaUnits.isEmpty()) {
                    angles.putAttribute("units", thetaUnits);
                }
            }
        }
        return path;
    }

    private static void put(WritableGroup group, String name, Object data) {
        if (data != null) {
            group.putDataset(name, data);
        }
    }

    static float[][][] filled(int frames, int rows, int columns, float value) {
        float[][][] data = new float[frames][rows][columns];
        for (float[][] frame : data) {
            for (float[] row : frame) {
                Arrays.fill(row, value);
            }
        }
        return data;
    }

    /** Counts of a beam of 10,000 over 100 dark counts, of sinograms {@code [row][projection * columns]}. */
    static short[][][] counts(double attenuation, Sinogram... rows) {
        int projections = rows[0].projections();
        int columns = rows[0].columns();
        short[][][] counts = new short[projections][rows.length][columns];
        for (int i = 0; i < projections; i++) {
            for (int row = 0; row < rows.length; row++) {
                for (int x = 0; x < columns; x++) {
                    counts[i][row][x] =
                            (short) (100 + Math.round(10_000 * Math.exp(-attenuation * rows[row].at(i, x))));
                }
            }
        }
        return counts;
    }

    /** The correlation of two square images within a circle about their middle. */
    static double correlation(float[] one, float[] two, int size, double radius) {
        double n = 0;
        double a = 0;
        double b = 0;
        double aa = 0;
        double bb = 0;
        double ab = 0;
        for (int i = 0; i < size * size; i++) {
            if (Math.hypot(i % size - size / 2, i / size - size / 2) <= radius) {
                n++;
                a += one[i];
                b += two[i];
                aa += one[i] * one[i];
                bb += two[i] * two[i];
                ab += one[i] * two[i];
            }
        }
        return (ab - a * b / n) / Math.sqrt((aa - a * a / n) * (bb - b * b / n));
    }

    /** The largest difference; infinite where one is no number or the lengths differ. */
    static double difference(float[] one, float[] two) {
        if (one.length != two.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            double difference = Math.abs(one[i] - two[i]);
            largest = difference <= largest ? largest : difference;
            if (Double.isNaN(difference)) {
                return Double.POSITIVE_INFINITY;
            }
        }
        return largest;
    }

    static float[] flat(float[][] image) {
        float[] flat = new float[image.length * image[0].length];
        for (int row = 0; row < image.length; row++) {
            System.arraycopy(image[row], 0, flat, row * image[0].length, image[0].length);
        }
        return flat;
    }
}
