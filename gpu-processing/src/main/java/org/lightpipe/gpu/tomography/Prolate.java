package org.lightpipe.gpu.tomography;

/**
 * The numbers of gridrec (Dowd et al., Proc. SPIE 3772, 1999; Marone and Stampanoni, J. Synchrotron Rad. 19, 2012), as
 * tomopy has them: a prolate spheroidal wave function of bandwidth 7 by its Legendre series, and the filters, of which
 * some differ from those of other programs.
 */
final class Prolate {

    /** The half width of the kernel, in points of the grid. */
    static final int REACH = 2;

    private static final int STEPS = 512;
    private static final double BANDWIDTH = 7;
    private static final double EIGENVALUE = 0.99998546;

    /** Of the Legendre polynomials of even degree, from 0 to 20. */
    private static final double[] SERIES = {
        57.67616,
        -89.31343,
        41.67596,
        -10.53599,
        1.662374,
        -0.1780527,
        0.01372983,
        -7.963169e-4,
        3.593372e-5,
        -1.295941e-6,
        3.817796e-8
    };

    private Prolate() {}

    /** @return the values for distances from 0 to {@link #REACH} */
    static float[] kernel() {
        float[] kernel = new float[STEPS + 1];
        double middle = series(0);
        for (int i = 0; i <= STEPS; i++) {
            kernel[i] = (float) (series(i / (double) STEPS) / middle);
        }
        return kernel;
    }

    /** The transform of this function is the function itself, so that its table is also what to divide by. */
    static float[] correction(float[] kernel, int length, int first, int columns) {
        int middle = length / 2 - 1;
        double perPixel = STEPS / (middle + 0.5);
        double norm = Math.sqrt(Math.PI / 2 / BANDWIDTH / EIGENVALUE) / 1.2;
        float[] correction = new float[columns];
        for (int i = 0; i < columns; i++) {
            int distance = Math.abs(first + i - middle);
            int entry = Math.min(STEPS, (int) Math.round(distance * perPixel));
            correction[i] = (float) ((distance % 2 == 0 ? norm : -norm) / kernel[entry]);
        }
        return correction;
    }

    /** @param frequency cycles per column, more than 0 and less than 0.5 */
    static double filter(FilterWindow window, double frequency) {
        double ramp = 2 * frequency;
        return switch (window) {
            case NONE -> 1;
            // the cut-off of tomopy's default is half a cycle, where these come round to their beginning
            case HANN -> ramp * 0.5 * (1 + Math.cos(4 * Math.PI * frequency));
            case HAMMING -> ramp * (0.54 + 0.46 * Math.cos(4 * Math.PI * frequency));
            default -> ramp * window.at(frequency);
        };
    }

    private static double series(double x) {
        double before = 1;
        double last = x;
        double sum = SERIES[0];
        for (int degree = 2; degree <= 2 * (SERIES.length - 1); degree++) {
            double next = (x * (2 * degree - 1) * last - (degree - 1) * before) / degree;
            if (degree % 2 == 0) {
                sum += next * SERIES[degree / 2];
            }
            before = last;
            last = next;
        }
        return sum;
    }
}
