package org.lightpipe.gpu;

/**
 * Parallel-beam filtered back projection (Kak and Slaney, Principles of Computerized Tomographic Imaging, chapter 3):
 * each projection is convolved with the band-limited ramp, and every pixel sums what the projections show at its place,
 * linearly interpolated, times π / projections. Orientation and centre as tomopy's gridrec: the pixel at
 * {@code [n-1-y][x]} lies at {@code (x - n/2, y - n/2)} from the axis.
 */
final class FilteredBackProjection {

    private static final int FRACTION_BITS = 32;
    private static final double FRACTION = 1L << FRACTION_BITS;

    /** The bits of 1f: the fraction goes behind them as the mantissa. */
    private static final int ONE = 0x3f800000;

    /** What rounding of steps may add up to over the widest row, in columns; never reads beside the projection. */
    private static final double MARGIN = 1e-4;

    /** Rows that take one projection after the other, so that both stay in the processor's cache. */
    private static final int BLOCK_ROWS = 8;

    private final WorkPool pool;

    FilteredBackProjection(WorkPool pool) {
        this.pool = pool;
    }

    float[][] reconstruct(Sinogram sinogram, double center, FilterWindow window) throws InterruptedException {
        float[][] filtered = filter(sinogram, window);
        return backProject(filtered, sinogram.angles(), center);
    }

    private float[][] filter(Sinogram sinogram, FilterWindow window) throws InterruptedException {
        int columns = sinogram.columns();
        // twice the width, so that the circular convolution never wraps around
        Fft fft = new Fft(Math.max(4, Integer.highestOneBit(2 * columns - 1) * 2));
        double[] response = response(fft, window);
        float[][] filtered = new float[sinogram.projections()][columns];
        // the response is real and even: two real rows pass through one complex transform without mixing
        pool.forEach((filtered.length + 1) / 2, (from, to) -> {
            for (int pair = from; pair < to; pair++) {
                int first = 2 * pair;
                int second = Math.min(first + 1, filtered.length - 1);
                filterPair(sinogram.rows()[first], sinogram.rows()[second], fft, response, filtered, first, second);
            }
        });
        return filtered;
    }

    private static void filterPair(
            float[] one, float[] two, Fft fft, double[] response, float[][] filtered, int first, int second) {
        double[] real = new double[fft.length()];
        double[] imaginary = new double[fft.length()];
        for (int i = 0; i < one.length; i++) {
            real[i] = one[i];
            imaginary[i] = two[i];
        }
        fft.forward(real, imaginary);
        for (int i = 0; i < real.length; i++) {
            real[i] *= response[i];
            imaginary[i] *= response[i];
        }
        fft.inverse(real, imaginary);
        for (int i = 0; i < one.length; i++) {
            filtered[second][i] = (float) imaginary[i];
            filtered[first][i] = (float) real[i];
        }
    }

    /** The ramp is transformed from its samples in space: sampling |f| itself would shift the grey level. */
    private static double[] response(Fft fft, FilterWindow window) {
        int length = fft.length();
        double[] ramp = new double[length];
        ramp[0] = 0.25;
        for (int i = 1; i <= length / 2; i += 2) {
            ramp[i] = -1 / (Math.PI * Math.PI * i * i);
            ramp[length - i] = ramp[i];
        }
        fft.forward(ramp, new double[length]);
        for (int i = 0; i < length; i++) {
            ramp[i] *= window.at(Math.min(i, length - i) / (double) length);
        }
        return ramp;
    }

    private float[][] backProject(float[][] filtered, double[] angles, double center) throws InterruptedException {
        int size = filtered[0].length;
        double[] cosines = new double[angles.length];
        double[] sines = new double[angles.length];
        for (int i = 0; i < angles.length; i++) {
            cosines[i] = Math.cos(angles[i]);
            sines[i] = Math.sin(angles[i]);
        }
        float scale = (float) (Math.PI / angles.length);
        float[][] image = new float[size][size];
        pool.forEach((size + BLOCK_ROWS - 1) / BLOCK_ROWS, (from, to) -> {
            for (int block = from; block < to; block++) {
                int first = block * BLOCK_ROWS;
                int end = Math.min(first + BLOCK_ROWS, size);
                for (int i = 0; i < filtered.length; i++) {
                    for (int y = first; y < end; y++) {
                        double start = -cosines[i] * (size / 2) + sines[i] * (y - size / 2) + center;
                        addProjection(image[size - 1 - y], filtered[i], start, cosines[i]);
                    }
                }
                for (int y = first; y < end; y++) {
                    scale(image[size - 1 - y], scale);
                }
            }
        });
        return image;
    }

    private static void scale(float[] row, float factor) {
        for (int x = 0; x < row.length; x++) {
            row[x] *= factor;
        }
    }

    /**
     * Adds {@code projection(start + x * step)} to each {@code row[x]} that the projection covers. Places are counted in
     * 2⁻³² of a column, and the fraction becomes a float by its bits: conversions between numbers and floats made this
     * loop, where nearly all of the time goes, four times as slow.
     */
    private static void addProjection(float[] row, float[] projection, double start, double step) {
        int last = projection.length - 1;
        int from = firstCovered(row.length, start, step, last);
        int to = firstCovered(row.length, start + (row.length - 1) * step, -step, last);
        to = row.length - to;
        long place = Math.round((start + from * step) * FRACTION);
        long increment = Math.round(step * FRACTION);
        for (int x = from; x < to; x++) {
            int left = (int) (place >> FRACTION_BITS);
            float part = Float.intBitsToFloat((int) place >>> 9 | ONE) - 1;
            float value = projection[left];
            row[x] += value + part * (projection[left + 1] - value);
            place += increment;
        }
    }

    /** The first x of {@code 0..length} at which the place is safely between the first and the last column. */
    private static int firstCovered(int length, double start, double step, int last) {
        int x = 0;
        if (step != 0) {
            double edge = step > 0 ? -start / step : (last - start) / step;
            x = (int) Math.max(0, Math.min(length, Math.floor(edge) - 1));
        }
        while (x < length && !(start + x * step >= MARGIN && start + x * step <= last - MARGIN)) {
            x++;
        }
        return x;
    }
}
