package org.lightpipe.gpu.tomography;

/**
 * From counts to transmission: {@code (counts - dark) / max(white - dark, 1e-6)}, as tomopy's {@code normalize}, and from
 * there to attenuation.
 */
final class FlatField {

    /** What the detector sees of the beam is never less, so that a dead pixel does not divide by 0. */
    private static final float LEAST = 1e-6f;

    private final float[] dark;
    private final float[] beam;
    private final int columns;

    /**
     * @param white the mean with beam, without sample, {@code [row][column]}
     * @param dark the mean without beam
     * @param brightRatio the exposure of the white frames over that of the projections
     */
    FlatField(float[] white, float[] dark, double brightRatio, int columns) {
        this.dark = dark;
        this.columns = columns;
        beam = new float[white.length];
        for (int i = 0; i < beam.length; i++) {
            double difference = white[i] / brightRatio - dark[i];
            // NaN stays NaN
            beam[i] = difference < LEAST ? LEAST : (float) difference;
        }
    }

    /** @return the part of the pixels in which the beam is brighter than the dark field */
    double illuminated() {
        int bright = 0;
        for (float value : beam) {
            if (value > LEAST) {
                bright++;
            }
        }
        return (double) bright / beam.length;
    }

    /**
     * Turns the counts of one line of one projection into transmission, and bridges what is no number.
     *
     * @param row of the detector, counted from the first of the white and dark frames
     * @return how many values were bridged
     */
    int transmission(float[] values, int at, int row) {
        int from = row * columns;
        for (int x = 0; x < columns; x++) {
            values[at + x] = (values[at + x] - dark[from + x]) / beam[from + x];
        }
        return fillGaps(values, at, columns);
    }

    /**
     * Puts a straight line across values that are not finite (their nearest neighbour at the ends, 1 where the whole line
     * is lost): one of them would spread over its line in the filter, and from there over the whole slice.
     *
     * @return how many were replaced
     */
    static int fillGaps(float[] values, int at, int length) {
        // one pass without branches says that there are none, as nearly always
        float sum = 0;
        for (int i = 0; i < length; i++) {
            sum += values[at + i] * 0;
        }
        return sum == 0 ? 0 : bridge(values, at, length);
    }

    private static int bridge(float[] values, int at, int length) {
        int replaced = 0;
        int before = -1;
        for (int i = 0; i <= length; i++) {
            if (i < length && !Float.isFinite(values[at + i])) {
                continue;
            }
            for (int gap = before + 1; gap < i; gap++) {
                double left = before >= 0 ? values[at + before] : i < length ? values[at + i] : 1;
                double right = i < length ? values[at + i] : left;
                values[at + gap] = (float) (left + (right - left) * (gap - before) / (i - before));
                replaced++;
            }
            before = i;
        }
        return replaced;
    }

    /**
     * Turns transmission into attenuation, {@code -ln}; what is not positive counts as 1, so that a dead pixel does not
     * become an infinite one.
     */
    static void attenuation(float[] values, int at, int length) {
        for (int i = at; i < at + length; i++) {
            // 0 minus, not minus alone, which makes -0 of no attenuation
            values[i] = values[i] > 0 ? (float) (0 - Math.log(values[i])) : 0;
        }
    }
}
