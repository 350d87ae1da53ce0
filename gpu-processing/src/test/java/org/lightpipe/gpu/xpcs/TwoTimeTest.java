package org.lightpipe.gpu.xpcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The two-time correlation, beside the definition. */
class TwoTimeTest {

    static List<String> backends() {
        return Place.backends().toList();
    }

    private record Outcome(double[][] map, TwoTime.Diagonals diagonals) {}

    private static double[][] random(int samples, int pixels, long seed) {
        Random random = new Random(seed);
        double[][] x = new double[samples][pixels];
        for (int p = 0; p < pixels; p++) {
            double state = random.nextGaussian();
            for (int i = 0; i < samples; i++) {
                state = 0.95 * state + 0.31 * random.nextGaussian();
                x[i][p] = (float) (state * state);
            }
        }
        return x;
    }

    private static Outcome correlate(
            Place place, double[][] x, int from, int to, boolean[] bad, int length, boolean inMemory) throws Exception {
        int pixels = x[0].length;
        double[][] map = new double[x.length][x.length];
        try (SampleStore store = new SampleStore(x.length, pixels, length, inMemory, place.threads());
                PanelProduct product = place.compute().device().isPresent()
                        ? new DevicePanelProduct(place.compute().device().get(), length, store.blocks() * length)
                        : new JavaPanelProduct(place.threads(), length)) {
            int rows = 7;
            for (int first = 0; first < x.length; first += rows) {
                int count = Math.min(rows, x.length - first);
                // the pixels begin behind one that does not belong to them
                float[][] block = new float[rows][pixels + 1];
                for (int i = 0; i < count; i++) {
                    block[i][0] = 1e6f;
                    for (int p = 0; p < pixels; p++) {
                        block[i][p + 1] = (float) x[first + i][p];
                    }
                }
                store.add(block, count, 1);
            }
            TwoTime.Diagonals diagonals = TwoTime.correlate(store, from, to, bad, product, (time, row) -> {
                for (int j = 0; j < x.length; j++) {
                    map[time][j] = row[j];
                }
            });
            return new Outcome(map, diagonals);
        }
    }

    private static void assertAsDefined(Outcome outcome, double[][] x, int from, int to) {
        double[][] expected = Definition.twotime(x, from, to);
        int samples = x.length;
        for (int i = 0; i < samples; i++) {
            for (int j = 0; j < samples; j++) {
                assertThat(outcome.map()[i][j])
                        .as("row %d, column %d", i, j)
                        .isCloseTo(j < i ? 0 : expected[i][j], within(2e-6 * Math.abs(expected[i][j])));
            }
        }
        double[] diagonals = Definition.diagonals(expected, 0, samples);
        for (int k = 0; k < samples; k++) {
            assertThat((double) outcome.diagonals().g2()[k])
                    .isCloseTo(diagonals[k], within(2e-6 * Math.abs(diagonals[k])));
        }
        int part = samples / TwoTime.SEGMENTS;
        for (int segment = 0; segment < TwoTime.SEGMENTS; segment++) {
            double[] means = Definition.diagonals(expected, segment * part, part);
            assertThat(outcome.diagonals().segments()[segment]).hasSize(part);
            for (int k = 0; k < part; k++) {
                assertThat((double) outcome.diagonals().segments()[segment][k])
                        .isCloseTo(means[k], within(2e-6 * Math.abs(means[k])));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void mapsAreAsDefined(String backend) throws Exception {
        double[][] x = random(53, 301, 1);
        try (Place place = Place.on(backend)) {
            for (int length : new int[] {56, 16, 8}) {
                for (boolean inMemory : new boolean[] {true, false}) {
                    assertAsDefined(correlate(place, x, 0, 301, new boolean[301], length, inMemory), x, 0, 301);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aBinIsARangeOfPixels(String backend) throws Exception {
        double[][] x = random(31, 90, 2);
        try (Place place = Place.on(backend)) {
            assertAsDefined(correlate(place, x, 40, 77, new boolean[90], 32, true), x, 40, 77);
            assertAsDefined(correlate(place, x, 5, 6, new boolean[90], 8, false), x, 5, 6);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void fewSamplesHaveNoSegments(String backend) throws Exception {
        double[][] x = random(4, 10, 3);
        try (Place place = Place.on(backend)) {
            assertAsDefined(correlate(place, x, 0, 10, new boolean[10], 4, true), x, 0, 10);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void badPixelsAreLeftOut(String backend) throws Exception {
        double[][] x = random(24, 12, 4);
        double[][] good = new double[24][11];
        boolean[] bad = new boolean[12];
        bad[4] = true;
        for (int i = 0; i < 24; i++) {
            for (int p = 0; p < 11; p++) {
                good[i][p] = x[i][p < 4 ? p : p + 1];
            }
        }
        try (Place place = Place.on(backend)) {
            assertAsDefined(correlate(place, x, 0, 12, bad, 12, true), good, 0, 11);
            assertAsDefined(correlate(place, x, 0, 12, bad, 12, false), good, 0, 11);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void darkSamplesGiveZero(String backend) throws Exception {
        double[][] x = random(16, 20, 5);
        x[7] = new double[20];
        try (Place place = Place.on(backend)) {
            Outcome outcome = correlate(place, x, 0, 20, new boolean[20], 16, true);
            assertThat(outcome.map()[7]).containsOnly(0);
            assertThat(outcome.map()[8][8]).isGreaterThan(1);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void sumsOverManyPixelsAreExact(String backend) throws Exception {
        double[][] x = random(12, 60_000, 6);
        try (Place place = Place.on(backend)) {
            assertAsDefined(correlate(place, x, 0, 60_000, new boolean[60_000], 12, true), x, 0, 60_000);
        }
    }

    @Test
    void smoothingDividesByTheMeanOfTheGroup() throws Exception {
        float[][] rows = {{9, 1, 3, 10, 30, 0, 0}};
        boolean[] bad = new boolean[7];
        bad[4] = true;
        try (Place place = Place.on("java")) {
            TwoTime.smooth(rows, 1, new int[] {1, 3, 5, 7}, bad, place.threads());
        }
        assertThat(rows[0]).containsExactly(9, 0.5f, 1.5f, 1, 3, 0, 0);
    }

    @Test
    void blocksFitTheMemory() {
        assertThat(TwoTime.blockLength(200, 1000)).isEqualTo(200);
        assertThat(TwoTime.blockLength(2, 10)).isEqualTo(4);
        assertThat(TwoTime.blockLength(100_000, 1_000_000) % 4).isZero();
        assertThat(TwoTime.blockLength(1000, Integer.MAX_VALUE)).isZero();
    }
}
