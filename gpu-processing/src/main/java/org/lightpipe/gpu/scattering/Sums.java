package org.lightpipe.gpu.scattering;

/**
 * What one frame adds up to, by bin.
 *
 * @param signal Σ c·(raw − dark)
 * @param norm Σ c·normalisation
 * @param count Σ c; 0 = nothing was measured in this bin
 * @param variance Σ c²·variance; null = not asked for
 */
record Sums(double[] signal, double[] norm, double[] count, double[] variance) {

    /** Writes the intensity of each bin, and a value for empty ones. */
    void intensity(double monitor, double empty, double[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] = count[i] > 0 ? signal[i] / (norm[i] * monitor) : empty;
        }
    }

    /** Writes the standard deviation of the intensity of each bin, and a value for empty ones. */
    void deviation(double monitor, double empty, double[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] = count[i] > 0 ? Math.sqrt(Math.max(0, variance[i])) / (norm[i] * monitor) : empty;
        }
    }
}
