package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.device.Compute;

class ReconstructorTest {

    /** Not near a power of two: gridrec divides what lies at the border of its grid by nearly nothing. */
    private static final int COLUMNS = 48;

    /** Of values around 1: what rounding does. */
    private static final double TOLERANCE = 3e-5;

    private static Stream<Arguments> everywhere() {
        return Places.backends().flatMap(ReconstructorTest::algorithms);
    }

    private static Stream<Arguments> onDevices() {
        return Places.devices().flatMap(ReconstructorTest::algorithms);
    }

    private static Stream<Arguments> algorithms(String backend) {
        return Stream.of("fbp", "linerec", "gridrec", "fourierrec").map(algorithm -> Arguments.of(backend, algorithm));
    }

    private static float[] reconstruct(
            String algorithm, FilterWindow filter, Geometry geometry, Compute compute, float[] sinograms)
            throws Exception {
        try (Reconstructor reconstructor = Reconstructors.of(algorithm, filter, geometry, compute)) {
            return reconstruct(reconstructor, geometry, sinograms);
        }
    }

    private static float[] reconstruct(Reconstructor reconstructor, Geometry geometry, float[] sinograms)
            throws Exception {
        int slices = sinograms.length / geometry.projections() / geometry.columns();
        float[] into = new float[slices * geometry.columns() * geometry.columns()];
        // what lies in memory before must not matter
        Arrays.fill(into, Float.NaN);
        reconstructor.reconstruct(sinograms, slices, into);
        return into;
    }

