package org.lightpipe.gpu.tomography;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * One level of the discrete wavelet transform with an orthogonal wavelet (Daubechies, Ten Lectures on Wavelets, 1992),
 * with half-point symmetric borders, in the conventions of PyWavelets: {@code c[k] = Σ h[j] x[2k + 1 - j]}.
 */
enum Wavelet {
    /** Haar. */
    HAAR(0.7071067811865476, 0.7071067811865476),
    /** Daubechies, extremal phase, 5 vanishing moments. */
    DB5(
            0.0033357252854737712,
            -0.012580751999081999,
            -0.006241490212798274,
            0.07757149384004572,
            -0.032244869584638375,
            -0.24229488706638203,
            0.13842814590132074,
            0.7243085284377729,
            0.6038292697971896,
            0.16010239797419293),
    /** Daubechies, least asymmetric, 5 vanishing moments. */
    SYM5(
            0.027333068345077982,
            0.029519490925774643,
            -0.039134249302383094,
            0.1993975339773936,
            0.7234076904024206,
            0.6339789634582119,
            0.01660210576452232,
            -0.17532808990845047,
            -0.021101834024758855,
            0.019538882735286728),
    /** Daubechies, least asymmetric, 16 vanishing moments. */
    SYM16(
            6.230006701220761e-06,
            -3.113556407621969e-06,
            -0.00010943147929529757,
            2.8078582128442894e-05,
            0.0008523547108047095,
            -0.0001084456223089688,
            -0.0038809122526038786,
            0.0007182119788317892,
            0.012666731659857348,
            -0.0031265171722710075,
            -0.031051202843553064,
            0.004869274404904607,
            0.032333091610663785,
            -0.06698304907021778,
            -0.034574228416972504,
            0.39712293362064416,
            0.7565249878756971,
            0.47534280601152273,
            -0.054040601387606135,
            -0.15959219218520598,
            0.03072113906330156,
            0.07803785290341991,
            -0.003510275068374009,
            -0.024952758046290123,
            0.001359844742484172,
            0.0069377611308027096,
            -0.00022211647621176323,
            -0.0013387206066921965,
            3.656592483348223e-05,
            0.00016545679579108483,
            -5.396483179315242e-06,
            -1.0797982104319795e-05);

    /** Four parts of an image: a = approximation, d = detail, first along the rows' axis, then along the columns'. */
    record Parts(int rows, int columns, float[] aa, float[] da, float[] ad, float[] dd) {}

    private final float[] low;
    private final float[] high;

    Wavelet(double... low) {
        int taps = low.length;
        this.low = new float[taps];
        this.high = new float[taps];
        for (int i = 0; i < taps; i++) {
            this.low[i] = (float) low[i];
            this.high[i] = (float) (i % 2 == 0 ? -low[taps - 1 - i] : low[taps - 1 - i]);
        }
    }

    static Optional<Wavelet> of(String option) {
        return Arrays.stream(values())
                .filter(wavelet -> wavelet.name().toLowerCase(Locale.ROOT).equals(option))
                .findFirst();
    }

    /** @return the length of each half of the transform of so many values */
    int half(int length) {
        return (length + low.length - 1) / 2;
    }

    /** Takes an image {@code [row][column]} apart. */
    Parts analyse(float[] image, int rows, int columns) {
        int halfColumns = half(columns);
        float[] a = new float[rows * halfColumns];
        float[] d = new float[rows * halfColumns];
        analyseColumns(image, rows, columns, a, d);
        int halfRows = half(rows);
        float[] aa = new float[halfRows * halfColumns];
        float[] da = new float[halfRows * halfColumns];
        float[] ad = new float[halfRows * halfColumns];
        float[] dd = new float[halfRows * halfColumns];
        analyseRows(a, rows, halfColumns, aa, da);
        analyseRows(d, rows, halfColumns, ad, dd);
        return new Parts(halfRows, halfColumns, aa, da, ad, dd);
    }

