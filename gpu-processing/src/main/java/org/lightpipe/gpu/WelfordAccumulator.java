package org.lightpipe.gpu;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Welford's updating formulas in double, which stay exact for large counts with a small spread (Technometrics 4, 1962,
 * p. 419).
 */
final class WelfordAccumulator implements FrameAccumulator {

    private final double[] mean;
    private final double[] squares;
    private final float[] maximum;

    /** How many values of each pixel were left out; null until the first one, because most stacks have none. */
    private int[] missing;

    private int frames;
    private long ignored;

    WelfordAccumulator(int pixels) {
        mean = new double[pixels];
        squares = new double[pixels];
        maximum = new float[pixels];
        Arrays.fill(maximum, Float.NEGATIVE_INFINITY);
    }

    @Override
    public void add(double[] values) {
        if (values.length % mean.length != 0) {
            throw new IllegalArgumentException(
                    values.length + " values are not a whole number of frames of " + mean.length + " pixels");
        }
        for (int start = 0; start < values.length; start += mean.length) {
            frames++;
            for (int pixel = 0; pixel < mean.length; pixel++) {
                double value = values[start + pixel];
                if (Double.isFinite(value)) {
                    double delta = value - mean[pixel];
                    mean[pixel] += delta / count(pixel);
                    squares[pixel] += delta * (value - mean[pixel]);
                    maximum[pixel] = Math.max(maximum[pixel], (float) value);
                } else {
                    leaveOut(pixel);
                }
            }
        }
    }

    private int count(int pixel) {
        return missing == null ? frames : frames - missing[pixel];
    }

    private void leaveOut(int pixel) {
        if (missing == null) {
            missing = new int[mean.length];
        }
        missing[pixel]++;
        ignored++;
    }

    @Override
    public float[] mean() {
        return image(pixel -> mean[pixel]);
    }

    @Override
    public float[] maximum() {
        return image(pixel -> maximum[pixel]);
    }

    @Override
    public float[] standardDeviation() {
        return image(pixel -> Math.sqrt(squares[pixel] / count(pixel)));
    }

    @Override
    public long ignored() {
        return ignored;
    }

    private float[] image(IntToDoubleFunction value) {
        float[] image = new float[mean.length];
        for (int pixel = 0; pixel < image.length; pixel++) {
            image[pixel] = count(pixel) == 0 ? Float.NaN : (float) value.applyAsDouble(pixel);
        }
        return image;
    }
}
