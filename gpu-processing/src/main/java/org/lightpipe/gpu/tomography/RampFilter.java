package org.lightpipe.gpu.tomography;

import java.util.Arrays;

/**
 * The filter of filtered back projection, as factors on the spectrum of a padded projection.
 *
 * <p>Factors {@code |f|} at the frequencies of the transform would shift the grey level, because the integral over the
 * frequencies is not their sum. As in tomocupy they are the weights of a quadrature instead: 12-point Lagrange
 * polynomials over panels that overlap, integrated exactly with the weight {@code |f|}.
 */
final class RampFilter {

    /** The points of a panel. */
    private static final int NODES = 12;

    /** So many of the highest frequencies follow the straight line: few panels overlap there. */
    private static final int STRAIGHT = 40;

    private static final int SHORTEST = 128;

    private RampFilter() {}

    /**
     * @return the length to which projections are padded with their end values: at least three widths, so that a
     *     projection that does not end at zero meets its other end far away
     */
    static int paddedLength(int columns) {
        int length = SHORTEST;
        while (length < 3L * columns) {
            length *= 2;
        }
        return length;
    }

    /**
     * @param scale a factor on all of them
     * @return the factors at {@code 0, 1/length, …, 1/2} cycles per column, for transforms that are not scaled
     */
    static float[] factors(FilterWindow window, int length, double scale) {
        double[] ramp = window == FilterWindow.NONE ? flat(length) : ramp(length);
        float[] factors = new float[length / 2 + 1];
        for (int k = 0; k < factors.length; k++) {
            factors[k] = (float) (ramp[k] * window.at(k / (double) length) * scale / length);
        }
        return factors;
    }

    private static double[] flat(int length) {
        double[] flat = new double[length / 2 + 1];
        Arrays.fill(flat, 1);
        return flat;
    }

    private static double[] ramp(int length) {
        double[] ramp = weights(length / 2 + 1, 1.0 / length);
        for (int k = 0; k < ramp.length; k++) {
            ramp[k] = Math.max(0, ramp[k] * length);
        }
        // the frequency zero stands at the end of both halves of the spectrum
        ramp[0] *= 2;
        return ramp;
    }

    /** The weights of {@code ∫ t g(t) dt} from 0 on, for g at {@code 0, step, 2 step, …}. */
    private static double[] weights(int points, double step) {
        double[][] moments = new double[NODES][];
        double[][] powers = new double[NODES][NODES];
        for (int power = 0; power < NODES; power++) {
            moments[power] = moments(power);
            for (int node = 0; node < NODES; node++) {
                powers[power][node] = Math.pow(node / (NODES - 1.0), power);
            }
        }
        double[][] panel = solve(powers, moments);
        double width = (NODES - 1) * step;
        int intervals = points - 1;
        double[] weights = new double[points];
        for (int first = 0; first + NODES <= points; first++) {
            for (int k = 0; k < NODES - 1; k++) {
                int interval = first + k;
                int panels = Math.min(Math.min(interval + 1, NODES - 1), intervals - interval);
                for (int node = 0; node < NODES; node++) {
                    double constant = panel[node][k];
                    double linear = panel[node][k + NODES - 1];
                    weights[first + node] += (width * first * step * constant + width * width * linear) / panels;
                }
            }
        }
        int from = points - STRAIGHT;
        double slope = weights[from] / from;
        for (int k = from; k < points; k++) {
            weights[k] = slope * k;
        }
        return weights;
    }

    /** The integrals of {@code s^power} and of {@code s^(power+1)} over the parts between the nodes of 0 to 1. */
    private static double[] moments(int power) {
        double[] moments = new double[2 * (NODES - 1)];
        for (int k = 0; k < NODES - 1; k++) {
            double low = k / (NODES - 1.0);
            double high = (k + 1) / (NODES - 1.0);
            moments[k] = (Math.pow(high, power + 1) - Math.pow(low, power + 1)) / (power + 1);
            moments[k + NODES - 1] = (Math.pow(high, power + 2) - Math.pow(low, power + 2)) / (power + 2);
        }
        return moments;
    }

    /** Gauss and Jordan, with the largest pivot; both arguments are used up. */
    private static double[][] solve(double[][] matrix, double[][] right) {
        int size = matrix.length;
        for (int column = 0; column < size; column++) {
            int pivot = column;
            for (int row = column + 1; row < size; row++) {
                if (Math.abs(matrix[row][column]) > Math.abs(matrix[pivot][column])) {
                    pivot = row;
                }
            }
            swap(matrix, column, pivot);
            swap(right, column, pivot);
            double factor = 1 / matrix[column][column];
            scale(matrix[column], factor);
            scale(right[column], factor);
            for (int row = 0; row < size; row++) {
                if (row != column) {
                    double times = matrix[row][column];
                    subtract(matrix[row], matrix[column], times);
                    subtract(right[row], right[column], times);
                }
            }
        }
        return right;
    }

    private static void swap(double[][] rows, int one, int two) {
        double[] row = rows[one];
        rows[one] = rows[two];
        rows[two] = row;
    }

    private static void scale(double[] row, double factor) {
        for (int i = 0; i < row.length; i++) {
            row[i] *= factor;
        }
    }

    private static void subtract(double[] row, double[] other, double times) {
        for (int i = 0; i < row.length; i++) {
            row[i] -= times * other[i];
        }
    }
}
