package org.lightpipe.gpu.xpcs;

import java.io.IOException;

/** Takes the mean products and intensities of pixels, in the order of boost_corr's G2, IP, IF. Thread-safe. */
interface PixelSums {

    /** The mean of the products. */
    int G2 = 0;

    /** The mean of the samples that are the later ones of a product. */
    int LATER = 1;

    /** The mean of the samples that are the earlier ones of a product. */
    int EARLIER = 2;

    /** How many there are. */
    int KINDS = 3;

    /**
     * @param delay its place in the list of delays
     * @param kind one of the three
     * @param from the position of the first pixel
     * @param values of the pixels from there on
     * @param count how many of them
     */
    void accept(int delay, int kind, int from, float[] values, int count) throws IOException;
}
