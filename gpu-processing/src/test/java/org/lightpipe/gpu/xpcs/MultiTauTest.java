package org.lightpipe.gpu.xpcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.device.Compute;

/** The sums of pixels, beside the definition. */
class MultiTauTest {

    private static final double FLOAT = 2e-6;

    static List<String> backends() {
        return Place.backends().toList();
    }

    /** What came out for every pixel, beside the sums of the cells. */
    private record Outcome(double[][][] pixels, CellSums sums) {}

    private interface Maker {
        MultiTau make(Delays delays, List<Cell> cells, int from, int to) throws Exception;
    }

    private static Maker maker(Compute compute, int rows, int tile) {
        return (delays, cells, from, to) -> compute.device().isPresent()
                ? new DeviceMultiTau(compute.device().get(), delays, cells, from, to, rows)
                : new JavaMultiTau(delays, cells, from, to, compute.threads(), tile);
    }

    /** Correlates in parts of {@code perPass} pixels, fed in blocks of {@code rows} samples. */
    private static Outcome correlate(
            double[][] x, List<Cell> cells, boolean[] bad, float[] factors, int rows, int perPass, Maker maker)
            throws Exception {
        Delays delays = Delays.of(x.length);
        int pixels = x[0].length;
        Outcome outcome = new Outcome(
                new double[delays.count()][3][pixels],
                new CellSums(cells, delays.count(), delays.segments().samples()));
        for (int from = 0; from < pixels; from += perPass) {
            int to = Math.min(pixels, from + perPass);
            try (MultiTau multiTau = maker.make(delays, cells, from, to)) {
                for (int first = 0; first < x.length; first += rows) {
                    int count = Math.min(rows, x.length - first);
                    float[] part = factors == null ? null : Arrays.copyOfRange(factors, first, first + count);
                    multiTau.add(block(x, first, count, rows), part);
                }
                multiTau.finish(outcome.sums(), bad, (delay, kind, at, values, count) -> {
                    for (int i = 0; i < count; i++) {
                        outcome.pixels()[delay][kind][at + i] = values[i];
                    }
                });
            }
        }
        return outcome;
    }

    private static SampleBlock block(double[][] x, int first, int count, int rows) {
        float[][] values = new float[rows][x[0].length];
        for (int i = 0; i < count; i++) {
            for (int p = 0; p < x[0].length; p++) {
                values[i][p] = (float) x[first + i][p];
            }
        }
        return new SampleBlock(first, count, values, new double[count]);
    }

    private static List<Cell> oneCell(int pixels) {
        return List.of(new Cell(1, 1, 0, pixels));
    }

    private static double[][] random(int samples, int pixels, long seed) {
        Random random = new Random(seed);
        double[][] x = new double[samples][pixels];
        for (double[] sample : x) {
            for (int p = 0; p < pixels; p++) {
                sample[p] = random.nextInt(8);
            }
        }
        return x;
    }

