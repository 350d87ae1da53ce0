package org.lightpipe.gpu.tomography;

import java.util.Arrays;

/**
 * Removal of all kinds of stripes (Vo, Atwood, Drakopoulos: Optics Express 26, 28396, 2018, algorithms 3 to 6), as
 * tomopy's {@code remove_all_stripe} and tomocupy's {@code vo-all}: columns that do not respond or that flicker are bridged
 * by their neighbours, columns that respond too much or too little are set right by the order of their values, and what is
 * left is smoothed among columns of sorted values.
 */
final class VoStripes implements SinogramFilter {

    /** Sorted values that are smoothed at a time, so that each line of the processor's cache is fetched once. */
    private static final int RANKS = 16;

    /** Over which flickering is seen, in projections. */
    private static final int SMOOTH = 10;

    /** The part of the values of a column, at both ends together, that do not count when it is compared. */
    private static final double DROP = 0.1;

    private final double snr;
    private final int largeWindow;
    private final int smallWindow;

    /**
     * @param snr above which a column counts as a stripe
     * @param largeWindow of the median that finds and mends large stripes, in columns
     * @param smallWindow of the median that mends small stripes, in columns
     */
    VoStripes(double snr, int largeWindow, int smallWindow) {
        this.snr = snr;
        this.largeWindow = largeWindow;
        this.smallWindow = smallWindow;
    }

    @Override
    public void apply(float[] values, int at, int projections, int columns) {
        float[][] column = new float[columns][projections];
        for (int i = 0; i < projections; i++) {
            for (int x = 0; x < columns; x++) {
                column[x][i] = values[at + i * columns + x];
            }
        }
        bridgeDead(column);
        mendLarge(column);
        mendSmall(column);
        for (int i = 0; i < projections; i++) {
            for (int x = 0; x < columns; x++) {
                values[at + i * columns + x] = column[x][i];
            }
        }
    }

    @Override
    public long bytes(int projections, int columns) {
        return 16L * projections * columns;
    }

    /** Columns whose difference from their own smooth course is unlike that of their neighbours. */
    private void bridgeDead(float[][] column) {
        float[] roughness = new float[column.length];
        for (int x = 0; x < column.length; x++) {
            roughness[x] = roughness(column[x]);
        }
        boolean[] dead = widened(stripes(shares(roughness, smoothed(roughness))));
        for (int edge = 0; edge < Math.min(2, dead.length); edge++) {
            dead[edge] = false;
            dead[dead.length - 1 - edge] = false;
        }
        int left = 0;
        for (int x = 0; x < column.length; x++) {
            if (dead[x]) {
                continue;
            }
            for (int gap = left + 1; gap < x; gap++) {
                float part = (float) (gap - left) / (x - left);
                for (int i = 0; i < column[gap].length; i++) {
                    column[gap][i] = column[left][i] + part * (column[x][i] - column[left][i]);
                }
            }
            left = x;
        }
    }

    private static float roughness(float[] course) {
        int length = course.length;
        double sum = 0;
        double window = 0;
        for (int k = -SMOOTH / 2; k < SMOOTH - SMOOTH / 2; k++) {
            window += course[Mirror.of(k, length)];
        }
        for (int i = 0; i < length; i++) {
            sum += Math.abs(course[i] - window / SMOOTH);
            window += course[Mirror.of(i + SMOOTH - SMOOTH / 2, length)] - course[Mirror.of(i - SMOOTH / 2, length)];
        }
        return (float) sum;
    }

    /** Columns that differ from their neighbours as a whole. */
    private void mendLarge(float[][] column) {
        int projections = column[0].length;
        float[][] sorted = new float[column.length][];
        for (int x = 0; x < column.length; x++) {
            sorted[x] = column[x].clone();
            Arrays.sort(sorted[x]);
        }
        int drop = (int) (0.5 * DROP * projections);
        float[] before = means(sorted, drop);
        smoothAcross(sorted, largeWindow);
        float[] shares = shares(before, means(sorted, drop));
        boolean[] large = widened(stripes(shares));
        for (int x = 0; x < column.length; x++) {
            // a column of zeros has nothing to be set right by
            for (int i = 0; i < projections && shares[x] != 0; i++) {
                column[x][i] /= shares[x];
            }
            if (large[x]) {
                int[] order = order(column[x]);
                for (int rank = 0; rank < projections; rank++) {
                    column[x][order[rank]] = sorted[x][rank];
                }
            }
        }
    }

