package org.lightpipe.gpu.scattering;

import java.util.Locale;

/** Where the variance of a pixel comes from. */
enum ErrorModel {
    /** Nowhere: no errors are given. */
    NONE,
    /** From the counts of the pixel as they came, at least 1; a dark frame is taken as exact. */
    POISSON,
    /** From how the pixels of a bin differ. */
    AZIMUTHAL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
