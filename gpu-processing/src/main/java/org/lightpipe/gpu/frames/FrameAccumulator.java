package org.lightpipe.gpu.frames;

import java.io.IOException;
import org.lightpipe.gpu.core.FrameBlock;

/** Moments of each pixel over frames that come in blocks. Used by one thread at a time. */
interface FrameAccumulator extends AutoCloseable {

    /**
     * Takes frames in; values that are not finite are left out of the statistics of their pixel.
     *
     * @param totals is told what each frame adds up to, perhaps later
     */
    void add(FrameBlock block, FrameTotals totals) throws IOException, InterruptedException;

    /** Waits for what is on its way. */
    void finish(FrameTotals totals) throws IOException, InterruptedException;

    /** @return how many frames to hand over at once; 0 = any number */
    int framesPerBlock();

    /**
     * @param from the first pixel, counted from the first that the accumulator looks at
     * @param count how many pixels
     */
    Moments moments(int from, int count) throws IOException;

    @Override
    void close();

    /**
     * Of each pixel; NaN where no frame had a finite value.
     *
     * @param mean over the frames
     * @param maximum over the frames
     * @param minimum over the frames
     * @param deviation the standard deviation, divided by n
     */
    record Moments(float[] mean, float[] maximum, float[] minimum, float[] deviation) {}
}
