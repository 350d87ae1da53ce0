package org.lightpipe.benchmarks;

import java.util.stream.DoubleStream;

/** The middle of measurements: a few that went wrong do not move it. */
final class Median {

    private Median() {}

    /** @param values at least one */
    static double of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
