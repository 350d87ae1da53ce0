package org.lightpipe.gpu.xpcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.Engine;
import org.lightpipe.gpu.Reduced;

/** Real frames, beside what boost_corr makes of them. */
class ReferenceXpcsTest {

    private static Engine engine;

    @TempDir
    Path directory;

    static List<String> backends() {
        return Place.backends().toList();
    }

    @BeforeAll
    static void start() {
        engine = Engine.start();
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static Path shared(String name) {
        Path path = Path.of(System.getProperty("lightpipe.shared", "../../shared/data"))
                .resolve("xpcs")
                .resolve(name);
        if (!Files.exists(path)) {
            String message =
                    "reference data is missing: " + path.toAbsolutePath().normalize();
            if ("true".equals(System.getenv("CI"))) {
                fail(message);
            }
            abort(message);
        }
        return path.toAbsolutePath().normalize();
    }

    private static Object reference(String dataset) {
        return Reduction.read(shared("reference_boost_corr.h5"), dataset);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void bothCorrelationsAreTheReference(String backend) throws Exception {
        XpcsOptions options = new XpcsOptions();
        options.setQmap(shared("aps34id_qmap.h5").toString());
        options.setType("Both");
        options.setNormalizeFrame(false);
        Reduced reduced = Reduction.run(engine, backend, shared("aps34id_timepix.h5"), options, directory);
        assertThat(reduced.backend()).isEqualTo(backend);

        assertThat((long[]) Reduction.read(reduced.result(), "/xpcs/multitau/delay_list"))
                .containsExactly((long[]) reference("/multitau/delay_list"));
        assertClose(reduced, "/xpcs/multitau/normalized_g2", "/multitau/g2", 1e-4);
        assertClose(reduced, "/xpcs/multitau/normalized_g2_err", "/multitau/g2_err", 1e-4);
        assertClose(reduced, "/xpcs/temporal_mean/scattering_1d", "/multitau/saxs_1d", 1e-5);
        assertClose(reduced, "/xpcs/temporal_mean/scattering_1d_segments", "/multitau/saxs_1d_segments", 1e-5);
        assertClose(reduced, "/xpcs/spatial_mean/intensity_vs_time", "/multitau/intensity_vs_time", 1e-5);
        assertImage(reduced);

        assertClose(reduced, "/xpcs/twotime/normalized_g2", "/twotime/c2_g2", 1e-5);
        assertSegments(reduced);
        assertThat((int[]) Reduction.read(reduced.result(), "/xpcs/twotime/processed_bins"))
                .containsExactly((int[]) reference("/twotime/processed_bins"));
        for (int bin = 1; bin <= 9; bin++) {
            assertClose(
                    reduced,
                    "/xpcs/twotime/correlation_map/c2_0000" + bin,
                    "/twotime/correlation_map/c2_0000" + bin,
                    1e-5);
        }
    }

    private static void assertClose(Reduced reduced, String dataset, String reference, double tolerance) {
        float[][] actual = (float[][]) Reduction.read(reduced.result(), dataset);
        float[][] expected = (float[][]) reference(reference);
        assertThat(actual).as(dataset).hasDimensions(expected.length, expected[0].length);
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                assertThat(actual[i][j]).as("%s [%d][%d]", dataset, i, j).isCloseTo(expected[i][j], within((float)
                        (1e-7 + tolerance * Math.abs(expected[i][j]))));
            }
        }
    }

    private static void assertImage(Reduced reduced) {
        float[][][] actual = (float[][][]) Reduction.read(reduced.result(), "/xpcs/temporal_mean/scattering_2d");
        float[][][] expected = (float[][][]) reference("/multitau/saxs_2d");
        for (int row = 0; row < expected[0].length; row++) {
            assertThat(actual[0][row]).containsExactly(expected[0][row], within(1e-4f));
        }
    }

    private static void assertSegments(Reduced reduced) {
        float[][][] actual = (float[][][]) Reduction.read(reduced.result(), "/xpcs/twotime/normalized_g2_segments");
        float[][][] expected = (float[][][]) reference("/twotime/c2_g2_segments");
        assertThat(actual.length).isEqualTo(expected.length);
        for (int k = 0; k < expected.length; k++) {
            for (int segment = 0; segment < expected[k].length; segment++) {
                assertThat(actual[k][segment]).containsExactly(expected[k][segment], within(2e-5f));
            }
        }
    }
}
