package org.lightpipe.gpu.tomography;

import java.util.Arrays;
import org.jtransforms.fft.DoubleFFT_1D;
import org.lightpipe.gpu.core.WorkPool;

/**
 * Finds the rotation centre from the whole sinogram of half a turn (Vo, Drakopoulos, Atwood, Reinhard: Optics Express 22,
 * 19078, 2014): put together with its mirror image about the right centre it is a full turn, whose spectrum is empty within
 * a double wedge. The centre that leaves the least there is searched in steps of half a column, then finer about the best.
 * As tomopy's {@code find_center_vo}.
 */
final class VoCenter {

    /** A sinogram with more values than this is made smaller for the first search. */
    private static final long LARGE = 4_000_000;

    private static final int SMALLER = 4;

    /** The object is taken to fill this part of the columns. */
    private static final double RATIO = 0.5;

    /** Frequencies about 0 along the angle that do not count. */
    private static final int DROP = 20;

    /** How far about the best place of the first search the second one looks, in columns. */
    private static final double FINE_RADIUS = 6;

    private final double searchWidth;
    private final double step;
    private final WorkPool threads;

    /**
     * @param searchWidth how far from the middle column the centre may lie, in columns
     * @param step of the second search, in columns
     */
    VoCenter(double searchWidth, double step, WorkPool threads) {
        this.searchWidth = searchWidth;
        this.step = step;
        this.threads = threads;
    }

    /** @return the centre in columns */
    double search(Sinogram sinogram) throws InterruptedException {
        int rows = sinogram.projections();
        int columns = sinogram.columns();
        float[] coarse = smooth(sinogram.values(), rows, columns, 3, 1);
        double found;
        if ((long) rows * columns > LARGE && columns >= 8 * SMALLER) {
            float[] small = shrink(coarse, rows, columns);
            found = coarse(small, rows, columns / SMALLER, searchWidth / SMALLER) * SMALLER;
        } else {
            found = coarse(coarse, rows, columns, searchWidth);
        }
        return fine(smooth(sinogram.values(), rows, columns, 2, 2), rows, columns, found);
    }

    private double coarse(float[] sinogram, int rows, int columns, double width) throws InterruptedException {
        double middle = (columns - 1) / 2.0;
        // beyond the middle half, too little of the two lies over each other
        int reach = (int) Math.min(2 * width, columns / 2.0);
        double[] centers = new double[2 * reach + 1];
        for (int i = 0; i < centers.length; i++) {
            // shifts by whole columns: centres half a column apart
            centers[i] = middle + (i - reach) / 2.0;
        }
        return best(sinogram, rows, columns, centers);
    }

    private double fine(float[] sinogram, int rows, int columns, double about) throws InterruptedException {
        double radius = Math.max(1, Math.min(FINE_RADIUS, columns / 4.0));
        double middle = Math.max(radius, Math.min(columns - radius - 1, about));
        double width = Math.max(0.1, Math.min(radius, step));
        double[] centers = new double[(int) Math.ceil((2 * radius + width) / width - 1e-9)];
        for (int i = 0; i < centers.length; i++) {
            centers[i] = middle - radius + i * width;
        }
        return best(sinogram, rows, columns, centers);
    }

