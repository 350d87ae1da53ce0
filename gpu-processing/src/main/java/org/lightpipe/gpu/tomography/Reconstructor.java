package org.lightpipe.gpu.tomography;

import java.io.IOException;

/** Reconstructs slices; made once for a job, used by one thread. */
interface Reconstructor extends AutoCloseable {

    /** @return how many slices at a time are best */
    int batch();

    /**
     * Reconstructs slices. One whose sinogram has a value that is not finite comes out as NaN throughout; its neighbours
     * do not suffer.
     *
     * @param sinograms {@code [slice][projection][column]}, line integrals of attenuation; not changed
     * @param slices how many there are, 1 or more
     * @param into {@code [slice][row][column]}, square, as wide as a projection: attenuation per pixel. The pixel
     *     {@code [n-1-y][x]} lies at {@code (x - n/2, y - n/2)} from the axis, as in tomopy's gridrec
     */
    void reconstruct(float[] sinograms, int slices, float[] into) throws IOException, InterruptedException;

    @Override
    void close();
}
