package org.lightpipe.gpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Finds the rotation centre from projections half a turn apart, which are each other's mirror image about it: the slopes
 * of the two are correlated at every mirror position, summed over the pairs, and a parabola through the best position
 * and its neighbours gives the fraction.
 */
final class RotationCenter {

    /** More pairs than this (of a full turn) make the search slower and not better. */
    private static final int MOST_PAIRS = 32;

    private RotationCenter() {}

    /** @return the centre in columns; empty if no two projections lie half a turn apart */
    static OptionalDouble search(Sinogram sinogram) {
        List<int[]> pairs = opposedPairs(sinogram.angles());
        int slopes = sinogram.columns() - 1;
        if (pairs.isEmpty() || slopes < 4) {
            return OptionalDouble.empty();
        }
        double[] match = new double[2 * slopes - 1];
        for (int[] pair : pairs) {
            addMatch(slopes(sinogram.rows()[pair[0]]), slopes(sinogram.rows()[pair[1]]), match);
        }
        int best = 0;
        for (int i = 1; i < match.length; i++) {
            if (match[i] > match[best]) {
                best = i;
            }
        }
        if (match[best] <= 0) {
            return OptionalDouble.empty();
        }
        // slope i lies at column i + 1/2, so that slopes i and j mirror about (i + j + 1) / 2
        return OptionalDouble.of((best + fraction(match, best) + 1) / 2);
    }

    private static List<int[]> opposedPairs(double[] angles) {
        double allowed = 1.5 * Math.max(medianStep(angles), Math.toRadians(0.1));
        List<int[]> pairs = new ArrayList<>();
        for (int i = 0; i < angles.length; i++) {
            int nearest = i;
            double least = allowed;
            for (int j = 0; j < angles.length; j++) {
                double off = Math.abs(Math.abs(angles[j] - angles[i]) - Math.PI);
                if (j > i && off < least) {
                    nearest = j;
                    least = off;
                }
            }
            if (nearest != i) {
                pairs.add(new int[] {i, nearest});
            }
        }
        pairs.sort((a, b) -> Double.compare(off(angles, a), off(angles, b)));
        return pairs.subList(0, Math.min(MOST_PAIRS, pairs.size()));
    }

    private static double off(double[] angles, int[] pair) {
        return Math.abs(Math.abs(angles[pair[1]] - angles[pair[0]]) - Math.PI);
    }

    private static double medianStep(double[] angles) {
        if (angles.length < 2) {
            return 0;
        }
        double[] steps = new double[angles.length - 1];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = Math.abs(angles[i + 1] - angles[i]);
        }
        Arrays.sort(steps);
        return steps[steps.length / 2];
    }

    private static double[] slopes(float[] row) {
        double[] slopes = new double[row.length - 1];
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = row[i + 1] - row[i];
        }
        return slopes;
    }

    /** Mirroring turns the sign of a slope, hence the minus. */
    private static void addMatch(double[] one, double[] two, double[] match) {
        for (int i = 0; i < one.length; i++) {
            for (int j = 0; j < two.length; j++) {
                match[i + j] -= one[i] * two[j];
            }
        }
    }

    private static double fraction(double[] match, int best) {
        if (best == 0 || best == match.length - 1) {
            return 0;
        }
        double curvature = match[best - 1] - 2 * match[best] + match[best + 1];
        return curvature == 0 ? 0 : 0.5 * (match[best - 1] - match[best + 1]) / curvature;
    }
}
