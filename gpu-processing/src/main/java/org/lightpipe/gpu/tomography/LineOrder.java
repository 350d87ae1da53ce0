package org.lightpipe.gpu.tomography;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Lines through the origin, sorted by their angle modulo π, so that those near a point are found without looking at all
 * of them.
 *
 * @param projections the number of the projection for each line
 * @param angles of the lines, as the projections have them
 * @param buckets for evenly spaced angles from -π to 2π: the number of the first line that is not before it, counted
 *     through three half turns; the last one is behind all
 */
record LineOrder(int[] projections, double[] angles, int[] buckets) {

    private static final int BUCKETS_PER_LINE = 12;

    static LineOrder of(double[] angles) {
        int lines = angles.length;
        Integer[] sorted = new Integer[lines];
        Arrays.setAll(sorted, i -> i);
        Arrays.sort(sorted, Comparator.comparingDouble(i -> halfTurn(angles[i])));
        int[] projections = new int[lines];
        double[] inOrder = new double[lines];
        for (int i = 0; i < lines; i++) {
            projections[i] = sorted[i];
            inOrder[i] = angles[sorted[i]];
        }
        int[] buckets = new int[BUCKETS_PER_LINE * lines + 1];
        int next = 0;
        for (int bucket = 0; bucket < buckets.length - 1; bucket++) {
            double edge = -Math.PI + 3 * Math.PI * bucket / (buckets.length - 1);
            while (next < 3 * lines && halfTurn(inOrder[next % lines]) + (next / lines - 1) * Math.PI < edge) {
                next++;
            }
            buckets[bucket] = next;
        }
        buckets[buckets.length - 1] = 3 * lines;
        return new LineOrder(projections, inOrder, buckets);
    }

    private static double halfTurn(double angle) {
        double rest = angle - Math.PI * Math.floor(angle / Math.PI);
        return rest < Math.PI ? rest : 0;
    }
}
