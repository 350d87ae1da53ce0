package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.device.Compute;

class LaminographyTest {

    private static final int COLUMNS = 64;
    private static final int ROWS = 48;
    private static final double CENTER = 30.6;

    private static final List<Phantom.Blob> BLOBS = List.of(
            new Phantom.Blob(10, -6, 5, 2.5, 1),
            new Phantom.Blob(-12, 4, -7, 2.5, 0.8),
            new Phantom.Blob(-3, -11, 1, 2.5, 0.6));

    private static Geometry geometry(int projections, double degrees) {
        double[] angles = Phantom.turn(projections, 2 * Math.PI);
        return new Geometry(projections, ROWS, COLUMNS, angles, CENTER, Math.toRadians(degrees));
    }

    /** Round blobs look the same from everywhere: where they are seen is all there is to it. */
    private static float[] projections(Geometry geometry) {
        float[] projections = new float[geometry.projections() * ROWS * COLUMNS];
        double tilt = geometry.laminoAngle();
        for (int p = 0; p < geometry.projections(); p++) {
            double cosine = Math.cos(geometry.angles()[p]);
            double sine = Math.sin(geometry.angles()[p]);
            for (int row = 0; row < ROWS; row++) {
                for (int column = 0; column < COLUMNS; column++) {
                    double sum = 0;
                    for (Phantom.Blob blob : BLOBS) {
                        double u = CENTER + blob.x() * cosine + blob.y() * sine;
                        double depth = blob.x() * sine - blob.y() * cosine;
                        double v = ROWS / 2 + blob.z() * Math.cos(tilt) - depth * Math.sin(tilt);
                        sum += blob.seenFrom(Math.hypot(column - u, row - v));
                    }
                    projections[(p * ROWS + row) * COLUMNS + column] = (float) sum;
                }
            }
        }
        return projections;
    }

