package org.lightpipe.gpu;

/**
 * The attenuation seen by one detector row.
 *
 * @param rows {@code [projection][column]}, the line integrals of attenuation per pixel
 * @param angles the angle of each projection in radians
 */
public record Sinogram(float[][] rows, double[] angles) {

    /** Checks that the shapes belong together. */
    public Sinogram {
        if (rows.length == 0 || rows.length != angles.length || rows[0].length == 0) {
            throw new IllegalArgumentException(rows.length + " projections do not fit " + angles.length + " angles");
        }
    }

    /** @return the number of projections */
    public int projections() {
        return rows.length;
    }

    /** @return the number of columns of each projection */
    public int columns() {
        return rows[0].length;
    }
}
