package org.lightpipe.gpu.tomography;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Numbers that say how good a reconstructed slice is, over the circle that every projection covers.
 *
 * @param mean the mean
 * @param minimum the smallest value
 * @param maximum the largest value
 * @param noise the standard deviation of a pixel: 1.4826 times the median absolute difference of neighbours / √2
 * @param snr the range between the 1st and 99th percentile, over the noise
 */
record SliceQuality(double mean, double minimum, double maximum, double noise, double snr) {

    private static final double MEDIAN_TO_SIGMA = 1.4826;

    /** More pixels than this tell nothing new: of larger slices every second, third … row is looked at. */
    private static final int ENOUGH = 1 << 20;

    /**
     * @param slice {@code [row][column]}, square
     * @param size the rows and columns of it
     * @param center the rotation centre in columns
     */
    static SliceQuality of(float[] slice, int size, double center) {
        double radius = Math.min(center, size - 1 - center);
        int step = 1 + size * size / ENOUGH;
        int most = size * ((size + step - 1) / step);
        float[] inside = new float[most];
        float[] steps = new float[most];
        int count = 0;
        int pairs = 0;
        double sum = 0;
        for (int row = 0; row < size; row += step) {
            double y = size - 1 - row - size / 2;
            for (int column = 0; column < size; column++) {
                double x = column - size / 2;
                if (x * x + y * y <= radius * radius) {
                    float value = slice[row * size + column];
                    inside[count++] = value;
                    sum += value;
                    if (column > 0) {
                        steps[pairs++] = Math.abs(value - slice[row * size + column - 1]);
                    }
                }
            }
        }
        if (count == 0 || pairs == 0) {
            return new SliceQuality(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        Arrays.sort(inside, 0, count);
        Arrays.sort(steps, 0, pairs);
        double noise = MEDIAN_TO_SIGMA * steps[pairs / 2] / Math.sqrt(2);
        double range = inside[(int) (0.99 * (count - 1))] - inside[(int) (0.01 * (count - 1))];
        return new SliceQuality(sum / count, inside[0], inside[count - 1], noise, range / noise);
    }

    Map<String, Object> metrics() {
        Map<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("mean", mean);
        metrics.put("min", minimum);
        metrics.put("max", maximum);
        metrics.put("noise", noise);
        metrics.put("snr", snr);
        return metrics;
    }
}
