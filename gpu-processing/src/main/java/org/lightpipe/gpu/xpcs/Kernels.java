package org.lightpipe.gpu.xpcs;

/**
 * The inner loops. Every array is indexed by the loop variable alone and every loop has a plain bound: that is what
 * HotSpot turns into vector instructions, up to Java 17 only where a loop has no more than seven arrays, and surely only
 * where the arrays are parameters of the compiled method. So loops are short, and several of them make up one method
 * that is too long (325 bytes of code) to become a part of its callers, where a third of the speed was measured.
 */
final class Kernels {

    private Kernels() {}

    /**
     * Adds four new samples to their sum, and the products of them and those 1 to 4 samples before.
     *
     * @param r rows 4 to 7: the last four samples, oldest first; 8 to 11: the new ones
     * @param s sums for the lags 1 to 4, from index {@code 0} on
     */
    static void near(int n, float[][] r, float[][] s, float[] total) {
        near(n, r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], s[0], s[1], s[2], s[3], total);
    }

    private static void near(
            int n,
            float[] h4,
            float[] h3,
            float[] h2,
            float[] h1,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float[] s1,
            float[] s2,
            float[] s3,
            float[] s4,
            float[] total) {
        for (int p = 0; p < n; p++) {
            total[p] += (x0[p] + x1[p]) + (x2[p] + x3[p]);
        }
        for (int p = 0; p < n; p++) {
            s1[p] += x0[p] * h1[p] + x1[p] * x0[p] + x2[p] * x1[p] + x3[p] * x2[p];
        }
        for (int p = 0; p < n; p++) {
            s2[p] += x0[p] * h2[p] + x1[p] * h1[p] + x2[p] * x0[p] + x3[p] * x1[p];
        }
        for (int p = 0; p < n; p++) {
            s3[p] += x0[p] * h3[p] + x3[p] * x0[p];
        }
        for (int p = 0; p < n; p++) {
            s3[p] += x1[p] * h2[p] + x2[p] * h1[p];
        }
        for (int p = 0; p < n; p++) {
            s4[p] += x0[p] * h4[p] + x1[p] * h3[p];
        }
        for (int p = 0; p < n; p++) {
            s4[p] += x2[p] * h2[p] + x3[p] * h1[p];
        }
    }

    /**
     * Adds the products of four new samples and those 5 to 8 samples before.
     *
     * @param r rows 0 to 7: the last eight samples, oldest first; 8 to 11: the new ones
     * @param s sums for the lags 5 to 8
     * @param first index of the sums for lag 5
     */
    static void far(int n, float[][] r, float[][] s, int first) {
        far(
                n,
                r[0],
                r[1],
                r[2],
                r[3],
                r[4],
                r[5],
                r[6],
                r[8],
                r[9],
                r[10],
                r[11],
                s[first],
                s[first + 1],
                s[first + 2],
                s[first + 3]);
    }

    private static void far(
            int n,
            float[] h8,
            float[] h7,
            float[] h6,
            float[] h5,
            float[] h4,
            float[] h3,
            float[] h2,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float[] s5,
            float[] s6,
            float[] s7,
            float[] s8) {
        for (int p = 0; p < n; p++) {
            s5[p] += x0[p] * h5[p] + x1[p] * h4[p];
        }
        for (int p = 0; p < n; p++) {
            s5[p] += x2[p] * h3[p] + x3[p] * h2[p];
        }
        for (int p = 0; p < n; p++) {
            s6[p] += x0[p] * h6[p] + x1[p] * h5[p];
        }
        for (int p = 0; p < n; p++) {
            s6[p] += x2[p] * h4[p] + x3[p] * h3[p];
        }
        for (int p = 0; p < n; p++) {
            s7[p] += x0[p] * h7[p] + x1[p] * h6[p];
        }
        for (int p = 0; p < n; p++) {
            s7[p] += x2[p] * h5[p] + x3[p] * h4[p];
        }
        for (int p = 0; p < n; p++) {
            s8[p] += x0[p] * h8[p] + x1[p] * h7[p];
        }
        for (int p = 0; p < n; p++) {
            s8[p] += x2[p] * h6[p] + x3[p] * h5[p];
        }
    }

    /** {@code into = a + b}. */
    static void pair(int n, float[] a, float[] b, float[] into) {
        for (int p = 0; p < n; p++) {
            into[p] = a[p] + b[p];
        }
    }

    /** {@code values *= factor}. */
    static void multiply(int n, float[] values, float factor) {
        for (int p = 0; p < n; p++) {
            values[p] *= factor;
        }
    }

    /** Moves a sum to one of twice the precision, whose value is {@code high + low} (Knuth's two-sum). */
    static void move(int n, float[] sum, float[] high, float[] low) {
        for (int p = 0; p < n; p++) {
            float s = sum[p];
            float h = high[p];
            float t = h + s;
            float b = t - h;
            high[p] = t;
            low[p] += (h - (t - b)) + (s - b);
            sum[p] = 0;
        }
    }

    /**
     * {@code c += Σ a·x} for four rows and six values.
     *
     * @param a six factors of the first row, then of the others
     * @param x the values, from an index on
     * @param c the rows
     */
    static void rankSix(int n, float[] a, float[][] x, int from, float[][] c) {
        rankSix(n, a, x[from], x[from + 1], x[from + 2], x[from + 3], x[from + 4], x[from + 5], c[0], c[1], c[2], c[3]);
    }

    private static void rankSix(
            int n,
            float[] a,
            float[] x0,
            float[] x1,
            float[] x2,
            float[] x3,
            float[] x4,
            float[] x5,
            float[] c0,
            float[] c1,
            float[] c2,
            float[] c3) {
        float a00 = a[0];
        float a01 = a[1];
        float a02 = a[2];
        float a10 = a[6];
        float a11 = a[7];
        float a12 = a[8];
        for (int j = 0; j < n; j++) {
            c0[j] += a00 * x0[j] + a01 * x1[j] + a02 * x2[j];
            c1[j] += a10 * x0[j] + a11 * x1[j] + a12 * x2[j];
        }
        float a03 = a[3];
        float a04 = a[4];
        float a05 = a[5];
        float a13 = a[9];
        float a14 = a[10];
        float a15 = a[11];
        for (int j = 0; j < n; j++) {
            c0[j] += a03 * x3[j] + a04 * x4[j] + a05 * x5[j];
            c1[j] += a13 * x3[j] + a14 * x4[j] + a15 * x5[j];
        }
        float a20 = a[12];
        float a21 = a[13];
        float a22 = a[14];
        float a30 = a[18];
        float a31 = a[19];
        float a32 = a[20];
        for (int j = 0; j < n; j++) {
            c2[j] += a20 * x0[j] + a21 * x1[j] + a22 * x2[j];
            c3[j] += a30 * x0[j] + a31 * x1[j] + a32 * x2[j];
        }
        float a23 = a[15];
        float a24 = a[16];
        float a25 = a[17];
        float a33 = a[21];
        float a34 = a[22];
        float a35 = a[23];
        for (int j = 0; j < n; j++) {
            c2[j] += a23 * x3[j] + a24 * x4[j] + a25 * x5[j];
            c3[j] += a33 * x3[j] + a34 * x4[j] + a35 * x5[j];
        }
    }

    /** Moves a sum of floats into one of doubles, from an index on. */
    static void move(int n, float[] sum, double[] into, int at) {
        for (int j = 0; j < n; j++) {
            into[at + j] += sum[j];
            sum[j] = 0;
        }
    }
}
