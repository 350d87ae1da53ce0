package org.lightpipe.gpu.tomography;

import java.io.IOException;

/**
 * Laminography, where a slice needs all rows of each projection: projections are added one block after the other, then
 * the slices are taken. Used by one thread.
 */
interface VolumeReconstructor extends AutoCloseable {

    /**
     * Adds projections to the volume.
     *
     * @param projections {@code [projection][row][column]}, line integrals of attenuation; not changed
     * @param first the number of the first of them in the scan
     * @param count how many there are
     */
    void add(float[] projections, int first, int count) throws IOException, InterruptedException;

    /**
     * Copies slices out.
     *
     * @param from the number of the first, counted as the detector's rows are, so that the first slice of this volume
     *     has the number with which it was made
     * @param count how many
     * @param into {@code [slice][row][column]}, oriented as {@link Reconstructor} says
     */
    void slices(int from, int count, float[] into) throws IOException, InterruptedException;

    @Override
    void close();
}
