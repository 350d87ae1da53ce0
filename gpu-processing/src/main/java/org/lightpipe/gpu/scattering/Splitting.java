package org.lightpipe.gpu.scattering;

import java.util.Locale;

/** How a pixel counts for the bins that it covers. */
enum Splitting {
    /** Wholly for the bin where its middle is. */
    NO,
    /** For the bins that its bounding box covers, by length (one axis) or area (two). */
    BBOX,
    /** For the bins that its four corners enclose, by area. */
    FULL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