    private static void assertAsDefined(double[][][] actual, double[][] x, double tolerance) {
        double[][][] expected = Definition.multitau(x);
        assertThat(actual.length).isEqualTo(expected.length);
        for (int k = 0; k < expected.length; k++) {
            for (int kind = 0; kind < 3; kind++) {
                for (int p = 0; p < x[0].length; p++) {
                    assertThat(actual[k][kind][p])
                            .as("delay %d, kind %d, pixel %d of %d samples", k, kind, p, x.length)
                            .isCloseTo(expected[k][kind][p], within(1e-6 + tolerance * Math.abs(expected[k][kind][p])));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void sumsAreAsDefinedForEveryLength(String backend) throws Exception {
        try (Place place = Place.on(backend)) {
            int longest = backend.equals("java") ? 140 : 40;
            for (int samples = 2; samples <= longest; samples++) {
                double[][] x = random(samples, 5, samples);
                Outcome outcome = correlate(x, oneCell(5), new boolean[5], null, 8, 5, maker(place.compute(), 8, 1024));
                assertAsDefined(outcome.pixels(), x, FLOAT);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void blocksTilesAndPassesMakeNoDifference(String backend) throws Exception {
        double[][] x = random(333, 70, 5);
        try (Place place = Place.on(backend)) {
            for (int rows : new int[] {4, 20, 64}) {
                for (int perPass : new int[] {70, 33, 7}) {
                    Outcome outcome = correlate(
                            x, oneCell(70), new boolean[70], null, rows, perPass, maker(place.compute(), rows, 16));
                    assertAsDefined(outcome.pixels(), x, FLOAT);
                }
            }
        }
    }

    @Property(tries = 60)
    void anyLengthAnyBlock(
            @ForAll @IntRange(min = 2, max = 600) int samples,
            @ForAll @IntRange(min = 1, max = 40) int blocks,
            @ForAll @IntRange(min = 1, max = 9) int tile)
            throws Exception {
        double[][] x = random(samples, 9, samples);
        try (Place place = Place.on("java")) {
            Outcome outcome =
                    correlate(x, oneCell(9), new boolean[9], null, blocks, 9, maker(place.compute(), blocks, tile));
            assertAsDefined(outcome.pixels(), x, FLOAT);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void binsAreAveragedAsDefined(String backend) throws Exception {
        Scan scan = Scan.speckles(150, 12, 11, 3, 7);
        Partition partition = Partition.of(scan.qmap(), 0.5);
        double[][] x = scan.samples();
        try (Place place = Place.on(backend)) {
            Outcome outcome = correlate(
                    ordered(x, partition, partition.binned()),
                    partition.cells(),
                    new boolean[x[0].length],
                    null,
                    16,
                    50,
                    maker(place.compute(), 16, 13));
            Averages averages = Averages.of(outcome.sums(), partition);
            double[][][] expected = Definition.multitau(x);
            for (int k = 0; k < expected.length; k++) {
                double[][] average =
                        Definition.average(expected[k], Scan.flat(scan.dynamicBins()), Scan.flat(scan.staticBins()), 3);
                for (int bin = 0; bin < 3; bin++) {
                    assertThat((double) averages.g2()[k][bin]).isCloseTo(average[0][bin], within(1e-5));
                    assertThat((double) averages.error()[k][bin]).isCloseTo(average[1][bin], within(1e-5));
                }
            }
            assertSegments(outcome.sums(), partition, x);
        }
    }

    private static void assertSegments(CellSums sums, Partition partition, double[][] x) {
        Delays.Level level = Delays.of(x.length).segments();
        for (int segment = 0; segment < level.samples(); segment++) {
            for (int cell = 0; cell < partition.cells().size(); cell++) {
                double expected = 0;
                for (int i = segment << level.number(); i < (segment + 1) << level.number(); i++) {
                    Cell one = partition.cells().get(cell);
                    for (int p = one.from(); p < Math.min(one.to(), partition.binned()); p++) {
                        expected += x[i][partition.order()[p]];
                    }
                }
                assertThat(sums.segment(segment, cell)).isCloseTo(expected, within(1e-3));
            }
        }
    }

    private static double[][] ordered(double[][] x, Partition partition, int pixels) {
        double[][] ordered = new double[x.length][pixels];
        for (int i = 0; i < x.length; i++) {
            for (int p = 0; p < pixels; p++) {
                ordered[i][p] = x[i][partition.order()[p]];
            }
        }
        return ordered;
    }

    @ParameterizedTest
    @MethodSource("backends")
    void samplesAreMultipliedByTheirFactors(String backend) throws Exception {
        double[][] x = random(77, 6, 3);
        float[] factors = new float[77];
        double[][] multiplied = new double[77][6];
        for (int i = 0; i < 77; i++) {
            factors[i] = 0.25f * (1 + i % 5);
            for (int p = 0; p < 6; p++) {
                multiplied[i][p] = x[i][p] * factors[i];
            }
        }
        try (Place place = Place.on(backend)) {
            Outcome outcome = correlate(x, oneCell(6), new boolean[6], factors, 12, 6, maker(place.compute(), 12, 4));
            assertAsDefined(outcome.pixels(), multiplied, FLOAT);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void badPixelsAreLeftOut(String backend) throws Exception {
        double[][] x = random(60, 10, 4);
        boolean[] bad = new boolean[10];
        bad[3] = true;
        bad[9] = true;
        double[][] good = new double[60][8];
        for (int i = 0; i < 60; i++) {
            int to = 0;
            for (int p = 0; p < 10; p++) {
                if (!bad[p]) {
                    good[i][to++] = x[i][p];
                }
            }
        }
        try (Place place = Place.on(backend)) {
            CellSums with = correlate(x, oneCell(10), bad, null, 8, 10, maker(place.compute(), 8, 4))
                    .sums();
            CellSums without = correlate(good, oneCell(8), new boolean[8], null, 8, 8, maker(place.compute(), 8, 4))
                    .sums();
            assertThat(with.pixels(0)).isEqualTo(8);
            for (int k = 0; k < with.delays(); k++) {
                assertThat(with.g2(k, 0)).isCloseTo(without.g2(k, 0), within(1e-4));
                assertThat(with.excess(k, 0)).isCloseTo(without.excess(k, 0), within(1e-4));
                assertThat(with.squares(k, 0)).isCloseTo(without.squares(k, 0), within(1e-4));
            }
        }
    }

    /** The worst case for sums of floats: every addition is rounded in the same direction. */
    @ParameterizedTest
    @MethodSource("backends")
    void aHundredThousandEqualSamplesStayWithinTheTolerance(String backend) throws Exception {
        int samples = 100_000;
        double[][] x = new double[samples][];
        Arrays.fill(x, new double[] {1001, 3.3, 1.0 / 3});
        try (Place place = Place.on(backend)) {
            Outcome outcome = correlate(x, oneCell(3), new boolean[3], null, 64, 3, maker(place.compute(), 64, 1024));
            for (double[][] delay : outcome.pixels()) {
                for (int p = 0; p < 3; p++) {
                    assertThat(delay[0][p] / (delay[1][p] * delay[2][p])).isCloseTo(1, within(2e-5));
                }
            }
        }
    }

    @Test
    void pixelsBeyondATileAreNotMixedUp() throws Exception {
        double[][] x = random(40, 2500, 9);
        try (Place place = Place.on("java")) {
            Outcome outcome = correlate(
                    x, oneCell(2500), new boolean[2500], null, 64, 2500, maker(place.compute(), 64, JavaMultiTau.TILE));
            assertAsDefined(outcome.pixels(), x, FLOAT);
        }
    }
}