    /** Slices that differ from each other. */
    private static float[] scans(Geometry geometry, int slices) {
        float[][] scans = new float[slices][];
        for (int i = 0; i < slices; i++) {
            Phantom.Blob one = Phantom.Blob.at(2.5 * i - 8, 3, 3 + 0.5 * i, 1);
            Phantom.Blob two = Phantom.Blob.at(-4, 9 - 2 * i, 4, -0.7);
            scans[i] = Phantom.sinogram(geometry, List.of(one, two));
        }
        return Phantom.stack(scans);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void aDiskHasItsAttenuation(String backend, String algorithm) throws Exception {
        double center = 22.5;
        double radius = 14;
        Geometry geometry = Phantom.geometry(Phantom.halfTurn(120), COLUMNS, center);
        float[] sinogram = Phantom.disk(geometry, 5, -4, radius);
        for (FilterWindow filter : FilterWindow.values()) {
            if (filter == FilterWindow.NONE) {
                continue;
            }
            float[] slice = Places.on(backend, compute -> reconstruct(algorithm, filter, geometry, compute, sinogram));
            double inside = 0;
            int insidePixels = 0;
            double outside = 0;
            int outsidePixels = 0;
            for (int i = 0; i < slice.length; i++) {
                double x = i % COLUMNS - COLUMNS / 2;
                double y = COLUMNS - 1 - i / COLUMNS - COLUMNS / 2;
                double distance = Math.hypot(x - 5, y + 4);
                if (distance < radius - 4) {
                    inside += slice[i];
                    insidePixels++;
                } else if (distance > radius + 4 && Math.hypot(x, y) < 21) {
                    outside += slice[i];
                    outsidePixels++;
                }
            }
            // Parzen's window falls from the lowest frequencies on
            double tolerance = filter == FilterWindow.PARZEN ? 0.1 : 0.02;
            double mean = inside / insidePixels;
            double around = outside / outsidePixels;
            if (algorithm.equals("gridrec")) {
                // tomopy's values are too large, and without the frequency zero they have no level
                assertThat(mean - around).as("contrast, %s", filter).isCloseTo(1.22, within(3 * tolerance));
            } else {
                assertThat(mean).as("inside, %s", filter).isCloseTo(1, within(tolerance));
                assertThat(around).as("outside, %s", filter).isCloseTo(0, within(tolerance));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void slicesDoNotDependOnTheirNeighbours(String backend, String algorithm) throws Exception {
        Geometry geometry = Phantom.geometry(Phantom.halfTurn(45), COLUMNS, 23.3);
        float[] all = scans(geometry, 5);
        Places.on(backend, compute -> {
            float[] together = reconstruct(algorithm, FilterWindow.SHEPP, geometry, compute, all);
            for (int i = 0; i < 5; i++) {
                float[] one = Phantom.part(all, i, all.length / 5);
                float[] alone = reconstruct(algorithm, FilterWindow.SHEPP, geometry, compute, one);
                assertThat(Phantom.difference(alone, Phantom.part(together, i, COLUMNS * COLUMNS)))
                        .isLessThan(TOLERANCE);
            }
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void whatIsNotFiniteStaysInItsSlice(String backend, String algorithm) throws Exception {
        Geometry geometry = Phantom.geometry(Phantom.halfTurn(31), COLUMNS, 23.3);
        float[] clean = scans(geometry, 4);
        float[] dirty = clean.clone();
        dirty[dirty.length / 4 + 100] = Float.NaN;
        dirty[dirty.length - 1] = Float.NEGATIVE_INFINITY;
        Places.on(backend, compute -> {
            float[] expected = reconstruct(algorithm, FilterWindow.RAMP, geometry, compute, clean);
            float[] slices = reconstruct(algorithm, FilterWindow.RAMP, geometry, compute, dirty);
            int pixels = COLUMNS * COLUMNS;
            assertThat(Phantom.difference(Phantom.part(slices, 0, pixels), Phantom.part(expected, 0, pixels)))
                    .isLessThan(TOLERANCE);
            assertThat(Phantom.part(slices, 1, pixels)).containsOnly(Float.NaN);
            assertThat(Phantom.difference(Phantom.part(slices, 2, pixels), Phantom.part(expected, 2, pixels)))
                    .isLessThan(TOLERANCE);
            assertThat(Phantom.part(slices, 3, pixels)).containsOnly(Float.NaN);
            return null;
        });
        assertThat(dirty[dirty.length - 1]).as("the input is not changed").isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void oneProjectionIsSmearedAlongItsRays(String backend, String algorithm) throws Exception {
        Geometry geometry = Phantom.geometry(new double[] {0}, COLUMNS, 24);
        float[] sinogram = Phantom.sinogram(geometry, List.of(Phantom.Blob.at(6, 0, 4, 1)));
        float[] slice =
                Places.on(backend, compute -> reconstruct(algorithm, FilterWindow.SHEPP, geometry, compute, sinogram));
        float[] middle = Phantom.part(slice, COLUMNS / 2, COLUMNS);
        double peak = middle[COLUMNS / 2 + 6];
        assertThat(peak).isGreaterThan(0.1);
        for (int row = COLUMNS / 3; row < 2 * COLUMNS / 3; row++) {
            for (int x = COLUMNS / 3; x < 2 * COLUMNS / 3; x++) {
                // gridrec's kernel lets the repetitions of the slice shine through
                assertThat((double) slice[row * COLUMNS + x])
                        .isCloseTo(middle[x], within((algorithm.equals("gridrec") ? 0.1 : 0.01) * peak));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void theAxisMayLieAnywhere(String backend, String algorithm) throws Exception {
        Places.on(backend, compute -> {
            for (double center = -5; center < 40; center += 2.83) {
                Geometry geometry = Phantom.geometry(Phantom.halfTurn(19), 33, center);
                float[] sinogram = scans(geometry, 1);
                for (float value : reconstruct(algorithm, FilterWindow.RAMP, geometry, compute, sinogram)) {
                    assertThat(value).isFinite();
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void theSmallestSinogramIsReconstructed(String backend, String algorithm) throws Exception {
        Geometry geometry = Phantom.geometry(new double[] {0}, 2, 0.5);
        float[] slice = Places.on(
                backend, compute -> reconstruct(algorithm, FilterWindow.RAMP, geometry, compute, new float[2]));
        assertThat(Phantom.difference(slice, new float[4])).isZero();
    }

    @ParameterizedTest
    @MethodSource("onDevices")
    void devicesComputeWhatThreadsCompute(String backend, String algorithm) throws Exception {
        Random random = new Random(20261124);
        double[] angles = random.doubles(73, -4, 9).toArray();
        angles[5] = 0;
        angles[6] = Math.PI / 2;
        angles[7] = Math.PI;
        angles[8] = angles[7];
        int columns = 99;
        Geometry geometry = Phantom.geometry(angles, columns, 47.3);
        float[] sinograms = scans(geometry, 11);
        for (int i = 0; i < sinograms.length; i++) {
            sinograms[i] += (float) (0.2 * random.nextGaussian());
        }
        float[] expected = reconstruct(algorithm, FilterWindow.SHEPP, geometry, Places.java(), sinograms);
        float[] slices =
                Places.on(backend, compute -> reconstruct(algorithm, FilterWindow.SHEPP, geometry, compute, sinograms));
        assertThat(Phantom.difference(slices, expected)).isLessThan(1e-4 * Phantom.max(expected));
    }

    @ParameterizedTest
    @MethodSource("onDevices")
    void tilesDoNotShow(String backend, String algorithm) throws Exception {
        Geometry geometry = Phantom.geometry(Phantom.halfTurn(21), 50, 24.6);
        float[] sinograms = scans(geometry, 7);
        DeviceAlgorithm.Maker maker = Reconstructors.maker(algorithm, FilterWindow.SHEPP, geometry);
        Places.on(backend, compute -> {
            float[] whole = tiled(compute, geometry, maker, new DeviceSlices.Plan(1, 8), sinograms);
            for (int lanes = 1; lanes <= 2; lanes++) {
                for (int perTile = 1; perTile <= 3; perTile++) {
                    DeviceSlices.Plan plan = new DeviceSlices.Plan(lanes, perTile);
                    assertThat(Phantom.difference(tiled(compute, geometry, maker, plan, sinograms), whole))
                            .as("%s", plan)
                            .isLessThan(TOLERANCE);
                }
            }
            return null;
        });
    }

    private static float[] tiled(
            Compute compute, Geometry geometry, DeviceAlgorithm.Maker maker, DeviceSlices.Plan plan, float[] sinograms)
            throws Exception {
        try (DeviceSlices slices = new DeviceSlices(compute.device().orElseThrow(), geometry, maker, plan)) {
            return reconstruct(slices, geometry, sinograms);
        }
    }

    @ParameterizedTest
    @MethodSource("onDevices")
    void theMemoryThatIsAskedForIsEnough(String backend, String algorithm) throws Exception {
        Geometry geometry = Phantom.geometry(Phantom.halfTurn(180), 256, 127);
        long bytes = Reconstructors.bytes(algorithm, geometry, 2);
        Places.on(backend, compute -> {
            long before = compute.device().orElseThrow().available();
            DeviceAlgorithm.Maker maker = Reconstructors.maker(algorithm, FilterWindow.RAMP, geometry);
            DeviceSlices.Plan plan = new DeviceSlices.Plan(1, 2);
            try (DeviceSlices slices = new DeviceSlices(compute.device().orElseThrow(), geometry, maker, plan)) {
                assertThat(slices.batch()).isEqualTo(2);
                assertThat(before - compute.device().orElseThrow().available()).isBetween(bytes * 9 / 10, bytes);
            }
            assertThat(compute.device().orElseThrow().available()).isEqualTo(before);
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource(FilterWindow.class)
    void theFiltersOfGridrecAreNeverInfinite(FilterWindow filter) throws Exception {
        Geometry geometry = Phantom.geometry(Phantom.halfTurn(9), 16, 8);
        for (float factor : Gridding.gridrec(filter, geometry).factors()) {
            assertThat(factor).isFinite();
        }
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        Geometry geometry = Phantom.geometry(Phantom.halfTurn(9), 16, 8);
        assertThatThrownBy(() -> Reconstructors.of("lprec", FilterWindow.RAMP, geometry, Places.java()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("algorithm lprec is not one of fbp, linerec, gridrec and fourierrec");
        Geometry narrow = Phantom.geometry(Phantom.halfTurn(9), 1, 0);
        assertThatThrownBy(() -> Reconstructors.of("fbp", FilterWindow.RAMP, narrow, Places.java()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not 1");
    }
}
