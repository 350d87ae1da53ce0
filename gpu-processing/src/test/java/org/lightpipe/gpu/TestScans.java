package org.lightpipe.gpu;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.DatasetCreationOptions;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Scans of things whose answer is known. */
final class TestScans {

    private TestScans() {}

    /** Runs something on a java backend whose threads end with it. */
    static <T> T onJava(Work<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            return work.run(new JavaBackend(threads, 2));
        } finally {
            threads.shutdownNow();
        }
    }

    interface Work<T> {
        T run(Backend backend) throws Exception;
    }

    /** Angles from 0, evenly over half a turn, the end left out. */
    static double[] halfTurn(int projections) {
        double[] angles = new double[projections];
        for (int i = 0; i < projections; i++) {
            angles[i] = Math.PI * i / projections;
        }
        return angles;
    }

    /** The exact projections of a disk of attenuation 1 at (x, y) from the axis. */
    static Sinogram disk(double[] angles, int columns, double center, double x, double y, double radius) {
        float[][] rows = new float[angles.length][columns];
        for (int i = 0; i < angles.length; i++) {
            double middle = center + x * Math.cos(angles[i]) + y * Math.sin(angles[i]);
            for (int column = 0; column < columns; column++) {
                double off = column - middle;
                rows[i][column] = (float) (2 * Math.sqrt(Math.max(0, radius * radius - off * off)));
            }
        }
        return new Sinogram(rows, angles);
    }

    /** Two disks, so that the scan is not symmetric by itself. */
    static Sinogram twoDisks(double[] angles, int columns, double center) {
        Sinogram one = disk(angles, columns, center, 0.1 * columns, 0.05 * columns, 0.12 * columns);
        Sinogram two = disk(angles, columns, center, -0.15 * columns, 0.1 * columns, 0.07 * columns);
        return sum(one, 1, two, 0.5f);
    }

    static Sinogram sum(Sinogram one, float factorOne, Sinogram two, float factorTwo) {
        float[][] rows = new float[one.projections()][one.columns()];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                rows[i][j] = factorOne * one.rows()[i][j] + factorTwo * two.rows()[i][j];
            }
        }
        return new Sinogram(rows, one.angles());
    }

    /** Writes a DataExchange file; a null leaves its dataset out. */
    static Path dataExchange(Path path, Object data, Object white, Object dark, double[] thetaDegrees) {
        try (WritableHdfFile file = HdfFile.write(path)) {
            WritableGroup exchange = file.putGroup("exchange");
            put(exchange, "data", data);
            put(exchange, "data_white", white);
            put(exchange, "data_dark", dark);
            put(exchange, "theta", thetaDegrees);
        }
        return path;
    }

    private static void put(WritableGroup group, String name, Object data) {
        if (data != null) {
            group.putDataset(name, data);
        }
    }

    static Path stack(Path path, String name, Object frames) {
        return stack(path, name, frames, DatasetCreationOptions.DEFAULT);
    }

    /** Writes one dataset, in as many groups as its name has. */
    static Path stack(Path path, String name, Object frames, DatasetCreationOptions options) {
        try (WritableHdfFile file = HdfFile.write(path)) {
            WritableGroup group = file;
            String[] parts = name.substring(1).split("/");
            for (int i = 0; i < parts.length - 1; i++) {
                group = group.putGroup(parts[i]);
            }
            group.putDataset(parts[parts.length - 1], frames, options);
        }
        return path;
    }

    static float[][][] filled(int frames, int rows, int columns, float value) {
        float[][][] data = new float[frames][rows][columns];
        for (float[][] frame : data) {
            for (float[] row : frame) {
                java.util.Arrays.fill(row, value);
            }
        }
        return data;
    }

    /** The correlation of two square images within a circle about their middle. */
    static double correlation(float[][] one, float[][] two, double radius) {
        double[] sums = sums(one, two, radius);
        double n = sums[0];
        return (sums[5] - sums[1] * sums[2] / n)
                / Math.sqrt((sums[3] - sums[1] * sums[1] / n) * (sums[4] - sums[2] * sums[2] / n));
    }

    private static double[] sums(float[][] one, float[][] two, double radius) {
        double[] sums = new double[6];
        int middle = one.length / 2;
        for (int y = 0; y < one.length; y++) {
            for (int x = 0; x < one.length; x++) {
                if (Math.hypot(x - middle, y - middle) <= radius) {
                    double a = one[y][x];
                    double b = two[y][x];
                    sums[0]++;
                    sums[1] += a;
                    sums[2] += b;
                    sums[3] += a * a;
                    sums[4] += b * b;
                    sums[5] += a * b;
                }
            }
        }
        return sums;
    }
}
