package org.lightpipe.gpu.tomography;

/**
 * What one detector row has seen.
 *
 * @param values {@code [projection][column]}, the line integrals of attenuation per pixel
 * @param columns of a projection
 * @param angles the angle of each projection in radians
 */
record Sinogram(float[] values, int columns, double[] angles) {

    /** Checks that the shapes belong together. */
    Sinogram {
        if (angles.length == 0 || columns < 1 || values.length != angles.length * columns) {
            throw new IllegalArgumentException(
                    values.length + " values are not " + angles.length + " projections of " + columns + " columns");
        }
    }

    /** @return the number of projections */
    int projections() {
        return angles.length;
    }

    /** @return the value of a column of a projection */
    float at(int projection, int column) {
        return values[projection * columns + column];
    }
}
