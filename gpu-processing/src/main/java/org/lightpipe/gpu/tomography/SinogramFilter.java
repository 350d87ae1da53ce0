package org.lightpipe.gpu.tomography;

/** Changes one sinogram in place. Has no state between calls: several threads use one instance. */
interface SinogramFilter {

    /**
     * @param values {@code [projection][column]}, from {@code at} on
     * @param projections how many
     * @param columns of a projection
     */
    void apply(float[] values, int at, int projections, int columns);

    /** @return the bytes that one call needs beside the sinogram */
    long bytes(int projections, int columns);
}
