package org.lightpipe.gpu.tomography;

import java.util.Arrays;

/**
 * The median over a window that slides along a line, with the borders mirrored half a value outside, as in SciPy's
 * {@code median_filter}: of an even window the upper of the two in the middle, one value more before than behind.
 */
final class SlidingMedian {

    private final int window;
    private final float[] sorted;

    /** @param window how many values; one thread uses an instance */
    SlidingMedian(int window) {
        this.window = window;
        sorted = new float[window];
    }

    /**
     * @param line finite values
     * @param into as long; not the same array
     */
    void apply(float[] line, float[] into) {
        int length = line.length;
        int before = window / 2;
        for (int i = 0; i < window; i++) {
            sorted[i] = line[Mirror.of(i - before, length)];
        }
        Arrays.sort(sorted);
        into[0] = sorted[window / 2];
        for (int at = 1; at < length; at++) {
            float leaves = line[Mirror.of(at - 1 - before, length)];
            float comes = line[Mirror.of(at - 1 - before + window, length)];
            replace(leaves, comes);
            into[at] = sorted[window / 2];
        }
    }

    private void replace(float leaves, float comes) {
        int from = Arrays.binarySearch(sorted, leaves);
        int to = Arrays.binarySearch(sorted, comes);
        to = to < 0 ? -to - 1 : to;
        if (to > from) {
            System.arraycopy(sorted, from + 1, sorted, from, to - 1 - from);
            sorted[to - 1] = comes;
        } else {
            System.arraycopy(sorted, to, sorted, to + 1, from - to);
            sorted[to] = comes;
        }
    }
}