    private static float[] volume(Compute compute, Geometry geometry, int first, int slices, int perBlock)
            throws Exception {
        float[] projections = projections(geometry);
        int image = ROWS * COLUMNS;
        float[] into = new float[slices * COLUMNS * COLUMNS];
        try (VolumeReconstructor volume =
                Reconstructors.laminography(FilterWindow.RAMP, geometry, first, slices, compute)) {
            for (int from = 0; from < geometry.projections(); from += perBlock) {
                int count = Math.min(perBlock, geometry.projections() - from);
                float[] block = new float[count * image];
                System.arraycopy(projections, from * image, block, 0, block.length);
                volume.add(block, from, count);
            }
            volume.slices(first, slices, into);
        }
        return into;
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.tomography.Places#backends")
    void blobsComeOutWhereTheyAre(String backend) throws Exception {
        float[] volume = Places.on(backend, compute -> volume(compute, geometry(180, 25), 0, ROWS, 180));
        for (Phantom.Blob blob : BLOBS) {
            int[] peak = peakNear(volume, blob);
            assertThat(peak[0] - COLUMNS / 2).isCloseTo((int) blob.x(), within(1));
            assertThat(peak[1] - COLUMNS / 2).isCloseTo((int) blob.y(), within(1));
            assertThat(peak[2] - ROWS / 2).isCloseTo((int) blob.z(), within(1));
            // the directions along the axis are missing, and with them a part of a round thing
            double value = at(volume, peak[0], peak[1], peak[2]);
            assertThat(value / blob.value()).isBetween(0.75, 1.1);
        }
    }

    private static float at(float[] volume, int x, int y, int z) {
        return volume[(z * COLUMNS + COLUMNS - 1 - y) * COLUMNS + x];
    }

    private static int[] peakNear(float[] volume, Phantom.Blob blob) {
        int[] peak = new int[3];
        float largest = Float.NEGATIVE_INFINITY;
        for (int z = -6; z <= 6; z++) {
            for (int y = -6; y <= 6; y++) {
                for (int x = -6; x <= 6; x++) {
                    int[] place = {
                        COLUMNS / 2 + (int) blob.x() + x,
                        COLUMNS / 2 + (int) blob.y() + y,
                        ROWS / 2 + (int) blob.z() + z
                    };
                    float value = at(volume, place[0], place[1], place[2]);
                    if (value > largest) {
                        largest = value;
                        peak = place;
                    }
                }
            }
        }
        return peak;
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.tomography.Places#backends")
    void withoutATiltItIsTomography(String backend) throws Exception {
        Geometry geometry = geometry(90, 0);
        float[] volume = Places.on(backend, compute -> volume(compute, geometry, 0, ROWS, 90));
        for (int z = 1; z < ROWS - 1; z++) {
            Phantom.Blob[] cut = BLOBS.toArray(Phantom.Blob[]::new);
            for (int i = 0; i < cut.length; i++) {
                Phantom.Blob blob = cut[i];
                cut[i] = new Phantom.Blob(blob.x(), blob.y(), blob.z() - (z - ROWS / 2), blob.sigma(), blob.value());
            }
            float[] expected = slice(cut);
            float[] slice = Phantom.part(volume, z, COLUMNS * COLUMNS);
            assertThat(Phantom.difference(slice, expected, COLUMNS, 24)).isLessThan(0.04);
        }
    }

    /** At height 0. */
    private static float[] slice(Phantom.Blob... blobs) {
        float[] slice = new float[COLUMNS * COLUMNS];
        for (int i = 0; i < slice.length; i++) {
            for (Phantom.Blob blob : blobs) {
                double x = i % COLUMNS - COLUMNS / 2;
                double y = COLUMNS - 1 - i / COLUMNS - COLUMNS / 2;
                slice[i] += (float) blob.at(x, y, 0);
            }
        }
        return slice;
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.tomography.Places#backends")
    void blocksOfProjectionsAndOfSlicesDoNotShow(String backend) throws Exception {
        Geometry geometry = geometry(40, 30);
        Places.on(backend, compute -> {
            float[] whole = volume(compute, geometry, 0, ROWS, 40);
            assertThat(Phantom.difference(volume(compute, geometry, 0, ROWS, 7), whole))
                    .isLessThan(1e-5);
            int pixels = COLUMNS * COLUMNS;
            float[] part = volume(compute, geometry, 20, 5, 11);
            for (int i = 0; i < 5; i++) {
                assertThat(Phantom.difference(Phantom.part(part, i, pixels), Phantom.part(whole, 20 + i, pixels)))
                        .isLessThan(1e-5);
            }
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.tomography.Places#devices")
    void devicesComputeWhatThreadsCompute(String backend) throws Exception {
        Geometry geometry = geometry(40, 30);
        float[] expected = volume(Places.java(), geometry, 0, ROWS, 40);
        float[] volume = Places.on(backend, compute -> volume(compute, geometry, 0, ROWS, 40));
        assertThat(Phantom.difference(volume, expected)).isLessThan(1e-4 * Phantom.max(expected));
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.tomography.Places#devices")
    void theMemoryThatIsAskedForIsEnough(String backend) throws Exception {
        Geometry geometry = geometry(40, 30);
        long bytes = Reconstructors.bytes("linerec", geometry, ROWS);
        Places.on(backend, compute -> {
            long before = compute.device().orElseThrow().available();
            try (VolumeReconstructor volume =
                    Reconstructors.laminography(FilterWindow.RAMP, geometry, 0, ROWS, compute)) {
                assertThat(volume).isNotNull();
                assertThat(before - compute.device().orElseThrow().available()).isBetween(bytes * 9 / 10, bytes);
            }
            return null;
        });
    }

    @Test
    void refusesASingleRow() {
        Geometry geometry = new Geometry(2, 1, 8, new double[2], 4, 0.3);
        assertThatThrownBy(() -> Reconstructors.laminography(FilterWindow.RAMP, geometry, 0, 1, Places.java()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 rows or more");
    }
}
