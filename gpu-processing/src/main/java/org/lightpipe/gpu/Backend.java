package org.lightpipe.gpu;

/**
 * Where the arithmetic of a technique runs. Reading, checking and writing files stay with the technique, so that each
 * backend is asked for numbers only, and two of them can be compared. Thread-safe.
 */
public interface Backend {

    /** @return the name recorded in every result, such as {@code java} */
    String name();

    /**
     * Filtered back projection of one slice.
     *
     * @param sinogram the attenuation
     * @param center the rotation centre in columns of the sinogram
     * @param filter the window of the ramp filter
     * @return attenuation per pixel {@code [row][column]}, square, as wide as the sinogram
     * @throws InterruptedException if the thread is asked to stop
     */
    float[][] reconstruct(Sinogram sinogram, double center, FilterWindow filter) throws InterruptedException;

    /**
     * Starts the statistics of a stack of frames, or of a band of rows of each.
     *
     * @param pixels the pixels of one frame (or band)
     * @return an accumulator that has seen no frame yet
     */
    FrameAccumulator accumulator(int pixels);
}
