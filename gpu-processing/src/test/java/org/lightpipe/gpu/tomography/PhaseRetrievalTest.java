package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PhaseRetrievalTest {

    private static final int ROWS = 6;
    private static final int COLUMNS = 10;
    private static final double ENERGY = 20;
    private static final double DISTANCE = 10;
    private static final double PIXEL = 2;
    private static final double ALPHA = 0.01;

    /** The wavelength in cm, from 12.398 keV Å. */
    private static final double LAMBDA = 12.39842e-8 / ENERGY;

    private static float[] noise(int projections) {
        Random random = new Random(2);
        float[] values = new float[projections * ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    /** The formula of the peers, transformed the slow way. */
    private static double[] slowly(float[] values, int at) {
        int reach = (int) Math.ceil(Math.PI * LAMBDA * DISTANCE / 10 / (PIXEL * 1e-4 * PIXEL * 1e-4));
        int height = powerOfTwo(ROWS + reach);
        int width = powerOfTwo(COLUMNS + reach);
        int top = (height - ROWS) / 2;
        int left = (width - COLUMNS) / 2;
        double[][] image = new double[height][width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int row = Math.max(0, Math.min(ROWS - 1, y - top));
                int column = Math.max(0, Math.min(COLUMNS - 1, x - left));
                image[y][x] = values[at + row * COLUMNS + column];
            }
        }
        double[] result = new double[ROWS * COLUMNS];
        double largest = filter(height / 2, width / 2, height, width);
        for (int ky = 0; ky < height; ky++) {
            for (int kx = 0; kx < width; kx++) {
                double re = 0;
                double im = 0;
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width; x++) {
                        double phase = -2 * Math.PI * ((double) ky * y / height + (double) kx * x / width);
                        re += image[y][x] * Math.cos(phase);
                        im += image[y][x] * Math.sin(phase);
                    }
                }
                // fftshift: the frequency k stands at k + n/2
                double gain = filter((ky + height / 2) % height, (kx + width / 2) % width, height, width) / largest;
                for (int row = 0; row < ROWS; row++) {
                    for (int column = 0; column < COLUMNS; column++) {
                        double phase = 2
                                * Math.PI
                                * ((double) ky * (row + top) / height + (double) kx * (column + left) / width);
                        result[row * COLUMNS + column] +=
                                gain * (re * Math.cos(phase) - im * Math.sin(phase)) / (height * width);
                    }
                }
            }
        }
        return result;
    }

    private static int powerOfTwo(int least) {
        int power = 1;
        while (power < least) {
            power *= 2;
        }
        return power;
    }

    private static double filter(int i, int k, int height, int width) {
        double fy = (2 * i - (height - 1)) * 0.5 / ((height - 1) * PIXEL * 1e-4);
        double fx = (2 * k - (width - 1)) * 0.5 / ((width - 1) * PIXEL * 1e-4);
        return 1 / (LAMBDA * DISTANCE / 10 * (fx * fx + fy * fy) / (4 * Math.PI) + ALPHA);
    }

    @Test
    void paganinsIsTheFormula() throws Exception {
        float[] values = noise(3);
        float[] before = values.clone();
        PhaseRetrieval.paganin(ENERGY, DISTANCE, PIXEL, ALPHA).apply(values, 3, ROWS, COLUMNS, Places.threads());
        for (int projection = 0; projection < 3; projection++) {
            double[] expected = slowly(before, projection * ROWS * COLUMNS);
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) values[projection * ROWS * COLUMNS + i]).isCloseTo(expected[i], within(2e-5));
            }
        }
        assertThat(values).isNotEqualTo(before);
    }

    @Test
    void anEvenBeamStaysAsItIs() throws Exception {
        for (PhaseRetrieval phase : new PhaseRetrieval[] {
            PhaseRetrieval.paganin(ENERGY, DISTANCE, PIXEL, 1e-4),
            PhaseRetrieval.generalised(ENERGY, DISTANCE, PIXEL, 1000, 2)
        }) {
            float[] values = new float[2 * ROWS * COLUMNS];
            Arrays.fill(values, 0, ROWS * COLUMNS, 0.7f);
            Arrays.fill(values, ROWS * COLUMNS, values.length, 0.2f);
            phase.apply(values, 2, ROWS, COLUMNS, Places.threads());
            for (int i = 0; i < values.length; i++) {
                assertThat(values[i]).isCloseTo(i < ROWS * COLUMNS ? 0.7f : 0.2f, within(1e-5f));
            }
        }
    }

    @Test
    void bothSmoothTheFinest() throws Exception {
        for (PhaseRetrieval phase : new PhaseRetrieval[] {
            PhaseRetrieval.paganin(ENERGY, DISTANCE, PIXEL, 1e-4),
            PhaseRetrieval.generalised(ENERGY, DISTANCE, PIXEL, 1000, 2)
        }) {
            float[] values = new float[ROWS * COLUMNS];
            for (int i = 0; i < values.length; i++) {
                values[i] = (i % COLUMNS + i / COLUMNS) % 2;
            }
            phase.apply(values, 1, ROWS, COLUMNS, Places.threads());
            float low = Float.MAX_VALUE;
            float high = -Float.MAX_VALUE;
            for (int row = 2; row < 4; row++) {
                for (int x = 3; x < 7; x++) {
                    low = Math.min(low, values[row * COLUMNS + x]);
                    high = Math.max(high, values[row * COLUMNS + x]);
                }
            }
            assertThat(high - low).isLessThan(0.2f);
        }
    }
}
