package org.lightpipe.gpu.frames;

import java.util.Arrays;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.core.WorkPool;

/**
 * Welford's updating formulas in double, which stay exact for large counts with a small spread (Technometrics 4, 1962,
 * p. 419), for some of the pixels of frames.
 */
final class WelfordAccumulator implements FrameAccumulator {

    /** Bytes that a pixel takes: two doubles, two floats, and a count where values are left out. */
    static final int PIXEL_BYTES = 28;

    /** A tile of all that the loops touch fits the second nearest memory of a core. */
    private static final int TILE = 4096;

    private final WorkPool threads;
    private final int first;
    private final double saturation;
    private final double[] mean;
    private final double[] squares;
    private final float[] maximum;
    private final float[] minimum;

    /** How many values of each pixel were left out; null until the first one, because most stacks have none. */
    private int[] missing;

    private int frames;

    /**
     * @param first the first pixel of a frame that is looked at
     * @param pixels how many are looked at
     * @param saturation infinity = never
     */
    WelfordAccumulator(WorkPool threads, int first, int pixels, double saturation) {
        this.threads = threads;
        this.first = first;
        this.saturation = saturation;
        mean = new double[pixels];
        squares = new double[pixels];
        maximum = new float[pixels];
        minimum = new float[pixels];
        Arrays.fill(maximum, Float.NEGATIVE_INFINITY);
        Arrays.fill(minimum, Float.POSITIVE_INFINITY);
    }

    @Override
    public int framesPerBlock() {
        return 0;
    }

    @Override
    public void add(FrameBlock block, FrameTotals totals) throws InterruptedException {
        threads.forEach((mean.length + TILE - 1) / TILE, (from, to) -> {
            Tile tile = new Tile();
            for (int i = from; i < to; i++) {
                int at = i * TILE;
                int count = Math.min(TILE, mean.length - at);
                for (int frame = 0; frame < block.frames(); frame++) {
                    tile.load(block, frame, at, count);
                    tile.add(at, count, frames + frame + 1);
                    totals.add(block.first() + frame, tile.total, tile.ignored, tile.saturated);
                }
            }
        });
        frames += block.frames();
    }

    @Override
    public void finish(FrameTotals totals) {
        // every call of add takes all in
    }

    @Override
    public Moments moments(int from, int count) {
        float[] means = new float[count];
        float[] deviations = new float[count];
        float[] largest = Arrays.copyOfRange(maximum, from, from + count);
        float[] smallest = Arrays.copyOfRange(minimum, from, from + count);
        for (int i = 0; i < count; i++) {
            int values = missing == null ? frames : frames - missing[from + i];
            if (values == 0) {
                means[i] = Float.NaN;
                deviations[i] = Float.NaN;
                largest[i] = Float.NaN;
                smallest[i] = Float.NaN;
            } else {
                means[i] = (float) mean[from + i];
                deviations[i] = (float) Math.sqrt(squares[from + i] / values);
            }
        }
        return new Moments(means, largest, smallest, deviations);
    }

    @Override
    public void close() {
        // owns nothing
    }

    /** Called when the first value is left out, by any thread. */
    private synchronized int[] missing() {
        if (missing == null) {
            missing = new int[mean.length];
        }
        return missing;
    }

    /** The values of one frame in a tile; used by one thread. */
    private final class Tile {

        private final double[] values = new double[TILE];
        private final float[] floats = new float[TILE];
        private double total;
        private int ignored;
        private int saturated;

        void load(FrameBlock block, int frame, int at, int count) {
            int from = frame * block.pixels() + first + at;
            if (isExactAsFloat(block.type())) {
                block.type().toFloats(block.values(), from, floats, 0, count);
                for (int i = 0; i < count; i++) {
                    values[i] = floats[i];
                }
            } else {
                block.type().toDoubles(block.values(), from, values, 0, count);
            }
        }

        private static boolean isExactAsFloat(NumberType type) {
            return type.bytes() <= 2 || type == NumberType.FLOAT32;
        }

        void add(int at, int count, int frame) {
            total = sum(values, count);
            ignored = 0;
            saturated = 0;
            // the sum of finite values is finite, unless they are so large that the careful way does no harm
            if (Double.isFinite(total) && missing == null) {
                addAll(at, count, frame);
            } else {
                addFinite(at, count, frame);
            }
            if (saturation < Double.POSITIVE_INFINITY) {
                for (int i = 0; i < count; i++) {
                    saturated += values[i] >= saturation && values[i] <= Double.MAX_VALUE ? 1 : 0;
                }
            }
        }

        /** Four sums, so that no addition waits for the one before it. */
        private static double sum(double[] values, int count) {
            double one = 0;
            double two = 0;
            double three = 0;
            double four = 0;
            int i = 0;
            for (; i + 3 < count; i += 4) {
                one += values[i];
                two += values[i + 1];
                three += values[i + 2];
                four += values[i + 3];
            }
            for (; i < count; i++) {
                one += values[i];
            }
            return one + two + (three + four);
        }

        private void addAll(int at, int count, int frame) {
            double part = 1.0 / frame;
            for (int i = 0; i < count; i++) {
                double value = values[i];
                double delta = value - mean[at + i];
                double next = mean[at + i] + delta * part;
                mean[at + i] = next;
                squares[at + i] += delta * (value - next);
            }
            for (int i = 0; i < count; i++) {
                maximum[at + i] = Math.max(maximum[at + i], (float) values[i]);
            }
            for (int i = 0; i < count; i++) {
                minimum[at + i] = Math.min(minimum[at + i], (float) values[i]);
            }
        }

        private void addFinite(int at, int count, int frame) {
            int[] left = missing();
            total = 0;
            for (int i = 0; i < count; i++) {
                double value = values[i];
                int pixel = at + i;
                if (Double.isFinite(value)) {
                    double delta = value - mean[pixel];
                    mean[pixel] += delta / (frame - left[pixel]);
                    squares[pixel] += delta * (value - mean[pixel]);
                    maximum[pixel] = Math.max(maximum[pixel], (float) value);
                    minimum[pixel] = Math.min(minimum[pixel], (float) value);
                    total += value;
                } else {
                    left[pixel]++;
                    ignored++;
                }
            }
        }
    }
}
