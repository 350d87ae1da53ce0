package org.lightpipe.gpu.scattering;

/**
 * A part of the sparse matrix: the entries of pixels that follow each other, in the order of the pixels. As many pixels
 * as fit the nearest memory of a core.
 *
 * @param first the number of the first pixel in the frame
 * @param count how many pixels it has
 * @param pixels the pixel of each entry, counted from the first
 * @param bins the bin of each entry
 * @param weights the part of the pixel that counts for the bin, from 0 to 1; null = all are 1
 */
record Tile(int first, int count, char[] pixels, int[] bins, float[] weights) {

    int entries() {
        return bins.length;
    }

    /** The bytes that it takes. */
    long bytes() {
        return (weights == null ? 6L : 10L) * bins.length + 64;
    }

    float weight(int entry) {
        return weights == null ? 1 : weights[entry];
    }

    /** The index of the first entry of a pixel (counted from the first of the tile) or, where it has none, a later one. */
    int firstEntry(int pixel) {
        int low = 0;
        int high = pixels.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pixels[middle] < pixel) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
