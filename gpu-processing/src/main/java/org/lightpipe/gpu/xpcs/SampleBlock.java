package org.lightpipe.gpu.xpcs;

/**
 * Some samples that follow each other. The rows belong to the reader, which fills them anew for the next block.
 *
 * @param first the number of the first sample
 * @param count how many there are
 * @param rows {@code [sample][position]}; pixels that the detector marks as bad are 0
 * @param means the mean of each sample over its good pixels
 */
record SampleBlock(int first, int count, float[][] rows, double[] means) {

    /** What is done with a block; the last one who gets it may change its rows. */
    interface Consumer {
        void accept(SampleBlock block) throws java.io.IOException, InterruptedException;
    }
}
