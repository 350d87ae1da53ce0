package org.lightpipe.gpu.scattering;

import java.util.Arrays;

/**
 * The sparse matrix ordered by bins (compressed sparse rows), for whatever looks at one bin after the other.
 *
 * @param starts where the entries of each bin begin, and where those of the last one end
 * @param pixels the pixel of each entry
 * @param weights the weight of each entry
 */
record CompressedRows(int[] starts, int[] pixels, float[] weights) {

    /** The bytes of an entry here. */
    static final int ENTRY_BYTES = 8;

    static CompressedRows of(SparseMatrix matrix) {
        int[] starts = new int[matrix.bins() + 1];
        for (Tile tile : matrix.tiles()) {
            for (int bin : tile.bins()) {
                starts[bin + 1]++;
            }
        }
        for (int i = 0; i < matrix.bins(); i++) {
            starts[i + 1] += starts[i];
        }
        int[] next = Arrays.copyOf(starts, matrix.bins());
        int[] pixels = new int[starts[matrix.bins()]];
        float[] weights = new float[pixels.length];
        for (Tile tile : matrix.tiles()) {
            for (int k = 0; k < tile.entries(); k++) {
                int at = next[tile.bins()[k]]++;
                pixels[at] = tile.first() + tile.pixels()[k];
                weights[at] = tile.weight(k);
            }
        }
        return new CompressedRows(starts, pixels, weights);
    }

    int longest() {
        int longest = 0;
        for (int i = 0; i + 1 < starts.length; i++) {
            longest = Math.max(longest, starts[i + 1] - starts[i]);
        }
        return longest;
    }
}