    private void mendSmall(float[][] column) {
        int[][] orders = new int[column.length][];
        for (int x = 0; x < column.length; x++) {
            orders[x] = order(column[x]);
            Arrays.sort(column[x]);
        }
        smoothAcross(column, smallWindow);
        float[] course = new float[column[0].length];
        for (int x = 0; x < column.length; x++) {
            for (int rank = 0; rank < course.length; rank++) {
                course[orders[x][rank]] = column[x][rank];
            }
            System.arraycopy(course, 0, column[x], 0, course.length);
        }
    }

    /** The median among neighbouring columns of the values of each rank. */
    private static void smoothAcross(float[][] sorted, int window) {
        int columns = sorted.length;
        int projections = sorted[0].length;
        SlidingMedian median = new SlidingMedian(window);
        float[][] lines = new float[RANKS][columns];
        float[] smooth = new float[columns];
        for (int first = 0; first < projections; first += RANKS) {
            int ranks = Math.min(RANKS, projections - first);
            for (int x = 0; x < columns; x++) {
                for (int rank = 0; rank < ranks; rank++) {
                    lines[rank][x] = sorted[x][first + rank];
                }
            }
            for (int rank = 0; rank < ranks; rank++) {
                median.apply(lines[rank], smooth);
                System.arraycopy(smooth, 0, lines[rank], 0, columns);
            }
            for (int x = 0; x < columns; x++) {
                for (int rank = 0; rank < ranks; rank++) {
                    sorted[x][first + rank] = lines[rank][x];
                }
            }
        }
    }

    private float[] smoothed(float[] line) {
        float[] smooth = new float[line.length];
        new SlidingMedian(largeWindow).apply(line, smooth);
        return smooth;
    }

    private static float[] means(float[][] sorted, int drop) {
        float[] means = new float[sorted.length];
        for (int x = 0; x < sorted.length; x++) {
            double sum = 0;
            for (int rank = drop; rank < sorted[x].length - drop; rank++) {
                sum += sorted[x][rank];
            }
            means[x] = (float) (sum / (sorted[x].length - 2 * drop));
        }
        return means;
    }

    private static float[] shares(float[] line, float[] smooth) {
        float[] shares = new float[line.length];
        for (int x = 0; x < line.length; x++) {
            shares[x] = smooth[x] == 0 ? 1 : line[x] / smooth[x];
        }
        return shares;
    }

    /** Algorithm 4: the sorted shares lie on a straight line, but for those of stripes. */
    private boolean[] stripes(float[] shares) {
        int count = shares.length;
        boolean[] stripes = new boolean[count];
        double[] falling = new double[count];
        for (int x = 0; x < count; x++) {
            falling[x] = -shares[x];
        }
        Arrays.sort(falling);
        for (int x = 0; x < count; x++) {
            falling[x] = -falling[x];
        }
        int drop = count / 4;
        int end = count - drop - 1;
        if (end - drop < 2) {
            return stripes;
        }
        double n = end - drop;
        double meanX = (drop + end - 1) / 2.0;
        double meanY = 0;
        for (int i = drop; i < end; i++) {
            meanY += falling[i] / n;
        }
        double xy = 0;
        double xx = 0;
        for (int i = drop; i < end; i++) {
            xy += (i - meanX) * (falling[i] - meanY);
            xx += (i - meanX) * (i - meanX);
        }
        double slope = xy / xx;
        double top = meanY - slope * meanX;
        double bottom = top + slope * (count - 1);
        double noise = Math.max(1e-6, Math.abs(bottom - top));
        boolean above = Math.abs(falling[0] - top) / noise >= snr;
        boolean below = Math.abs(falling[count - 1] - bottom) / noise >= snr;
        for (int x = 0; x < count; x++) {
            stripes[x] =
                    above && shares[x] > top + noise * snr * 0.5 || below && shares[x] <= bottom - noise * snr * 0.5;
        }
        return stripes;
    }

    private static boolean[] widened(boolean[] mask) {
        boolean[] wide = new boolean[mask.length];
        for (int x = 0; x < mask.length; x++) {
            wide[x] = mask[x] || x > 0 && mask[x - 1] || x + 1 < mask.length && mask[x + 1];
        }
        return wide;
    }

    /** @return the places of the values, those of the smallest first; equal ones in their order */
    private static int[] order(float[] values) {
        long[] keys = new long[values.length];
        for (int i = 0; i < keys.length; i++) {
            int bits = Float.floatToIntBits(values[i]);
            // negative floats grow with falling bits
            keys[i] = (long) (bits ^ ((bits >> 31) & 0x7fffffff)) << 32 | i;
        }
        Arrays.sort(keys);
        int[] order = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            order[i] = (int) keys[i];
        }
        return order;
    }
}
