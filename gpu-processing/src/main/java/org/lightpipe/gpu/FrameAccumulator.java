package org.lightpipe.gpu;

/** Mean, maximum and standard deviation of each pixel over frames that come in blocks. Not thread-safe. */
public interface FrameAccumulator {

    /**
     * Takes in frames; values that are not finite are left out of the statistics of their pixel.
     *
     * @param frames {@code [frame][pixel]}, flat, a whole number of frames
     */
    void add(double[] frames);

    /** @return the mean of each pixel; NaN where no frame had a finite value */
    float[] mean();

    /** @return the largest value of each pixel; NaN where no frame had a finite value */
    float[] maximum();

    /** @return the standard deviation of each pixel, divided by n; NaN where no frame had a finite value */
    float[] standardDeviation();

    /** @return how many values were left out because they were not finite */
    long ignored();
}
