package org.lightpipe.gpu.scattering;

/**
 * All that is known before the first frame comes.
 *
 * @param matrix which pixel counts how much for which bin
 * @param grid the bins
 * @param unit of the radial axis
 * @param corrections of each pixel
 * @param validity of values
 * @param errors where the variance comes from
 * @param clipping what is left out of a bin
 */
record Plan(
        SparseMatrix matrix,
        Grid grid,
        RadialUnit unit,
        Corrections corrections,
        Validity validity,
        ErrorModel errors,
        Clipping clipping) {

    /**
     * Sigma clipping: the pixels of a bin that are farther from its mean than a number of standard deviations are left
     * out, again and again until all that are left are near.
     *
     * @param threshold how many standard deviations; never fewer than Chauvenet's criterion allows
     * @param iterations at most; 0 = no clipping
     */
    record Clipping(double threshold, int iterations) {

        static final Clipping NONE = new Clipping(0, 0);

        /** The number of standard deviations for a bin of so many pixels: Chauvenet's criterion for a normal distribution. */
        double deviations(double count) {
            return Math.max(threshold, Math.sqrt(2 * Math.log(Math.max(3, count) / Math.sqrt(2 * Math.PI))));
        }
    }

    /** Whether bins have to be looked at pixel by pixel, and not only summed. */
    boolean needsSpread() {
        return clipping.iterations() > 0 || errors == ErrorModel.AZIMUTHAL;
    }

    boolean hasErrors() {
        return clipping.iterations() > 0 || errors != ErrorModel.NONE;
    }

    int pixels() {
        return matrix.pixels();
    }

    int bins() {
        return matrix.bins();
    }
}