    private double best(float[] sinogram, int rows, int columns, double[] centers) throws InterruptedException {
        Metric metric = new Metric(sinogram, rows, columns);
        double[] values = new double[centers.length];
        threads.forEach(centers.length, (from, to) -> {
            for (int i = from; i < to; i++) {
                values[i] = metric.at(2 * (centers[i] - (columns - 1) / 2.0));
            }
        });
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] < values[best]) {
                best = i;
            }
        }
        return centers[best];
    }

    private static float[] shrink(float[] sinogram, int rows, int columns) {
        int small = columns / SMALLER;
        float[] shrunk = new float[rows * small];
        for (int i = 0; i < rows; i++) {
            for (int x = 0; x < small * SMALLER; x++) {
                shrunk[i * small + x / SMALLER] += sinogram[i * columns + x] / SMALLER;
            }
        }
        return shrunk;
    }

    /** Gaussian, cut off at four sigma, borders mirrored. */
    static float[] smooth(float[] image, int rows, int columns, double sigmaRows, double sigmaColumns) {
        double[] vertical = gaussian(sigmaRows);
        double[] horizontal = gaussian(sigmaColumns);
        float[] result = new float[rows * columns];
        double[] line = new double[columns];
        for (int i = 0; i < rows; i++) {
            Arrays.fill(line, 0);
            for (int k = 0; k < vertical.length; k++) {
                int from = Mirror.of(i + k - vertical.length / 2, rows) * columns;
                double weight = vertical[k];
                for (int x = 0; x < columns; x++) {
                    line[x] += weight * image[from + x];
                }
            }
            for (int x = 0; x < columns; x++) {
                double sum = 0;
                for (int k = 0; k < horizontal.length; k++) {
                    sum += horizontal[k] * line[Mirror.of(x + k - horizontal.length / 2, columns)];
                }
                result[i * columns + x] = (float) sum;
            }
        }
        return result;
    }

    private static double[] gaussian(double sigma) {
        int radius = (int) (4 * sigma + 0.5);
        double[] weights = new double[2 * radius + 1];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.exp(-0.5 * (i - radius) * (i - radius) / (sigma * sigma));
            sum += weights[i];
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= sum;
        }
        return weights;
    }

    /** How much lies within the double wedge, for one sinogram. */
    private static final class Metric {

        private final float[] sinogram;
        private final int rows;
        private final int columns;
        private final DoubleFFT_1D along;
        private final DoubleFFT_1D across;

        /** Spline coefficients of each row of the mirrored sinogram. */
        private final double[] splines;

        /** How often the frequency (row, column), columns not negative, counts; the rest is its mirror image. */
        private final byte[][] counts;

        /** The rows of the sinogram itself, transformed: {@code [row][column frequency]}, complex. */
        private final double[][] upper;

        Metric(float[] sinogram, int rows, int columns) {
            this.sinogram = sinogram;
            this.rows = rows;
            this.columns = columns;
            along = new DoubleFFT_1D(columns);
            across = new DoubleFFT_1D(2L * rows);
            counts = counts(2 * rows, columns);
            splines = new double[rows * columns];
            upper = new double[rows][];
            double[] line = new double[columns];
            for (int i = 0; i < rows; i++) {
                for (int x = 0; x < columns; x++) {
                    line[x] = sinogram[i * columns + x];
                }
                upper[i] = transformed(line);
                for (int x = 0; x < columns; x++) {
                    splines[i * columns + x] = sinogram[i * columns + columns - 1 - x];
                }
                toSpline(splines, i * columns, columns);
            }
        }

        /** The frequencies that count, along the columns: from 0 up to the widest part of the wedge. */
        private double[] transformed(double[] line) {
            double[] full = new double[2 * columns];
            System.arraycopy(line, 0, full, 0, columns);
            along.realForwardFull(full);
            return Arrays.copyOf(full, 2 * counts.length);
        }

        double at(double shift) {
            double[][] lower = new double[rows][];
            double[] line = new double[columns];
            for (int i = 0; i < rows; i++) {
                shifted(i, shift, line);
                lower[i] = transformed(line);
            }
            double sum = 0;
            double[] spectrum = new double[4 * rows];
            for (int column = 0; column < counts.length; column++) {
                for (int i = 0; i < rows; i++) {
                    spectrum[2 * i] = upper[i][2 * column];
                    spectrum[2 * i + 1] = upper[i][2 * column + 1];
                    spectrum[2 * (rows + i)] = lower[i][2 * column];
                    spectrum[2 * (rows + i) + 1] = lower[i][2 * column + 1];
                }
                across.complexForward(spectrum);
                byte[] weights = counts[column];
                for (int i = 0; i < 2 * rows; i++) {
                    if (weights[i] > 0) {
                        double re = spectrum[2 * i];
                        double im = spectrum[2 * i + 1];
                        sum += weights[i] * Math.sqrt(re * re + im * im);
                    }
                }
            }
            return sum / (2.0 * rows * columns);
        }

        /** The mirrored row, moved; where nothing of it is, the row from the other end of the turn stands in. */
        private void shifted(int row, double shift, double[] line) {
            int whole = (int) Math.floor(shift);
            double part = shift - whole;
            // value at x is that at x - shift, which lies between x - whole - 1 and x - whole
            double t = 1 - part;
            double[] weights = part == 0
                    ? new double[] {0, 0, 1, 0}
                    : new double[] {
                        (1 - t) * (1 - t) * (1 - t) / 6,
                        (4 - 6 * t * t + 3 * t * t * t) / 6,
                        (1 + 3 * t + 3 * t * t - 3 * t * t * t) / 6,
                        t * t * t / 6
                    };
            int other = (rows - 1 - row) * columns;
            int edge = (int) (shift >= 0 ? Math.ceil(shift) : Math.floor(shift));
            for (int x = 0; x < columns; x++) {
                if (shift >= 0 ? x < edge : x >= columns + edge) {
                    line[x] = sinogram[other + x];
                } else if (part == 0) {
                    line[x] = sinogram[row * columns + columns - 1 - (x - whole)];
                } else {
                    double sum = 0;
                    for (int k = 0; k < 4; k++) {
                        int from = x - whole - 2 + k;
                        from = from < 0 ? -from : from >= columns ? 2 * columns - 2 - from : from;
                        sum += weights[k] * splines[row * columns + from];
                    }
                    line[x] = sum;
                }
            }
        }

        /** From values to the coefficients of the cubic spline through them (Unser, 1999), mirrored at the end values. */
        private static void toSpline(double[] values, int at, int length) {
            if (length < 2) {
                return;
            }
            double pole = Math.sqrt(3) - 2;
            int horizon = Math.min(length, 40);
            double first = values[at];
            double power = pole;
            for (int i = 1; i < horizon; i++) {
                first += power * values[at + i];
                power *= pole;
            }
            values[at] = first;
            for (int i = 1; i < length; i++) {
                values[at + i] += pole * values[at + i - 1];
            }
            values[at + length - 1] =
                    pole / (pole * pole - 1) * (values[at + length - 1] + pole * values[at + length - 2]);
            for (int i = length - 2; i >= 0; i--) {
                values[at + i] = pole * (values[at + i + 1] - values[at + i]);
            }
            for (int i = 0; i < length; i++) {
                values[at + i] *= 6;
            }
        }

        /**
         * The mask of the peers, equation 3 of the paper, folded onto the columns' frequencies from 0 up: the spectrum of
         * real values is as large at the opposite frequency.
         *
         * @return {@code [column frequency][row frequency]}, as many columns as have any
         */
        private static byte[][] counts(int height, int width) {
            double radius = 0.5 * RATIO * width;
            double slope = (height - 1.0) / (height * 2.0 * Math.PI) / radius * width;
            int centerRow = (height + 1) / 2 - 1;
            int centerColumn = (width + 1) / 2 - 1;
            int drop = Math.min(DROP, (int) Math.ceil(0.1 * height));
            byte[][] counts = new byte[width / 2 + 1][height];
            int most = 0;
            for (int i = 0; i < height; i++) {
                if (Math.abs(i - centerRow) <= drop) {
                    continue;
                }
                int reach = (int) Math.rint(Math.abs(i - centerRow) * slope);
                for (int k = Math.max(0, centerColumn - reach); k <= Math.min(width - 1, centerColumn + reach); k++) {
                    if (Math.abs(k - centerColumn) <= 1) {
                        continue;
                    }
                    // after the peers' shift, frequency 0 stands at height / 2 and width / 2
                    int row = Math.floorMod(i - height / 2, height);
                    int column = Math.floorMod(k - width / 2, width);
                    if (column > width / 2) {
                        column = width - column;
                        row = Math.floorMod(-row, height);
                    }
                    counts[column][row]++;
                    most = Math.max(most, column + 1);
                }
            }
            return Arrays.copyOf(counts, Math.max(1, most));
        }
    }
}
