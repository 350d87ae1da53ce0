package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.device.Compute;

/** A real scan of a tooth and tomopy's own test data, beside what tomopy makes of them. */
class ReconstructionReferenceTest {

    private static final int SLICES = 2;
    private static final int COLUMNS = 640;
    private static final double CENTER = 296;

    private static Stream<Arguments> backendsAndAlgorithms() {
        return Places.backends()
                .flatMap(backend ->
                        Stream.of("fbp", "linerec", "fourierrec").map(algorithm -> Arguments.of(backend, algorithm)));
    }

    private static Stream<Arguments> backendsAndFilters() {
        return Places.backends()
                .flatMap(backend -> Stream.of(
                                FilterWindow.NONE, FilterWindow.RAMLAK, FilterWindow.COSINE, FilterWindow.HANN)
                        .map(filter -> Arguments.of(backend, filter)));
    }

    private static float[] tooth(String backend, String algorithm) throws Exception {
        double[] angles = References.doubles("/theta");
        Geometry geometry = new Geometry(angles.length, SLICES, COLUMNS, angles, CENTER, 0);
        float[] sinograms = References.floats("/sino");
        return Places.on(backend, compute -> reconstruct(algorithm, FilterWindow.SHEPP, geometry, compute, sinograms));
    }

    private static float[] reconstruct(
            String algorithm, FilterWindow filter, Geometry geometry, Compute compute, float[] sinograms)
            throws Exception {
        int slices = sinograms.length / geometry.projections() / geometry.columns();
        float[] into = new float[slices * geometry.columns() * geometry.columns()];
        try (Reconstructor reconstructor = Reconstructors.of(algorithm, filter, geometry, compute)) {
            reconstructor.reconstruct(sinograms, slices, into);
        }
        return into;
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.tomography.Places#backends")
    void gridrecOfTheToothIsTomopys(String backend) throws Exception {
        float[] reference = References.floats("/gridrec_shepp");
        float[] slices = tooth(backend, "gridrec");
        assertThat(Phantom.difference(slices, reference)).isLessThan(1e-4 * Phantom.max(reference));
    }

    @ParameterizedTest
    @MethodSource("backendsAndAlgorithms")
    void theToothCorrelatesWithTomopysAndHasItsGreyLevel(String backend, String algorithm) throws Exception {
        float[] reference = References.floats("/gridrec_shepp");
        float[] slices = tooth(backend, algorithm);
        int pixels = COLUMNS * COLUMNS;
        for (int slice = 0; slice < SLICES; slice++) {
            // 296 of 640 columns lie to the left of the axis: what is further out is not in every projection
            Phantom.Fit fit = Phantom.Fit.of(
                    Phantom.part(slices, slice, pixels), Phantom.part(reference, slice, pixels), COLUMNS, CENTER - 2);
            assertThat(fit.correlation()).isGreaterThan(0.99);
            // gridrec's values are too large by a constant factor: see aDiskHasItsAttenuation
            assertThat(fit.scale()).isCloseTo(0.86, within(0.02));
        }
    }

    @ParameterizedTest
    @MethodSource("backendsAndFilters")
    void gridrecOfTomopysTestDataIsTomopys(String backend, FilterWindow filter) throws Exception {
        double[] expected = References.numpy("gridrec_" + filter.option());
        double[] angles = References.numpy("angle");
        Geometry geometry = new Geometry(angles.length, 8, 48, angles, 24, 0);
        float[] sinograms = sinograms(References.numpy("proj"), geometry);
        float[] slices = Places.on(backend, compute -> reconstruct("gridrec", filter, geometry, compute, sinograms));
        float[] reference = new float[expected.length];
        for (int i = 0; i < expected.length; i++) {
            reference[i] = (float) expected[i];
        }
        assertThat(Phantom.difference(slices, reference)).isLessThan(1e-4 * Phantom.max(reference));
    }

    /** {@code [projection][row][column]} to {@code [row][projection][column]}. */
    private static float[] sinograms(double[] projections, Geometry geometry) {
        float[] sinograms = new float[projections.length];
        int columns = geometry.columns();
        for (int p = 0; p < geometry.projections(); p++) {
            for (int row = 0; row < geometry.rows(); row++) {
                for (int x = 0; x < columns; x++) {
                    sinograms[(row * geometry.projections() + p) * columns + x] =
                            (float) projections[(p * geometry.rows() + row) * columns + x];
                }
            }
        }
        return sinograms;
    }
}
