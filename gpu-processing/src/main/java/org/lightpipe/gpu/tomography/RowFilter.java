package org.lightpipe.gpu.tomography;

import org.lightpipe.gpu.core.WorkPool;

/** Filters projections on the processor, two rows of an image in one complex transform. */
final class RowFilter {

    private final int columns;
    private final HostFft fft;

    /** One for each float of a spectrum, interleaved as that is. */
    private final float[] factors;

    private final WorkPool pool;

    /** @param scale a factor on everything */
    RowFilter(FilterWindow window, int columns, double scale, WorkPool pool) {
        this.columns = columns;
        this.fft = new HostFft(RampFilter.paddedLength(columns));
        this.pool = pool;
        float[] half = RampFilter.factors(window, fft.length(), scale);
        factors = new float[2 * fft.length()];
        for (int k = 0; k < fft.length(); k++) {
            factors[2 * k] = half[Math.min(k, fft.length() - k)];
            factors[2 * k + 1] = factors[2 * k];
        }
    }

    /**
     * Filters the rows of images.
     *
     * @param from {@code [image][row][column]}, from index {@code at} on
     * @param into likewise, from 0 on
     */
    void apply(float[] from, int at, int images, int rows, float[] into) throws InterruptedException {
        int pairs = (rows + 1) / 2;
        pool.forEach(images * pairs, (first, end) -> {
            float[] spectrum = new float[2 * fft.length()];
            for (int pair = first; pair < end; pair++) {
                // a pair never joins two images: what is wrong with one must not reach the other
                int image = pair / pairs;
                int one = 2 * (pair % pairs);
                int two = Math.min(one + 1, rows - 1);
                int start = (image * rows + one) * columns;
                int next = (image * rows + two) * columns;
                pad(from, at + start, spectrum, 0);
                pad(from, at + next, spectrum, 1);
                fft.forward(spectrum);
                for (int i = 0; i < spectrum.length; i++) {
                    spectrum[i] *= factors[i];
                }
                fft.backward(spectrum);
                crop(spectrum, 1, into, next);
                crop(spectrum, 0, into, start);
            }
        });
    }

    private int before() {
        return (fft.length() - columns) / 2;
    }

    private void pad(float[] row, int at, float[] spectrum, int part) {
        int before = before();
        float left = row[at];
        float right = row[at + columns - 1];
        for (int i = 0; i < before; i++) {
            spectrum[2 * i + part] = left;
        }
        for (int i = 0; i < columns; i++) {
            spectrum[2 * (before + i) + part] = row[at + i];
        }
        for (int i = before + columns; i < fft.length(); i++) {
            spectrum[2 * i + part] = right;
        }
    }

    private void crop(float[] spectrum, int part, float[] row, int at) {
        int before = before();
        for (int i = 0; i < columns; i++) {
            row[at + i] = spectrum[2 * (before + i) + part];
        }
    }
}
