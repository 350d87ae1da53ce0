package org.lightpipe.gpu.tomography;

import java.util.concurrent.atomic.AtomicInteger;
import org.jtransforms.fft.FloatFFT_1D;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;

/**
 * Phase retrieval from a single distance, by a low-pass filter on each projection, in the conventions of tomopy and
 * tomocupy: projections are continued by their edges to a power of two, and the filter is 1 where it is largest. Frequencies
 * are the peers', who count them from one half where their number is even and keep the real part of the result.
 */
final class PhaseRetrieval {

    /** ħc in keV·cm, times 2π: the wavelength times the energy. */
    private static final double WAVELENGTH_ENERGY = 2 * Math.PI * 6.58211928e-19 * 2.99792458e10;

    private static final double CM_PER_UM = 1e-4;
    private static final double CM_PER_MM = 0.1;

    /** Columns that pass through the transform together, so that each line of the processor's cache is fetched once. */
    private static final int TOGETHER = 8;

    private final double pixel;
    private final double reach;
    private final boolean cosines;
    private final double constant;
    private final double factor;

    /** All filters here are 1 / (constant + factor (g(fx) + g(fy))), g the square or the cosine. */
    private PhaseRetrieval(double pixel, double reach, boolean cosines, double constant, double factor) {
        this.pixel = pixel;
        this.reach = reach;
        this.cosines = cosines;
        this.constant = constant;
        this.factor = factor;
    }

    /**
     * Paganin, Mayo, Gureyev, Miller, Wilkins: Journal of Microscopy 206, 33 (2002): {@code 1 / (λ d w² / 4π + α)}.
     *
     * @param energy in keV
     * @param distance from the sample to the detector in mm
     * @param pixelSize in µm
     * @param alpha regularisation
     */
    static PhaseRetrieval paganin(double energy, double distance, double pixelSize, double alpha) {
        double spread = WAVELENGTH_ENERGY / energy * distance * CM_PER_MM;
        double pixel = pixelSize * CM_PER_UM;
        return new PhaseRetrieval(pixel, Math.PI * spread / (pixel * pixel), false, alpha, spread / (4 * Math.PI));
    }

    /**
     * Paganin and others: Journal of Physics D 53, 2020, the generalised form for fine features:
     * {@code 1 / (1 - 2 (δ/β) λ d (cos kx + cos ky - 2) / 4πW²)}.
     *
     * @param energy in keV
     * @param distance from the sample to the detector in mm
     * @param pixelSize in µm
     * @param deltaBeta δ/β of the sample
     * @param width of the finest feature in µm
     */
    static PhaseRetrieval generalised(
            double energy, double distance, double pixelSize, double deltaBeta, double width) {
        double spread = WAVELENGTH_ENERGY / energy * distance * CM_PER_MM;
        double pixel = pixelSize * CM_PER_UM;
        double w = width * CM_PER_UM;
        double strength = 2 * deltaBeta * spread / (4 * Math.PI) / (w * w);
        return new PhaseRetrieval(pixel, Math.PI * spread / (pixel * pixel), true, 1 + 2 * strength, -strength);
    }

    /**
     * Filters projections in place.
     *
     * @param values {@code [projection][row][column]} of transmission
     * @param count how many
     */
    void apply(float[] values, int count, int rows, int columns, WorkPool threads) throws InterruptedException {
        Grid grid = new Grid(rows, columns);
        int pairs = (count + 1) / 2;
        long side = Math.max(1, Memory.share(4) / (8L * grid.height * grid.width));
        int lanes = (int) Math.min(pairs, side);
        AtomicInteger next = new AtomicInteger();
        threads.forEach(lanes, (from, to) -> {
            float[] work = new float[2 * grid.height * grid.width];
            for (int pair = next.getAndIncrement(); pair < pairs; pair = next.getAndIncrement()) {
                grid.apply(values, 2 * pair, Math.min(2 * pair + 1, count - 1), work);
            }
        });
    }

    /** @return whether a padded projection fits an array */
    boolean fits(int rows, int columns) {
        long values = 2L * padded(rows) * padded(columns);
        return values < Integer.MAX_VALUE - 8 && 4 * values < Memory.share(2);
    }

