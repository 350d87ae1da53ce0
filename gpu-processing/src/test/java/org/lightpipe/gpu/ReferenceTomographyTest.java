package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real scan of a tooth, beside what tomopy makes of it. */
class ReferenceTomographyTest {

    private static final String REFERENCE = "tomography/reference_gridrec.h5";
    private static final String GOLDEN = "tomography/tomopy_golden/";

    private static Path tooth() {
        return SharedData.path("tomography/tooth.h5");
    }

    private static TechniqueOptions slice(int row, OptionalDouble center) {
        return new TechniqueOptions(FilterWindow.SHEPP, center, OptionalInt.of(row), "");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void theSinogramIsTheReference(int row) throws Exception {
        Sinogram sinogram =
                Tomography.read(tooth(), slice(row, OptionalDouble.empty())).sinogram();
        float[][] reference = ((float[][][]) SharedData.hdf5(REFERENCE, "/sino"))[row];
        assertThat(sinogram.projections()).isEqualTo(reference.length);
        for (int i = 0; i < reference.length; i++) {
            assertThat(sinogram.rows()[i]).containsExactly(reference[i], within(1e-5f));
        }
        assertThat(sinogram.angles()).containsExactly((double[]) SharedData.hdf5(REFERENCE, "/theta"), within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void theSliceCorrelatesWithGridrec(int row) throws Exception {
        TechniqueOptions options = slice(row, OptionalDouble.of(296));
        TechniqueResult result = TestScans.onJava(backend -> new Tomography().run(tooth(), options, backend));
        float[][] reference = ((float[][][]) SharedData.hdf5(REFERENCE, "/gridrec_shepp"))[row];
        // 296 of 640 columns to the left of the axis: what lies further out is not in every projection
        assertThat(TestScans.correlation(result.images().get(0).pixels(), reference, 296))
                .isGreaterThanOrEqualTo(0.99);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void theCentreIsFound(int row) throws Exception {
        TechniqueOptions options = slice(row, OptionalDouble.empty());
        TechniqueResult result = TestScans.onJava(backend -> new Tomography().run(tooth(), options, backend));
        assertThat((double) result.metrics().get("center")).isCloseTo(296, within(1.0));
        assertThat(result.metrics()).containsEntry("projections", 181).containsEntry("columns", 640);
    }

    @Test
    void flatFieldCorrectionEqualsTomopys() {
        double[] counts = SharedData.numpy(GOLDEN + "tomo.npy");
        double[] flat = firstFrame(SharedData.numpy(GOLDEN + "flat.npy"));
        double[] dark = firstFrame(SharedData.numpy(GOLDEN + "dark.npy"));
        double[] expected = SharedData.numpy(GOLDEN + "normalize.npy");
        for (int projection = 0; projection < 16; projection++) {
            int from = projection * flat.length;
            double[] frame = Arrays.copyOfRange(counts, from, from + flat.length);
            assertThat(Tomography.transmission(frame, flat, dark))
                    .containsExactly(Arrays.copyOfRange(expected, from, from + flat.length), within(1e-6));
        }
    }

    @ParameterizedTest
    @CsvSource({"RAMP, gridrec_ramlak.npy", "COSINE, gridrec_cosine.npy"})
    void otherFiltersCorrelateWithGridrecsOfAFewProjections(FilterWindow window, String golden) throws Exception {
        double[] projections = SharedData.numpy(GOLDEN + "proj.npy");
        double[] angles = SharedData.numpy(GOLDEN + "angle.npy");
        double[] expected = SharedData.numpy(GOLDEN + golden);
        for (int slice = 0; slice < 8; slice++) {
            float[][] rows = new float[16][48];
            for (int i = 0; i < 16; i++) {
                for (int x = 0; x < 48; x++) {
                    rows[i][x] = (float) projections[(i * 8 + slice) * 48 + x];
                }
            }
            float[][] reference = new float[48][48];
            for (int i = 0; i < 48 * 48; i++) {
                reference[i / 48][i % 48] = (float) expected[slice * 48 * 48 + i];
            }
            Sinogram sinogram = new Sinogram(rows, angles);
            float[][] image = TestScans.onJava(backend -> backend.reconstruct(sinogram, 24, window));
            assertThat(TestScans.correlation(image, reference, 22)).isGreaterThan(0.98);
        }
    }

    /** All frames are equal in the golden data. */
    private static double[] firstFrame(double[] frames) {
        return Arrays.copyOf(frames, frames.length / 2);
    }
}
