package org.lightpipe.gpu.tomography;

/**
 * The geometry of a scan.
 *
 * @param projections how many there are
 * @param rows of the detector
 * @param columns of the detector
 * @param angles of the projections, in radians
 * @param center the column onto which the rotation axis falls
 * @param laminoAngle the tilt of the rotation axis against the plane of the detector, in radians; 0 = tomography
 */
record Geometry(int projections, int rows, int columns, double[] angles, double center, double laminoAngle) {}
