package org.lightpipe.gpu.scattering;

/**
 * Where the points of a detector are seen from the sample. Points are given in pixels from the edge of the first row and
 * the first column, so that the middle of the first pixel is at (0.5, 0.5). Immutable.
 *
 * <p>Formulas: Kieffer et al., J. Appl. Cryst. 53 (2020) 558, and the geometry chapter of pyFAI's manual. All of it is in
 * double precision but one step: the middle of a pixel on the detector is rounded to single precision (some nanometres),
 * as pyFAI does, so that a pixel on the very edge of a bin counts for the same bin.
 */
final class Geometry {

    private final Poni poni;
    private final RadialUnit unit;
    private final int rows;
    private final int columns;
    private final double[][] rotation;

    /** @param rows and columns of the frames, which a turned detector needs */
    Geometry(Poni poni, RadialUnit unit, int rows, int columns) {
        this.poni = poni;
        this.unit = unit;
        this.rows = rows;
        this.columns = columns;
        this.rotation = rotation(poni.rot1(), poni.rot2(), poni.rot3());
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /**
     * Fills the middles of the pixels of a row.
     *
     * @param radial how far from the beam each is, in the unit
     * @param azimuth the angle about the beam in radians, from -π to π; null = not wanted
     */
    void middles(int row, double[] radial, double[] azimuth) {
        double slow = middleSlow(row);
        for (int i = 0; i < radial.length; i++) {
            point(slow, middleFast(i), i, radial, azimuth);
        }
    }

    /** Fills the corners above a row of pixels, one more than there are columns; below the last row is another line. */
    void corners(int row, double[] radial, double[] azimuth) {
        double slow = turnedRow(row) * poni.detector().pixel1() - poni.poni1();
        for (int i = 0; i < radial.length; i++) {
            point(slow, turnedColumn(i) * poni.detector().pixel2() - poni.poni2(), i, radial, azimuth);
        }
    }

    private void point(double slow, double fast, int i, double[] radial, double[] azimuth) {
        double y = rotation[0][0] * slow + rotation[0][1] * fast + rotation[0][2] * poni.distance();
        double x = rotation[1][0] * slow + rotation[1][1] * fast + rotation[1][2] * poni.distance();
        double z = rotation[2][0] * slow + rotation[2][1] * fast + rotation[2][2] * poni.distance();
        radial[i] = unit.of(Math.sqrt(x * x + y * y), z, poni.wavelength());
        if (azimuth != null) {
            azimuth[i] = Math.atan2(y, x);
        }
    }

    /** The solid angle of a pixel, relative to one at the PONI: cos³ of the angle of incidence (flat detector). */
    double solidAngle(int row, int column) {
        double slow = middleSlow(row);
        double fast = middleFast(column);
        double cosine = poni.distance() / Math.sqrt(poni.distance() * poni.distance() + slow * slow + fast * fast);
        return cosine * cosine * cosine;
    }

    /**
     * What part of the light is scattered to a pixel: ½(1 + cos²2θ − f·cos2χ·sin²2θ).
     *
     * @param factor of polarisation, from -1 (vertical) to 1 (horizontal)
     */
    double polarization(int row, int column, double factor) {
        double slow = middleSlow(row);
        double fast = middleFast(column);
        double y = rotation[0][0] * slow + rotation[0][1] * fast + rotation[0][2] * poni.distance();
        double x = rotation[1][0] * slow + rotation[1][1] * fast + rotation[1][2] * poni.distance();
        double z = rotation[2][0] * slow + rotation[2][1] * fast + rotation[2][2] * poni.distance();
        double across = x * x + y * y;
        double squareOfCosine = z * z / (across + z * z);
        // cos2χ without an angle; on the beam there is no χ, and sin²2θ is 0
        double cosineOfTwice = across == 0 ? 0 : (x * x - y * y) / across;
        return 0.5 * (1 + squareOfCosine - factor * cosineOfTwice * (1 - squareOfCosine));
    }

    /** In metres from the PONI; in single precision on purpose. */
    private double middleSlow(int row) {
        return (float) turnedRow(row + 0.5) * (float) poni.detector().pixel1() - (float) poni.poni1();
    }

    private double middleFast(int column) {
        return (float) turnedColumn(column + 0.5) * (float) poni.detector().pixel2() - (float) poni.poni2();
    }

    private double turnedRow(double row) {
        int orientation = poni.detector().orientation();
        return orientation == 1 || orientation == 2 ? rows - row : row;
    }

    private double turnedColumn(double column) {
        int orientation = poni.detector().orientation();
        return orientation == 1 || orientation == 4 ? columns - column : column;
    }

    /** About axis 1, then 2 (both left-handed), then 3 (right-handed, along the beam). */
    private static double[][] rotation(double rot1, double rot2, double rot3) {
        double c1 = Math.cos(rot1);
        double s1 = Math.sin(rot1);
        double c2 = Math.cos(rot2);
        double s2 = Math.sin(rot2);
        double c3 = Math.cos(rot3);
        double s3 = Math.sin(rot3);
        double[][] one = {{1, 0, 0}, {0, c1, s1}, {0, -s1, c1}};
        double[][] two = {{c2, 0, -s2}, {0, 1, 0}, {s2, 0, c2}};
        double[][] three = {{c3, -s3, 0}, {s3, c3, 0}, {0, 0, 1}};
        return product(product(three, two), one);
    }

    private static double[][] product(double[][] left, double[][] right) {
        double[][] product = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 3; k++) {
                    product[i][j] += left[i][k] * right[k][j];
                }
            }
        }
        return product;
    }
}
