package org.lightpipe.gpu.xpcs;

import java.io.IOException;

/** The multi-tau sums of a range of pixels, fed with samples from the first to the last. */
interface MultiTau extends AutoCloseable {

    /**
     * @param block the next samples
     * @param factors what each sample of the block is multiplied with; null: nothing
     */
    void add(SampleBlock block, float[] factors) throws IOException, InterruptedException;

    /**
     * Called once, after the last sample.
     *
     * @param sums gets what lies in each cell
     * @param bad by position, pixels that are left out
     * @param pixels gets the sums of every pixel; null: nobody wants them
     */
    void finish(CellSums sums, boolean[] bad, PixelSums pixels) throws IOException, InterruptedException;

    @Override
    void close();
}
