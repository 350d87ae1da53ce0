package org.lightpipe.gpu.tomography;

/**
 * How a slice comes out of the Fourier transforms of its projections, which lie on lines through the origin of its own
 * transform: each value is spread with a kernel over the nearby points of a square grid, the grid is transformed, and the
 * result is divided by the transform of the kernel.
 *
 * @param length of the transforms of a projection; at least its columns
 * @param size of the grid, a multiple of {@code length}: so many points lie between two values of a line
 * @param reach of the kernel in points, to both sides
 * @param kernel its values for distances from 0 to {@code reach}, evenly spaced
 * @param factors complex, interleaved, for the frequencies 0 to {@code length/2 - 1} of a line: the filter, and the shift
 *     that brings the axis to the origin. Their conjugates belong to the negative frequencies
 * @param origin the coordinate of the first row and the first column of a slice, counted from the axis
 * @param correction for each row and each column of the slice
 */
record Gridding(int length, int size, int reach, float[] kernel, float[] factors, int origin, float[] correction) {

    /** The error that the kernel of {@link #fourier} is made for, as in tomocupy. */
    private static final double EPSILON = 1e-3;

    /** @return how many kernel values lie between two points of the grid */
    int perPoint() {
        return (kernel.length - 1) / reach;
    }

    /** @return the distance of two values of a line, in points of the grid: 1 or 2 */
    int spacing() {
        return size / length;
    }

    /** @return the bytes that a grid takes, for two slices: one is its real, one its imaginary part */
    long gridBytes() {
        return 8L * size * size;
    }

    /** tomopy's gridrec: a grid as fine as the lines, and a prolate spheroidal wave function. */
    static Gridding gridrec(FilterWindow window, Geometry geometry) {
        int columns = geometry.columns();
        int length = powerOfTwo(Math.max(16, columns));
        double norm = Math.PI / length / geometry.projections();
        float[] factors = new float[length];
        for (int k = 1; k < length / 2; k++) {
            double filter = Prolate.filter(window, k / (double) length) * norm;
            double shift = 2 * Math.PI * geometry.center() * k / length;
            factors[2 * k] = (float) (filter * Math.cos(shift));
            factors[2 * k + 1] = (float) (-filter * Math.sin(shift));
        }
        float[] kernel = Prolate.kernel();
        int first = (length - columns) / 2;
        return new Gridding(
                length,
                length,
                Prolate.REACH,
                kernel,
                factors,
                first - length / 2,
                Prolate.correction(kernel, length, first, columns));
    }

    /** tomocupy's fourierrec: a grid twice as fine, and a Gaussian. The lines come filtered. */
    static Gridding fourier(Geometry geometry) {
        int columns = geometry.columns();
        int length = powerOfTwo(Math.max(16, columns));
        float[] factors = new float[length];
        for (int k = 0; k < length / 2; k++) {
            double shift = 2 * Math.PI * geometry.center() * k / length;
            factors[2 * k] = (float) (Math.cos(shift) / length);
            factors[2 * k + 1] = (float) (-Math.sin(shift) / length);
        }
        double narrow = Math.PI * Math.PI / (2 * Math.log(1 / EPSILON));
        int reach = 4;
        int perPoint = 1024;
        float[] kernel = new float[reach * perPoint + 1];
        for (int i = 0; i < kernel.length; i++) {
            double distance = i / (double) perPoint;
            kernel[i] = (float) Math.exp(-narrow * distance * distance);
        }
        float[] correction = new float[columns];
        int origin = -(columns / 2);
        for (int i = 0; i < columns; i++) {
            double place = (origin + i) / (2.0 * length);
            double transform = Math.sqrt(Math.PI / narrow) * Math.exp(-Math.PI * Math.PI * place * place / narrow);
            // the origin of the frequencies lies in the middle of the grid, which turns every other sign
            correction[i] = (float) (((origin + i) % 2 == 0 ? 1 : -1) / transform);
        }
        return new Gridding(length, 2 * length, reach, kernel, factors, origin, correction);
    }

    static int powerOfTwo(int least) {
        return least <= 1 ? 1 : 2 * Integer.highestOneBit(least - 1);
    }
}
