package org.lightpipe.gpu;

/**
 * Complex FFT of a power-of-two length, in place, radix 2 (Cooley and Tukey). The lengths here are a few thousand and
 * the back projection costs a hundred times more, so that a library would add megabytes and save nothing. Thread-safe.
 */
final class Fft {

    private final int length;
    private final double[] cosine;
    private final double[] sine;

    Fft(int length) {
        if (Integer.bitCount(length) != 1) {
            throw new IllegalArgumentException("the length must be a power of two, not " + length);
        }
        this.length = length;
        cosine = new double[length / 2];
        sine = new double[length / 2];
        for (int i = 0; i < length / 2; i++) {
            cosine[i] = Math.cos(2 * Math.PI * i / length);
            sine[i] = Math.sin(2 * Math.PI * i / length);
        }
    }

    int length() {
        return length;
    }

    /** Forward transform, {@code exp(-2πi jk/n)}, not scaled. */
    void forward(double[] real, double[] imaginary) {
        reorder(real, imaginary);
        for (int half = 1; half < length; half *= 2) {
            int step = length / (2 * half);
            for (int start = 0; start < length; start += 2 * half) {
                for (int i = 0; i < half; i++) {
                    int low = start + i;
                    int high = low + half;
                    double c = cosine[i * step];
                    double s = sine[i * step];
                    double r = real[high] * c + imaginary[high] * s;
                    double m = imaginary[high] * c - real[high] * s;
                    real[high] = real[low] - r;
                    imaginary[high] = imaginary[low] - m;
                    real[low] += r;
                    imaginary[low] += m;
                }
            }
        }
    }

    /** Inverse transform, scaled by 1/n. */
    void inverse(double[] real, double[] imaginary) {
        forward(imaginary, real);
        for (int i = 0; i < length; i++) {
            real[i] /= length;
            imaginary[i] /= length;
        }
    }

    private void reorder(double[] real, double[] imaginary) {
        int shift = Integer.numberOfLeadingZeros(length) + 1;
        for (int i = 1; i < length - 1; i++) {
            int j = Integer.reverse(i) >>> shift;
            if (i < j) {
                double r = real[i];
                real[i] = real[j];
                real[j] = r;
                double m = imaginary[i];
                imaginary[i] = imaginary[j];
                imaginary[j] = m;
            }
        }
    }
}
