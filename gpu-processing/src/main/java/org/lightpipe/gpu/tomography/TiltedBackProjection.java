package org.lightpipe.gpu.tomography;

import org.lightpipe.gpu.core.WorkPool;

/**
 * Laminography on the processor: filtered back projection where the rotation axis leans by an angle towards the beam, as
 * in tomocupy's linerec. With φ = π/2 + that angle, the voxel (x, y, z) from the middle of the axis is seen
 *
 * <pre>
 *   at column  x cosθ + y sinθ + centre
 *   at row     (x sinθ - y cosθ) cosφ + z sinφ + rows/2
 * </pre>
 *
 * and interpolated there between four pixels. The factor sin φ is the density with which the directions of a tilted axis
 * cover the frequencies: with it the values are attenuation, as far as the missing directions allow.
 */
final class TiltedBackProjection implements VolumeReconstructor {

    private static final int FRACTION_BITS = 32;
    private static final double FRACTION = 1L << FRACTION_BITS;

    /** The bits of 1f: the fraction goes behind them as the mantissa. */
    private static final int ONE = 0x3f800000;

    /** What rounding of steps may add up to over the widest row, in pixels; never reads beside the projection. */
    private static final double MARGIN = 1e-4;

    private final Geometry geometry;
    private final WorkPool pool;
    private final RowFilter filter;
    private final int firstSlice;

    /** {@code [slice][row]} of columns. */
    private final float[][] volume;

    private float[] filtered = {};

    TiltedBackProjection(FilterWindow window, Geometry geometry, int firstSlice, int slices, WorkPool pool) {
        this.geometry = geometry;
        this.pool = pool;
        this.firstSlice = firstSlice;
        this.filter = new RowFilter(window, geometry.columns(), scale(geometry), pool);
        this.volume = new float[slices * geometry.columns()][geometry.columns()];
    }

    static double scale(Geometry geometry) {
        return Math.PI / geometry.projections() * Math.cos(geometry.laminoAngle());
    }

    @Override
    public void add(float[] projections, int first, int count) throws InterruptedException {
        int values = count * geometry.rows() * geometry.columns();
        if (filtered.length < values) {
            filtered = new float[values];
        }
        filter.apply(projections, 0, count, geometry.rows(), filtered);
        pool.forEach(volume.length, (from, to) -> {
            for (int i = 0; i < count; i++) {
                for (int line = from; line < to; line++) {
                    addProjection(i, geometry.angles()[first + i], line);
                }
            }
        });
    }

    private void addProjection(int projection, double angle, int line) {
        int columns = geometry.columns();
        int rows = geometry.rows();
        int y = columns - 1 - line % columns - columns / 2;
        int z = firstSlice + line / columns - rows / 2;
        double tilt = Math.PI / 2 + geometry.laminoAngle();
        double stepU = Math.cos(angle);
        double stepV = Math.sin(angle) * Math.cos(tilt);
        double u = geometry.center() + Math.sin(angle) * y - stepU * (columns / 2);
        double v = rows / 2 + Math.sin(tilt) * z - Math.cos(angle) * Math.cos(tilt) * y - stepV * (columns / 2);
        int from = Math.max(firstInside(columns, u, stepU, columns - 1), firstInside(columns, v, stepV, rows - 1));
        int to = columns
                - Math.max(
                        firstInside(columns, u + (columns - 1) * stepU, -stepU, columns - 1),
                        firstInside(columns, v + (columns - 1) * stepV, -stepV, rows - 1));
        int image = projection * rows * columns;
        addLine(volume[line], from, to, filtered, image, columns, u + from * stepU, stepU, v + from * stepV, stepV);
    }

    /**
     * Places are counted in 2⁻³² of a pixel, and the fraction becomes a float by its bits: conversions between numbers
     * and floats make this loop, where nearly all of the time goes, several times as slow.
     */
    private static void addLine(
            float[] line,
            int from,
            int to,
            float[] image,
            int at,
            int columns,
            double u,
            double stepU,
            double v,
            double stepV) {
        long placeU = Math.round(u * FRACTION);
        long placeV = Math.round(v * FRACTION);
        long moreU = Math.round(stepU * FRACTION);
        long moreV = Math.round(stepV * FRACTION);
        for (int x = from; x < to; x++) {
            int pixel = at + (int) (placeV >> FRACTION_BITS) * columns + (int) (placeU >> FRACTION_BITS);
            float right = Float.intBitsToFloat((int) placeU >>> 9 | ONE) - 1;
            float below = Float.intBitsToFloat((int) placeV >>> 9 | ONE) - 1;
            float upper = image[pixel] + right * (image[pixel + 1] - image[pixel]);
            float lower = image[pixel + columns] + right * (image[pixel + columns + 1] - image[pixel + columns]);
            line[x] += upper + below * (lower - upper);
            placeU += moreU;
            placeV += moreV;
        }
    }

    /** The first of {@code 0..count} at which the place is safely between 0 and the last pixel. */
    private static int firstInside(int count, double start, double step, int last) {
        int x = 0;
        if (step != 0) {
            double edge = step > 0 ? -start / step : (last - start) / step;
            x = (int) Math.max(0, Math.min(count, Math.floor(edge) - 1));
        }
        while (x < count && !(start + x * step >= MARGIN && start + x * step <= last - MARGIN)) {
            x++;
        }
        return x;
    }

    @Override
    public void slices(int from, int count, float[] into) {
        int columns = geometry.columns();
        int first = (from - firstSlice) * columns;
        for (int line = 0; line < count * columns; line++) {
            System.arraycopy(volume[first + line], 0, into, line * columns, columns);
        }
    }

    @Override
    public void close() {
        filtered = new float[0];
    }
}
