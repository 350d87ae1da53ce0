package org.lightpipe.gpu.xpcs;

import java.util.Arrays;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;

/** Products on the threads of this machine: four times by six pixels at once, floats moved to doubles early. */
final class JavaPanelProduct implements PanelProduct {

    private static final int ROWS = 4;
    private static final int PIXELS = 6;

    /** Sums of so many products stay floats, a multiple of six: their rounding is some 1e-6 at worst. */
    private static final int FLOATS = 252;

    private final WorkPool threads;
    private final int length;
    private double[][] panel = new double[0][];

    /** @param length of a block; a multiple of four */
    JavaPanelProduct(WorkPool threads, int length) {
        this.threads = threads;
        this.length = length;
    }

    @Override
    public int pixelsAtOnce() {
        return (int) Math.max(FLOATS, Math.min(1 << 20, Memory.share(8) / (8L * length) / FLOATS * FLOATS));
    }

    @Override
    public void begin(int rows, int columns) {
        if (panel.length != rows || panel[0].length < columns) {
            panel = new double[rows][columns];
        } else {
            for (double[] row : panel) {
                Arrays.fill(row, 0);
            }
        }
    }

    @Override
    public void add(float[][] a, float[][] b, int column) throws InterruptedException {
        float[][] wholeA = filledUp(a);
        float[][] wholeB = a == b ? wholeA : filledUp(b);
        threads.forEach(panel.length / ROWS, (low, high) -> {
            Rows rows = new Rows();
            // so few pixels stay in the cache for all rows
            for (int from = 0; from < wholeA.length; from += FLOATS) {
                int to = Math.min(wholeA.length, from + FLOATS);
                for (int i = low; i < high; i++) {
                    rows.add(wholeA, wholeB, from, to, i * ROWS, column);
                }
            }
        });
    }

    /** Pixels of zeros make the number a multiple of six. */
    private float[][] filledUp(float[][] series) {
        int rest = series.length % PIXELS;
        if (rest == 0) {
            return series;
        }
        float[][] filled = Arrays.copyOf(series, series.length + PIXELS - rest);
        Arrays.fill(filled, series.length, filled.length, new float[length]);
        return filled;
    }

    /** Four rows of the panel. */
    private final class Rows {

        private final float[][] sums = new float[ROWS][length];
        private final float[] factors = new float[ROWS * PIXELS];

        void add(float[][] a, float[][] b, int from, int to, int row, int column) {
            for (int p = from; p < to; p += PIXELS) {
                for (int k = 0; k < PIXELS; k++) {
                    float[] series = a[p + k];
                    for (int i = 0; i < ROWS; i++) {
                        factors[i * PIXELS + k] = series[row + i];
                    }
                }
                Kernels.rankSix(length, factors, b, p, sums);
            }
            for (int i = 0; i < ROWS; i++) {
                Kernels.move(length, sums[i], panel[row + i], column);
            }
        }
    }

    @Override
    public double[][] end() {
        return panel;
    }

    @Override
    public void close() {
        // nothing but memory of the heap
    }
}
