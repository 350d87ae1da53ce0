package org.lightpipe.gpu.scattering;

import java.util.Arrays;

/** Collects which pixel counts how much for which bin. Used by one thread. */
final class Entries {

    /**
     * Weights are whole multiples of this. Then sums of weights are exact in double precision (up to 2^29 pixels in a
     * bin), so that a bin whose last pixel is taken away has a count of exactly 0.
     */
    private static final double QUANTUM = 0x1p-24;

    private final boolean weighted;
    private char[] pixels = new char[1024];
    private int[] bins = new int[1024];
    private float[] weights = new float[1024];
    private int size;
    private int pixel;

    /** @param weighted false: every weight is 1 and need not be kept */
    Entries(boolean weighted) {
        this.weighted = weighted;
    }

    /** What follows is about this pixel, counted from the first of its tile. */
    void begin(int pixelOfTile) {
        pixel = pixelOfTile;
    }

    void add(int bin, double weight) {
        float quantised = (float) (Math.rint(weight / QUANTUM) * QUANTUM);
        if (quantised == 0) {
            return;
        }
        if (size == bins.length) {
            int larger = size + size / 2;
            pixels = Arrays.copyOf(pixels, larger);
            bins = Arrays.copyOf(bins, larger);
            weights = Arrays.copyOf(weights, larger);
        }
        pixels[size] = (char) pixel;
        bins[size] = bin;
        weights[size] = quantised;
        size++;
    }

    /** @return what was collected, and begins anew */
    Tile tile(int firstPixel, int count) {
        Tile tile = new Tile(
                firstPixel,
                count,
                Arrays.copyOf(pixels, size),
                Arrays.copyOf(bins, size),
                weighted ? Arrays.copyOf(weights, size) : null);
        size = 0;
        return tile;
    }
}
