package org.lightpipe.gpu.tomography;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * Finds the rotation centre from projections half a turn apart, which are each other's mirror image about it. Two ways to
 * see how far: the slopes of the two are correlated at every mirror position, or only the phases of their spectra are
 * (Kuglin and Hines, 1975). Both sum over the pairs, and a parabola through the best position and its neighbours gives the
 * fraction. {@link VoCenter} looks at the whole sinogram instead.
 */
final class RotationCenter {

    /** More pairs than this (of a full turn) make the search slower and not better. */
    private static final int MOST_PAIRS = 32;

    private RotationCenter() {}

    /** @return the centre in columns by the correlation of slopes; empty if no two projections lie half a turn apart */
    static OptionalDouble byCorrelation(Sinogram sinogram) {
        List<int[]> pairs = opposedPairs(sinogram.angles());
        int slopes = sinogram.columns() - 1;
        if (pairs.isEmpty() || slopes < 4) {
            return OptionalDouble.empty();
        }
        double[] match = new double[2 * slopes - 1];
        for (int[] pair : pairs) {
            addMatch(slopes(sinogram, pair[0]), slopes(sinogram, pair[1]), match);
        }
        int best = best(match);
        if (!(match[best] > 0)) {
            return OptionalDouble.empty();
        }
        // slope i lies at column i + 1/2, so that slopes i and j mirror about (i + j + 1) / 2
        return OptionalDouble.of((best + fraction(match, best) + 1) / 2);
    }

    /** @return the centre in columns by phase correlation; empty if no two projections lie half a turn apart */
    static OptionalDouble byPhase(Sinogram sinogram) {
        List<int[]> pairs = opposedPairs(sinogram.angles());
        int slopes = sinogram.columns() - 1;
        if (pairs.isEmpty() || slopes < 4) {
            return OptionalDouble.empty();
        }
        int length = Integer.highestOneBit(2 * slopes - 1) * 2;
        DoubleFFT_1D fft = new DoubleFFT_1D(length);
        double[] cross = new double[2 * length];
        for (int[] pair : pairs) {
            addCross(spectrum(sinogram, pair[0], fft, length), spectrum(sinogram, pair[1], fft, length), cross);
        }
        double energy = 0;
        for (int i = 0; i < length; i++) {
            double size = Math.hypot(cross[2 * i], cross[2 * i + 1]);
            energy += size;
            if (size > 0) {
                cross[2 * i] /= size;
                cross[2 * i + 1] /= size;
            }
        }
        if (!(energy > 0)) {
            return OptionalDouble.empty();
        }
        fft.complexInverse(cross, true);
        double[] match = new double[2 * slopes - 1];
        for (int i = 0; i < match.length; i++) {
            match[i] = cross[2 * i];
        }
        int best = best(match);
        return OptionalDouble.of((best + fraction(match, best) + 1) / 2);
    }

    /** Of the slopes: steps from the first and last value to the nothing beside them would match best. */
    private static double[] spectrum(Sinogram sinogram, int projection, DoubleFFT_1D fft, int length) {
        double[] slopes = slopes(sinogram, projection);
        double[] line = new double[2 * length];
        for (int x = 0; x < slopes.length; x++) {
            line[2 * x] = slopes[x];
        }
        fft.complexForward(line);
        return line;
    }

    /**
     * The product without a conjugate is the convolution: what one has at i and the other at s - i adds up at s. Mirroring
     * turns the sign of a slope.
     */
    private static void addCross(double[] one, double[] two, double[] cross) {
        for (int i = 0; i < cross.length; i += 2) {
            cross[i] -= one[i] * two[i] - one[i + 1] * two[i + 1];
            cross[i + 1] -= one[i] * two[i + 1] + one[i + 1] * two[i];
        }
    }

    private static List<int[]> opposedPairs(double[] angles) {
        double allowed = 1.5 * Math.max(medianStep(angles), Math.toRadians(0.1));
        List<int[]> pairs = new ArrayList<>();
        for (int i = 0; i < angles.length; i++) {
            int nearest = i;
            double least = allowed;
            for (int j = i + 1; j < angles.length; j++) {
                double off = Math.abs(Math.abs(angles[j] - angles[i]) - Math.PI);
                if (off < least) {
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

    private static double[] slopes(Sinogram sinogram, int projection) {
        double[] slopes = new double[sinogram.columns() - 1];
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = sinogram.at(projection, i + 1) - sinogram.at(projection, i);
        }
        return slopes;
    }

    /** Mirroring turns the sign of a slope, hence the minus. */
    private static void addMatch(double[] one, double[] two, double[] match) {
        for (int i = 0; i < one.length; i++) {
            double slope = one[i];
            for (int j = 0; j < two.length; j++) {
                match[i + j] -= slope * two[j];
            }
        }
    }

    private static int best(double[] match) {
        int best = 0;
        for (int i = 1; i < match.length; i++) {
            if (match[i] > match[best]) {
                best = i;
            }
        }
        return best;
    }

    private static double fraction(double[] match, int best) {
        if (best == 0 || best == match.length - 1) {
            return 0;
        }
        double curvature = match[best - 1] - 2 * match[best] + match[best + 1];
        return curvature == 0 ? 0 : 0.5 * (match[best - 1] - match[best + 1]) / curvature;
    }
}