    private int padded(int length) {
        int wanted = length + (int) Math.min(1 << 24, Math.ceil(reach));
        int power = Integer.highestOneBit(wanted - 1) * 2;
        return length + 2 * ((power - length) / 2);
    }

    /** The filter for one shape of projections. */
    private final class Grid {

        private final int rows;
        private final int columns;
        private final int height;
        private final int width;
        private final int top;
        private final int left;
        private final FloatFFT_1D along;
        private final FloatFFT_1D across;
        private final double[] x;
        private final double[] y;
        private final double largest;

        Grid(int rows, int columns) {
            this.rows = rows;
            this.columns = columns;
            height = padded(rows);
            width = padded(columns);
            top = (height - rows) / 2;
            left = (width - columns) / 2;
            along = new FloatFFT_1D(width);
            across = new FloatFFT_1D(height);
            x = terms(width);
            y = terms(height);
            largest = 1 / (constant + factor * (x[0] + y[0]));
        }

        private double[] terms(int length) {
            double[] terms = new double[length];
            for (int k = 0; k < length; k++) {
                int signed = 2 * k < length ? k : k - length;
                double frequency = (signed + (length % 2 == 0 ? 0.5 : 0)) / (Math.max(1, length - 1) * pixel);
                terms[k] = cosines ? Math.cos(2 * Math.PI * frequency * pixel) : frequency * frequency;
            }
            return terms;
        }

        /** The filter at a frequency and at its opposite, in the mean: what the real part of the result has seen. */
        private float at(int row, int column) {
            double one = 1 / (constant + factor * (x[column] + y[row]));
            double other = 1 / (constant + factor * (x[(width - column) % width] + y[(height - row) % height]));
            return (float) (0.5 * (one + other) / largest);
        }

        /** The filter is real and even: two projections pass as one complex one. */
        void apply(float[] values, int one, int two, float[] work) {
            for (int row = 0; row < rows; row++) {
                int start = 2 * (top + row) * width;
                load(values, (one * rows + row) * columns, work, start);
                load(values, (two * rows + row) * columns, work, start + 1);
                along.complexForward(work, start);
            }
            for (int row = 0; row < height; row++) {
                int edge = Math.max(top, Math.min(top + rows - 1, row));
                if (edge != row) {
                    System.arraycopy(work, 2 * edge * width, work, 2 * row * width, 2 * width);
                }
            }
            filter(work);
            for (int row = 0; row < rows; row++) {
                int start = 2 * (top + row) * width;
                along.complexInverse(work, start, true);
                for (int column = 0; column < columns; column++) {
                    values[(two * rows + row) * columns + column] = work[start + 2 * (left + column) + 1];
                    values[(one * rows + row) * columns + column] = work[start + 2 * (left + column)];
                }
            }
        }

        private void load(float[] values, int from, float[] work, int to) {
            for (int column = 0; column < width; column++) {
                int edge = Math.max(0, Math.min(columns - 1, column - left));
                work[to + 2 * column] = values[from + edge];
            }
        }

        private void filter(float[] work) {
            float[][] lines = new float[TOGETHER][2 * height];
            for (int first = 0; first < width; first += TOGETHER) {
                int count = Math.min(TOGETHER, width - first);
                for (int row = 0; row < height; row++) {
                    for (int i = 0; i < count; i++) {
                        int from = 2 * (row * width + first + i);
                        lines[i][2 * row] = work[from];
                        lines[i][2 * row + 1] = work[from + 1];
                    }
                }
                for (int i = 0; i < count; i++) {
                    filter(lines[i], first + i);
                }
                for (int row = 0; row < height; row++) {
                    for (int i = 0; i < count; i++) {
                        int to = 2 * (row * width + first + i);
                        work[to] = lines[i][2 * row];
                        work[to + 1] = lines[i][2 * row + 1];
                    }
                }
            }
        }

        private void filter(float[] line, int column) {
            across.complexForward(line);
            for (int row = 0; row < height; row++) {
                float gain = at(row, column);
                line[2 * row] *= gain;
                line[2 * row + 1] *= gain;
            }
            across.complexInverse(line, true);
        }
    }
}
