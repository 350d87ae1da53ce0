package org.lightpipe.gpu.frames;

import java.util.Arrays;
import org.lightpipe.gpu.core.WorkPool;

/**
 * Finds pixels that do not see what their neighbours see, in the mean of many frames.
 *
 * <p>A pixel is hot if its mean is larger than that of its second brightest neighbour by a factor: a reflection covers
 * several pixels, a hot pixel is alone (and a pair of hot ones is found, too). A pixel is dead if it never counted
 * anything although its neighbours saw so much that this cannot be chance.
 */
final class HotPixels {

    /** As the bits of NXdetector's pixel_mask. */
    static final byte DEAD = 1 << 1;

    /** As the bits of NXdetector's pixel_mask. */
    static final byte HOT = 1 << 3;

    /** Counts that were expected: five standard deviations above none. */
    private static final double CERTAIN = 25;

    private static final int NEIGHBOURS = 8;

    private HotPixels() {}

    /**
     * @param mean {@code [row][column]}, flat; NaN = unknown
     * @param frames of which it is the mean
     * @param counts whether values are counts; else nothing is said about dead pixels
     * @param factor how much brighter than the second brightest neighbour a hot pixel is
     * @return the bits of each pixel
     */
    static byte[] find(float[] mean, int rows, int columns, int frames, boolean counts, double factor, WorkPool threads)
            throws InterruptedException {
        byte[] found = new byte[mean.length];
        // where all around is dark, a few counts must not make a pixel hot
        double floor = counts ? 1.0 / frames : typical(mean);
        threads.forEach(rows, (from, to) -> {
            double[] around = new double[NEIGHBOURS];
            for (int row = from; row < to; row++) {
                for (int column = 0; column < columns; column++) {
                    double value = mean[row * columns + column];
                    int known = around(mean, rows, columns, row, column, around);
                    if (known < 2) {
                        continue;
                    }
                    if (value > factor * Math.max(around[known - 2], floor)) {
                        found[row * columns + column] = HOT;
                    } else if (counts && value == 0 && around[known / 2] * frames > CERTAIN) {
                        found[row * columns + column] = DEAD;
                    }
                }
            }
        });
        return found;
    }

    /** Fills in the known neighbours, sorted; returns how many there are. */
    private static int around(float[] mean, int rows, int columns, int row, int column, double[] into) {
        int known = 0;
        for (int y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
            for (int x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
                float value = mean[y * columns + x];
                if ((y != row || x != column) && !Float.isNaN(value)) {
                    into[known++] = value;
                }
            }
        }
        Arrays.sort(into, 0, known);
        return known;
    }

    private static double typical(float[] mean) {
        double sum = 0;
        long known = 0;
        for (float value : mean) {
            if (!Float.isNaN(value)) {
                sum += Math.abs(value);
                known++;
            }
        }
        return known == 0 ? 0 : sum / known;
    }
}
