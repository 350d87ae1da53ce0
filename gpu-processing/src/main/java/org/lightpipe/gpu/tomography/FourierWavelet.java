package org.lightpipe.gpu.tomography;

import java.util.Arrays;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * Stripe removal by combined wavelet and Fourier filtering (Münch, Trtik, Marone, Stampanoni: Optics Express 17, 8567,
 * 2009): what changes from column to column but not with the angle, on any scale, is damped by
 * {@code 1 - exp(-y² / 2σ²)}, y the frequency along the angle. As tomopy and tomocupy do it: the peers count the
 * frequencies from one half where their number is even, and only the real part of the result is kept, which is the same as
 * damping by the mean of the factors for y and -y.
 */
final class FourierWavelet implements SinogramFilter {

    private final Wavelet wavelet;
    private final int levels;
    private final double sigma;
    private final boolean pad;

    /**
     * @param levels of the wavelet transform; 0 = as many as double the longer side
     * @param sigma of the damping, in frequencies
     * @param pad whether zeros are put before the first and behind the last projection, an eighth in all
     */
    FourierWavelet(Wavelet wavelet, int levels, double sigma, boolean pad) {
        this.wavelet = wavelet;
        this.levels = levels;
        this.sigma = sigma;
        this.pad = pad;
    }

    @Override
    public void apply(float[] values, int at, int projections, int columns) {
        int rows = pad ? projections + projections / 8 : projections;
        int before = (rows - projections) / 2;
        int depth = levels > 0 ? levels : log2(Math.max(projections, columns));
        float[] image = new float[rows * columns];
        System.arraycopy(values, at, image, before * columns, projections * columns);

        Wavelet.Parts[] parts = new Wavelet.Parts[depth];
        int height = rows;
        int width = columns;
        for (int level = 0; level < depth; level++) {
            Wavelet.Parts part = wavelet.analyse(image, height, width);
            damp(part.ad(), part.rows(), part.columns());
            parts[level] = part;
            image = part.aa();
            height = part.rows();
            width = part.columns();
        }
        for (int level = depth - 1; level >= 0; level--) {
            image = wavelet.synthesise(image, width, parts[level]);
            width = wavelet.whole(parts[level].columns());
            // not needed any more, and large
            parts[level] = null;
        }
        for (int row = 0; row < projections; row++) {
            System.arraycopy(image, (before + row) * width, values, at + row * columns, columns);
        }
    }

    @Override
    public long bytes(int projections, int columns) {
        // the image, its halves and its quarters at a time
        return 14L * projections * columns;
    }

    private static int log2(int size) {
        return 32 - Integer.numberOfLeadingZeros(size - 1);
    }

    /** Two columns pass through one complex transform: the factors are real and even, so that they do not mix. */
    private void damp(float[] band, int rows, int columns) {
        DoubleFFT_1D fft = new DoubleFFT_1D(rows);
        double[] factors = factors(rows);
        double[] pair = new double[2 * rows];
        for (int column = 0; column < columns; column += 2) {
            boolean two = column + 1 < columns;
            Arrays.fill(pair, 0);
            for (int row = 0; row < rows; row++) {
                pair[2 * row] = band[row * columns + column];
                pair[2 * row + 1] = two ? band[row * columns + column + 1] : 0;
            }
            fft.complexForward(pair);
            for (int row = 0; row < rows; row++) {
                pair[2 * row] *= factors[row];
                pair[2 * row + 1] *= factors[row];
            }
            fft.complexInverse(pair, true);
            for (int row = 0; row < rows; row++) {
                band[row * columns + column] = (float) pair[2 * row];
                if (two) {
                    band[row * columns + column + 1] = (float) pair[2 * row + 1];
                }
            }
        }
    }

    private double[] factors(int rows) {
        double offset = rows % 2 == 0 ? 0.5 : 0;
        double[] factors = new double[rows];
        for (int i = 0; i < rows; i++) {
            // frequencies 0 … ; the last half are the negative ones, the middle of an even number among them
            int frequency = 2 * i < rows ? i : i - rows;
            int opposite = 2 * i == rows ? frequency : -frequency;
            factors[i] = 0.5 * (damping(frequency + offset) + damping(opposite + offset));
        }
        return factors;
    }

    private double damping(double y) {
        return -Math.expm1(-y * y / (2 * sigma * sigma));
    }
}
