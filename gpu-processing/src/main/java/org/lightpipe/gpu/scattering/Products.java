package org.lightpipe.gpu.scattering;

/** The innermost loops: a tile of the sparse matrix times the pixels of up to four frames. */
final class Products {

    private Products() {}

    /**
     * Adds Σ weight·value to each bin.
     *
     * @param squared whether weights are squared first, as for variances
     * @param values {@code [lane][pixel]}
     * @param lanes how many frames
     * @param stride from one lane to the next
     * @param sums {@code [bin][lane]}
     */
    static void add(Tile tile, boolean squared, float[] values, int lanes, int stride, double[] sums) {
        if (tile.weights() == null) {
            switch (lanes) {
                case 4 -> four(tile.pixels(), tile.bins(), values, stride, sums);
                default -> some(tile.pixels(), tile.bins(), values, lanes, stride, sums);
            }
            return;
        }
        float[] weights = squared ? squares(tile.weights()) : tile.weights();
        switch (lanes) {
            case 4 -> four(tile.pixels(), tile.bins(), weights, values, stride, sums);
            default -> some(tile.pixels(), tile.bins(), weights, values, lanes, stride, sums);
        }
    }

    private static float[] squares(float[] weights) {
        float[] squares = new float[weights.length];
        for (int i = 0; i < squares.length; i++) {
            squares[i] = weights[i] * weights[i];
        }
        return squares;
    }

    private static void four(char[] pixels, int[] bins, float[] values, int stride, double[] sums) {
        for (int k = 0; k < bins.length; k++) {
            int pixel = pixels[k];
            int bin = 4 * bins[k];
            sums[bin] += values[pixel];
            sums[bin + 1] += values[pixel + stride];
            sums[bin + 2] += values[pixel + 2 * stride];
            sums[bin + 3] += values[pixel + 3 * stride];
        }
    }

    private static void four(char[] pixels, int[] bins, float[] weights, float[] values, int stride, double[] sums) {
        for (int k = 0; k < bins.length; k++) {
            int pixel = pixels[k];
            int bin = 4 * bins[k];
            double weight = weights[k];
            sums[bin] += weight * values[pixel];
            sums[bin + 1] += weight * values[pixel + stride];
            sums[bin + 2] += weight * values[pixel + 2 * stride];
            sums[bin + 3] += weight * values[pixel + 3 * stride];
        }
    }

    private static void some(char[] pixels, int[] bins, float[] values, int lanes, int stride, double[] sums) {
        for (int lane = 0; lane < lanes; lane++) {
            int at = lane * stride;
            for (int k = 0; k < bins.length; k++) {
                sums[bins[k] * lanes + lane] += values[at + pixels[k]];
            }
        }
    }

    private static void some(
            char[] pixels, int[] bins, float[] weights, float[] values, int lanes, int stride, double[] sums) {
        for (int lane = 0; lane < lanes; lane++) {
            int at = lane * stride;
            for (int k = 0; k < bins.length; k++) {
                sums[bins[k] * lanes + lane] += (double) weights[k] * values[at + pixels[k]];
            }
        }
    }
}
