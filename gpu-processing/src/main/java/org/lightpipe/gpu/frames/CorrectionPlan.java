package org.lightpipe.gpu.frames;

import java.util.BitSet;
import java.util.Locale;
import org.lightpipe.gpu.core.InvalidInputException;

/**
 * What becomes of each pixel.
 *
 * @param rows of the frames that come in
 * @param columns of the frames that come in
 * @param dark what is subtracted, {@code [row][column]}
 * @param gain what is multiplied by; NaN = the pixel does not count
 * @param saturation this value and larger ones do not count
 * @param fill what pixels become that do not count
 * @param region that is kept
 * @param binning how many pixels in both directions become one
 * @param mean whether those are averaged and not added
 */
record CorrectionPlan(
        int rows,
        int columns,
        float[] dark,
        float[] gain,
        float saturation,
        Fill fill,
        Region region,
        int binning,
        boolean mean) {

    /** What pixels become that do not count. */
    enum Fill {
        /** No number. */
        NAN,
        /** Nothing. */
        ZERO,
        /** The median of those of their eight neighbours that count. */
        MEDIAN
    }

    /**
     * @param dark null = 0
     * @param flat null = 1
     */
    static CorrectionPlan of(
            int rows,
            int columns,
            float[] dark,
            float[] flat,
            BitSet mask,
            double saturation,
            CorrectionOptions options,
            String frames)
            throws InvalidInputException {
        float[] gain = new float[rows * columns];
        int dead = 0;
        for (int i = 0; i < gain.length; i++) {
            boolean counts = !mask.get(i) && (flat == null || flat[i] > 0 && Float.isFinite(flat[i]));
            gain[i] = counts ? flat == null ? 1 : 1 / flat[i] : Float.NaN;
            dead += counts ? 0 : 1;
        }
        if (dead == gain.length) {
            throw new InvalidInputException(frames + ": all " + rows + " x " + columns + " pixels are masked"
                    + (flat == null ? "" : " or have a flat field of 0") + "; nothing is left");
        }
        Region region = Region.of(options.getRoi(), rows, columns, frames);
        if (options.getBinning() > Math.min(region.rows(), region.columns())) {
            throw new InvalidInputException(frames + ": binning=" + options.getBinning() + " is more than the "
                    + region.rows() + " x " + region.columns() + " pixels that there are");
        }
        return new CorrectionPlan(
                rows,
                columns,
                dark == null ? new float[gain.length] : dark,
                gain,
                (float) saturation,
                Fill.valueOf(options.getFill().toUpperCase(Locale.ROOT)),
                region,
                options.getBinning(),
                options.getBinningMode().equals("mean"));
    }

    int rowsOut() {
        return region.rows() / binning;
    }

    int columnsOut() {
        return region.columns() / binning;
    }

    int pixelsOut() {
        return rowsOut() * columnsOut();
    }
}
