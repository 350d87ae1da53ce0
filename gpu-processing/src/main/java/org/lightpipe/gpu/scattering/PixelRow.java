package org.lightpipe.gpu.scattering;

/**
 * The coordinates of one row of pixels: their middles and, where asked for, their corners. Filled for one row after the
 * other; the lower corners of a row are the upper ones of the next, and are computed once. Used by one thread.
 */
final class PixelRow {

    private static final int NONE = -2;

    private final Geometry geometry;
    private final boolean corners;
    private final double[] radial;
    private final double[] azimuth;
    private double[] upperRadial;
    private double[] upperAzimuth;
    private double[] lowerRadial;
    private double[] lowerAzimuth;
    private int row = NONE;

    /**
     * @param corners whether the corners are needed, too
     * @param angles whether the azimuth is needed, too
     */
    PixelRow(Geometry geometry, boolean corners, boolean angles) {
        this.geometry = geometry;
        this.corners = corners;
        int columns = geometry.columns();
        radial = new double[columns];
        azimuth = angles ? new double[columns] : null;
        if (corners) {
            upperRadial = new double[columns + 1];
            lowerRadial = new double[columns + 1];
            upperAzimuth = angles ? new double[columns + 1] : null;
            lowerAzimuth = angles ? new double[columns + 1] : null;
        }
    }

    void load(int wanted) {
        geometry.middles(wanted, radial, azimuth);
        if (corners) {
            if (wanted == row + 1) {
                swap();
            } else {
                geometry.corners(wanted, upperRadial, upperAzimuth);
            }
            geometry.corners(wanted + 1, lowerRadial, lowerAzimuth);
        }
        row = wanted;
    }

    private void swap() {
        double[] other = upperRadial;
        upperRadial = lowerRadial;
        lowerRadial = other;
        other = upperAzimuth;
        upperAzimuth = lowerAzimuth;
        lowerAzimuth = other;
    }

    double radial(int column) {
        return radial[column];
    }

    double azimuth(int column) {
        return azimuth[column];
    }

    /** The largest difference between the middle and a corner. */
    double radialReach(int column) {
        double middle = radial[column];
        return Math.max(
                Math.max(Math.abs(upperRadial[column] - middle), Math.abs(upperRadial[column + 1] - middle)),
                Math.max(Math.abs(lowerRadial[column] - middle), Math.abs(lowerRadial[column + 1] - middle)));
    }

    /** The largest angle between the middle and a corner. */
    double azimuthReach(int column) {
        double middle = azimuth[column];
        return Math.max(
                Math.max(
                        Circle.distance(upperAzimuth[column], middle),
                        Circle.distance(upperAzimuth[column + 1], middle)),
                Math.max(
                        Circle.distance(lowerAzimuth[column], middle),
                        Circle.distance(lowerAzimuth[column + 1], middle)));
    }

    /** The four corners in their order around the pixel: radial coordinates. */
    void cornerRadials(int column, double[] into) {
        into[0] = upperRadial[column];
        into[1] = lowerRadial[column];
        into[2] = lowerRadial[column + 1];
        into[3] = upperRadial[column + 1];
    }

    /** The four corners in their order around the pixel: angles from -π to π. */
    void cornerAzimuths(int column, double[] into) {
        into[0] = upperAzimuth[column];
        into[1] = lowerAzimuth[column];
        into[2] = lowerAzimuth[column + 1];
        into[3] = upperAzimuth[column + 1];
    }
}