    /**
     * Puts an image together.
     *
     * @param approximation takes the place of the part aa; may have a row or column more, which is left out
     * @param width the columns of the approximation
     * @return {@code [row][column]}, of {@link #whole} rows and columns
     */
    float[] synthesise(float[] approximation, int width, Parts parts) {
        int columns = parts.columns();
        int rows = whole(parts.rows());
        float[] aa = approximation;
        if (width != columns) {
            aa = new float[parts.rows() * columns];
            for (int row = 0; row < parts.rows(); row++) {
                System.arraycopy(approximation, row * width, aa, row * columns, columns);
            }
        }
        float[] a = new float[rows * columns];
        float[] d = new float[rows * columns];
        synthesiseRows(aa, low, parts.rows(), columns, a);
        synthesiseRows(parts.da(), high, parts.rows(), columns, a);
        synthesiseRows(parts.ad(), low, parts.rows(), columns, d);
        synthesiseRows(parts.dd(), high, parts.rows(), columns, d);
        return synthesiseColumns(a, d, rows, columns);
    }

    /** @return how many values come out of halves of this length */
    int whole(int half) {
        return 2 * half - low.length + 2;
    }

    /** Along each row. The even and the odd columns lie apart, so that the loops over k run through memory. */
    private void analyseColumns(float[] image, int rows, int columns, float[] a, float[] d) {
        int taps = low.length;
        int half = half(columns);
        // index i of the halves is column 2i - taps (even) and 2i + 1 - taps (odd); taps is even
        int length = half + taps / 2 + 1;
        float[] even = new float[length];
        float[] odd = new float[length];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < length; i++) {
                even[i] = image[row * columns + Mirror.of(2 * i - taps, columns)];
                odd[i] = image[row * columns + Mirror.of(2 * i + 1 - taps, columns)];
            }
            int to = row * half;
            for (int j = 0; j < taps; j++) {
                // column 2k + 1 - j: odd for even j
                float[] from = j % 2 == 0 ? odd : even;
                int shift = (taps + j % 2 - j) / 2;
                addScaled(from, shift, low[j], a, to, half);
                addScaled(from, shift, high[j], d, to, half);
            }
        }
    }

    private void analyseRows(float[] image, int rows, int columns, float[] a, float[] d) {
        int half = half(rows);
        for (int k = 0; k < half; k++) {
            for (int j = 0; j < low.length; j++) {
                int from = Mirror.of(2 * k + 1 - j, rows) * columns;
                addScaled(image, from, low[j], a, k * columns, columns);
                addScaled(image, from, high[j], d, k * columns, columns);
            }
        }
    }

    private static void synthesiseRows(float[] part, float[] filter, int rows, int columns, float[] into) {
        int taps = filter.length;
        int whole = 2 * rows - taps + 2;
        for (int n = 0; n < whole; n++) {
            // the synthesis filter is the analysis filter reversed
            for (int k = n / 2; k < rows && n + taps - 2 - 2 * k >= 0; k++) {
                float factor = filter[taps - 1 - (n + taps - 2 - 2 * k)];
                addScaled(part, k * columns, factor, into, n * columns, columns);
            }
        }
    }

    private float[] synthesiseColumns(float[] a, float[] d, int rows, int columns) {
        int taps = low.length;
        int whole = whole(columns);
        int half = (whole + 1) / 2;
        float[] even = new float[half];
        float[] odd = new float[half];
        float[] image = new float[rows * whole];
        for (int row = 0; row < rows; row++) {
            Arrays.fill(even, 0);
            Arrays.fill(odd, 0);
            for (int s = 0; s < taps / 2; s++) {
                int from = row * columns + taps / 2 - 1 - s;
                addScaled(a, from, low[taps - 1 - 2 * s], even, 0, half);
                addScaled(d, from, high[taps - 1 - 2 * s], even, 0, half);
                addScaled(a, from, low[taps - 2 - 2 * s], odd, 0, half);
                addScaled(d, from, high[taps - 2 - 2 * s], odd, 0, half);
            }
            for (int i = 0; i < whole; i++) {
                image[row * whole + i] = i % 2 == 0 ? even[i / 2] : odd[i / 2];
            }
        }
        return image;
    }

    private static void addScaled(float[] from, int at, float factor, float[] into, int to, int count) {
        for (int i = 0; i < count; i++) {
            into[to + i] += factor * from[at + i];
        }
    }
}
