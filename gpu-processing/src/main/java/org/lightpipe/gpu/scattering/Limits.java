package org.lightpipe.gpu.scattering;

import java.util.BitSet;
import org.lightpipe.gpu.core.WorkPool;

/**
 * From where to where the unmasked pixels of a frame reach: their middles, their bounding boxes or their corners, as the
 * splitting sees them.
 */
final class Limits {

    private double radialMin = Double.POSITIVE_INFINITY;
    private double radialMax = Double.NEGATIVE_INFINITY;
    private double azimuthMin = Double.POSITIVE_INFINITY;
    private double azimuthMax = Double.NEGATIVE_INFINITY;

    private Limits() {}

    /** @param angles whether the azimuth is asked for */
    static Limits of(Geometry geometry, Splitting splitting, BitSet mask, boolean angles, WorkPool threads)
            throws InterruptedException {
        Limits all = new Limits();
        threads.forEach(geometry.rows(), (from, to) -> {
            Limits some = new Limits();
            some.take(geometry, splitting, mask, angles, from, to);
            all.take(some);
        });
        return all;
    }

    private void take(Geometry geometry, Splitting splitting, BitSet mask, boolean angles, int from, int to) {
        PixelRow row = new PixelRow(geometry, splitting != Splitting.NO, angles);
        int columns = geometry.columns();
        double[] corners = new double[4];
        for (int y = from; y < to; y++) {
            row.load(y);
            for (int x = mask.nextClearBit(y * columns) - y * columns;
                    x < columns;
                    x = mask.nextClearBit(y * columns + x + 1) - y * columns) {
                switch (splitting) {
                    case NO -> radial(row.radial(x), 0);
                    case BBOX -> radial(row.radial(x), row.radialReach(x));
                    case FULL -> {
                        row.cornerRadials(x, corners);
                        for (double corner : corners) {
                            radial(corner, 0);
                        }
                    }
                }
                if (angles) {
                    switch (splitting) {
                        case NO -> azimuth(row.azimuth(x), 0);
                        case BBOX -> azimuth(row.azimuth(x), row.azimuthReach(x));
                        case FULL -> {
                            row.cornerAzimuths(x, corners);
                            for (double corner : corners) {
                                azimuth(corner, 0);
                            }
                        }
                    }
                }
            }
        }
    }

    private void radial(double value, double reach) {
        radialMin = Math.min(radialMin, value - reach);
        radialMax = Math.max(radialMax, value + reach);
    }

    private void azimuth(double value, double reach) {
        azimuthMin = Math.min(azimuthMin, value - reach);
        azimuthMax = Math.max(azimuthMax, value + reach);
    }

    private synchronized void take(Limits other) {
        radialMin = Math.min(radialMin, other.radialMin);
        radialMax = Math.max(radialMax, other.radialMax);
        azimuthMin = Math.min(azimuthMin, other.azimuthMin);
        azimuthMax = Math.max(azimuthMax, other.azimuthMax);
    }

    /** A bounding box at the beam reaches below 0, where nothing is. */
    Axis radial(int bins) {
        return Axis.including(Math.max(0, radialMin), radialMax, bins);
    }

    /** Bounding boxes reach over the end of the circle. */
    Axis azimuth(int bins) {
        return Axis.including(Math.max(-Math.PI, azimuthMin), Math.min(Math.PI, azimuthMax), bins);
    }
}
