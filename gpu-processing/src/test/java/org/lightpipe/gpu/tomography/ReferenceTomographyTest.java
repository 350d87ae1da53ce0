package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jhdf.HdfFile;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.technique.Preview;
import org.lightpipe.gpu.technique.Summary;

/** A real scan of a tooth, through the whole technique, beside what tomopy makes of it. */
class ReferenceTomographyTest {

    private static final int COLUMNS = 640;
    private static final int PROJECTIONS = 181;

    /** So many columns are to the left of the axis: what lies further out is not in every projection. */
    private static final double RADIUS = 296;

    @TempDir
    Path directory;

    private static Path tooth() {
        return References.path("tooth.h5");
    }

    private static Sinogram sinogram(int row, TomographyOptions options, WorkPool threads) throws Exception {
        try (Hdf5File file = Hdf5File.open(tooth())) {
            Scan scan = Scan.open(file, options);
            return Tomography.sinogram(scan, Recipe.of(options), row, options.brightRatio, threads);
        }
    }

    private static float[] reference(String dataset, int row, int length) {
        return Arrays.copyOfRange(References.floats(dataset), row * length, (row + 1) * length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void theSinogramIsTheReference(int row) throws Exception {
        Sinogram sinogram = sinogram(row, new TomographyOptions(), Places.threads());
        assertThat(TestScans.difference(sinogram.values(), reference("/sino", row, PROJECTIONS * COLUMNS)))
                .isLessThan(1e-5);
        assertThat(sinogram.angles()).containsExactly(References.doubles("/theta"), within(1e-9));
    }

    @ParameterizedTest
    // 295.0 is what tomopy's find_center_vo says, restated with NumPy and SciPy; its demo takes 296
    @CsvSource({"correlation, 296, 1.0", "phase, 296, 1.0", "vo, 295, 0.001"})
    void theCentreIsFound(String method, double center, double off) throws Exception {
        TomographyOptions options = new TomographyOptions();
        options.rotationAxisMethod = method;
        options.volume = true;
        Summary summary =
                Places.on("java", compute -> TestJob.run(tooth(), directory.resolve("result.h5"), options, compute));
        assertThat((double) summary.metrics().get("center")).isCloseTo(center, within(off));
        assertThat(summary.parameters()).containsEntry("centerFrom", "search by " + method);
        assertThat(summary.metrics())
                .containsEntry("projections", PROJECTIONS)
                .containsEntry("columns", COLUMNS)
                .containsEntry("slices", 2)
                .containsEntry("replaced", 0L)
                .containsEntry("completeness", 1.0);
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.tomography.Places#backends")
    void gridrecIsGridrec(String backend) throws Exception {
        TomographyOptions options = new TomographyOptions();
        options.center = "296";
        options.algorithm = "gridrec";
        options.volume = true;
        float[][][] volume = volume(backend, options);
        for (int row = 0; row < 2; row++) {
            float[] expected = reference("/gridrec_shepp", row, COLUMNS * COLUMNS);
            float largest = 0;
            for (float value : expected) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(TestScans.difference(TestScans.flat(volume[row]), expected))
                    .isLessThan(1e-4 * largest);
        }
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.tomography.Places#backends")
    void filteredBackProjectionCorrelatesWithGridrec(String backend) throws Exception {
        TomographyOptions options = new TomographyOptions();
        options.rotationAxis = "296";
        options.startRow = 0;
        options.endRow = -1;
        float[][][] volume = volume(backend, options);
        assertThat(volume.length).isEqualTo(2);
        for (int row = 0; row < 2; row++) {
            assertThat(TestScans.correlation(
                            TestScans.flat(volume[row]),
                            reference("/gridrec_shepp", row, COLUMNS * COLUMNS),
                            COLUMNS,
                            RADIUS))
                    .isGreaterThanOrEqualTo(0.99);
        }
    }

    private float[][][] volume(String backend, TomographyOptions options) throws Exception {
        Path result = directory.resolve(backend + ".h5");
        Places.on(backend, compute -> TestJob.run(tooth(), result, options, compute));
        try (HdfFile file = new HdfFile(result)) {
            return (float[][][]) file.getDatasetByPath("/entry/data/data").getData();
        }
    }

    @ParameterizedTest
    @CsvSource({"fw, none", "ti, none", "vo-all, none", "none, paganin", "none, Gpaganin", "fw, paganin"})
    void theToothStaysATooth(String stripes, String phase) throws Exception {
        TomographyOptions options = new TomographyOptions();
        options.center = "296";
        options.slice = 0;
        options.removeStripeMethod = stripes;
        options.retrievePhaseMethod = phase;
        options.dezinger = 3;
        options.energy = 25.0;
        options.propagationDistance = 10.0;
        options.pixelSize = 1.3;
        Path result = directory.resolve("result.h5");
        Summary summary = Places.on("java", compute -> TestJob.run(tooth(), result, options, compute));
        float[] slice = TestScans.flat(((Preview.Image) summary.preview()).pixels());
        assertThat(TestScans.correlation(slice, reference("/gridrec_shepp", 0, COLUMNS * COLUMNS), COLUMNS, RADIUS))
                .isGreaterThan(0.8);
    }

    @Test
    void theResultSaysWhatItIs() throws Exception {
        TomographyOptions options = new TomographyOptions();
        options.center = "296";
        options.pixelSize = 1.5;
        options.slice = 1;
        Path result = directory.resolve("result.h5");
        Summary summary = Places.on("java", compute -> TestJob.run(tooth(), result, options, compute));
        assertThat(summary.title()).isEqualTo("Tomographic slice of tooth.h5, detector row 1");
        assertThat(summary.metrics())
                .containsKeys("mean", "min", "max", "noise", "snr")
                .containsEntry("slice", 1);
        assertThat((double) summary.metrics().get("degrees")).isCloseTo(180, within(1.5));
        try (HdfFile file = new HdfFile(result)) {
            float[][] slice =
                    (float[][]) file.getDatasetByPath("/entry/data/data").getData();
            assertThat(slice).isDeepEqualTo(((Preview.Image) summary.preview()).pixels());
            assertThat(file.getByPath("/entry/data").getAttribute("axes").getData())
                    .isEqualTo(new String[] {"y", "x"});
            double[] x = (double[]) file.getDatasetByPath("/entry/data/x").getData();
            assertThat(x[0]).isEqualTo(-480);
            assertThat(x[320]).isZero();
            assertThat(file.getDatasetByPath("/entry/data/x")
                            .getAttribute("units")
                            .getData())
                    .isEqualTo("um");
            assertThat(file.getDatasetByPath("/entry/definition").getData()).isEqualTo("NXtomoproc");
            assertThat(file.getDatasetByPath("/entry/reconstruction/rotation_center")
                            .getData())
                    .isEqualTo(296.0);
            assertThat(file.getDatasetByPath("/entry/reconstruction/parameters/raw_file")
                            .getData())
                    .isEqualTo("tooth.h5");
        }
    }
}
