package org.lightpipe.gpu.scattering;

/**
 * Bins of equal width.
 *
 * @param min where the first begins
 * @param max where the last ends
 * @param bins how many there are
 */
record Axis(double min, double max, int bins) {

    /** The step of single precision at 1: pyFAI widens a range by it, so that the largest value is in the last bin. */
    private static final double STEP = 1 + Math.ulp(1f);

    /** @return the bins from one value to another, both included */
    static Axis including(double min, double max, int bins) {
        double upper = max > 0 ? max * STEP : max / STEP;
        // one value alone still needs a bin with a width
        return new Axis(min, upper > min ? upper : min + Math.max(Math.abs(min), 1) * (STEP - 1), bins);
    }

    /** @return a value in bins: 0 where the first begins, 1 where it ends */
    double position(double value) {
        return (value - min) / width();
    }

    double width() {
        return (max - min) / bins;
    }

    /** @return the middle of each bin */
    double[] centers() {
        double[] centers = new double[bins];
        for (int i = 0; i < bins; i++) {
            centers[i] = min + (i + 0.5) * width();
        }
        return centers;
    }
}
