package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.jhdf.HdfFile;
import io.jhdf.api.DatasetCreationOptions;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.technique.Preview;
import org.lightpipe.gpu.technique.Summary;

class TomographyTest {

    private static final int PROJECTIONS = 91;
    private static final int COLUMNS = 64;
    private static final double CENTER = 30.5;
    private static final double ATTENUATION = 0.05;

    @TempDir
    Path directory;

    private int files;

    private Path file() {
        return directory.resolve("scan.h5");
    }

    private static Sinogram disks() {
        double[] angles = new double[PROJECTIONS];
        for (int i = 0; i < PROJECTIONS; i++) {
            angles[i] = Math.toRadians(TestScans.degrees(PROJECTIONS)[i]);
        }
        return TestScans.twoDisks(angles, COLUMNS, CENTER);
    }

    private static Sinogram nothing() {
        return new Sinogram(new float[PROJECTIONS * COLUMNS], COLUMNS, disks().angles());
    }

    /** Row 1 of 3 shows two disks through a beam of 10,000 counts over 100 dark counts; the other rows show nothing. */
    private static short[][][] counts() {
        return TestScans.counts(ATTENUATION, nothing(), disks(), nothing());
    }

    /** All rows show the disks, the lower ones more of them. */
    private static short[][][] cone(int rows) {
        Sinogram[] sinograms = new Sinogram[rows];
        for (int row = 0; row < rows; row++) {
            float[] values = disks().values();
            for (int i = 0; i < values.length; i++) {
                values[i] *= (1f + row) / rows;
            }
            sinograms[row] = new Sinogram(values, COLUMNS, disks().angles());
        }
        return TestScans.counts(ATTENUATION, sinograms);
    }

    private static TomographyOptions options(Consumer<TomographyOptions> set) {
        TomographyOptions options = new TomographyOptions();
        set.accept(options);
        return options;
    }

    private Summary run(Path path, TomographyOptions options) throws Exception {
        return run("java", path, options);
    }

    private Summary run(String backend, Path path, TomographyOptions options) throws Exception {
        Path result = directory.resolve("result" + files++ + ".h5");
        return Places.on(backend, compute -> TestJob.run(path, result, options, compute));
    }

    private float[][][] volume(Path path, TomographyOptions options) throws Exception {
        run(path, options);
        try (HdfFile file = new HdfFile(directory.resolve("result" + (files - 1) + ".h5"))) {
            return (float[][][]) file.getDatasetByPath("/entry/data/data").getData();
        }
    }

    private static float[][] slice(Summary summary) {
        return ((Preview.Image) summary.preview()).pixels();
    }

    private Sinogram sinogram(Path path, TomographyOptions options) throws Exception {
        try (Hdf5File file = Hdf5File.open(path)) {
            Scan scan = Scan.open(file, options);
            int row = Slices.of(scan, options).centerRow();
            return Tomography.sinogram(scan, Recipe.of(options), row, options.brightRatio, Places.threads());
        }
    }

    private Path scan(Object data, Object white, Object dark, double[] theta) {
        return TestScans.dataExchange(file(), data, white, dark, theta);
    }

    private Path cone(int rows, DatasetCreationOptions stored) {
        return TestScans.dataExchange(
                file(),
                cone(rows),
                white(rows, COLUMNS),
                dark(rows, COLUMNS),
                TestScans.degrees(PROJECTIONS),
                stored,
                "");
    }

    private static float[][][] white(int rows, int columns) {
        return TestScans.filled(4, rows, columns, 10_100);
    }

    private static float[][][] dark(int rows, int columns) {
        return TestScans.filled(4, rows, columns, 100);
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.tomography.Places#backends")
    void reconstructsTheMiddleRowOfIntegersWithTheCentreItFinds(String backend) throws Exception {
        Path path = scan(counts(), white(3, COLUMNS), dark(3, COLUMNS), TestScans.degrees(PROJECTIONS));
        Summary summary = run(backend, path, new TomographyOptions());
        assertThat((double) summary.metrics().get("center")).isCloseTo(CENTER, within(0.25));
        assertThat(summary.metrics()).containsEntry("slice", 1);
        float[][] slice = slice(summary);
        // the stronger disk is about (0.1, 0.05) columns from the axis
        int x = (int) (COLUMNS / 2 + 0.1 * COLUMNS);
        int y = (int) (COLUMNS - 1 - (COLUMNS / 2 + 0.05 * COLUMNS));
        assertThat((double) slice[y][x]).isCloseTo(ATTENUATION, within(0.003));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fbp", "linerec", "gridrec", "fourierrec"})
    void everyAlgorithmShowsTheDisk(String algorithm) throws Exception {
        Path path = scan(counts(), white(3, COLUMNS), dark(3, COLUMNS), TestScans.degrees(PROJECTIONS));
        Summary summary = run(path, options(o -> {
            o.center = "30.5";
            o.algorithm = algorithm;
        }));
        assertThat(summary.parameters()).containsEntry("algorithm", algorithm);
        int x = (int) (COLUMNS / 2 + 0.1 * COLUMNS);
        int y = (int) (COLUMNS - 1 - (COLUMNS / 2 + 0.05 * COLUMNS));
        // gridrec does not pad, so that its slices are a little too low as a whole
        assertThat((double) slice(summary)[y][x]).isCloseTo(ATTENUATION, within(0.01));
    }

    @Test
    void aVolumeIsItsSlices() throws Exception {
        Path path = cone(9, DatasetCreationOptions.DEFAULT);
        float[][][] volume = volume(path, options(o -> {
            o.center = "30.5";
            o.volume = true;
        }));
        assertThat(volume.length).isEqualTo(9);
        float[][][] part = volume(path, options(o -> {
            o.center = "30.5";
            o.startRow = 3;
            o.endRow = 5;
        }));
        assertThat(part).isDeepEqualTo(new float[][][] {volume[3], volume[4]});
        Summary one = run(path, options(o -> {
            o.center = "30.5";
            o.slice = 7;
        }));
        assertThat(slice(one)).isDeepEqualTo(volume[7]);
        Summary low = run(path, options(o -> {
            o.center = "30.5";
            o.nsino = 1.0;
        }));
        assertThat(slice(low)).isDeepEqualTo(volume[8]);
    }

    @ParameterizedTest
    @CsvSource({"1, 9, 64", "7, 2, 16", "91, 1, 64", "16, 4, 64"})
    void howTheFileIsStoredDoesNotMatter(int projections, int rows, int columns) throws Exception {
        TomographyOptions all = options(o -> {
            o.center = "30.5";
            o.volume = true;
        });
        float[][][] expected = volume(cone(9, DatasetCreationOptions.DEFAULT), all);
        Files.delete(file());
        Path chunked = cone(
                9,
                DatasetCreationOptions.builder()
                        .chunkDimensions(projections, rows, columns)
                        .deflate()
                        .build());
        assertThat(volume(chunked, all)).isDeepEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"fw, 0, none", "none, 3, none", "none, 0, paganin", "ti, 3, paganin"})
    void theOrderOfTheWorkDoesNotMatter(String stripes, int dezinger, String phase) throws Exception {
        Path path = cone(
                9, DatasetCreationOptions.builder().chunkDimensions(1, 9, 64).build());
        TomographyOptions options = options(o -> {
            o.removeStripeMethod = stripes;
            o.dezinger = dezinger;
            o.retrievePhaseMethod = phase;
            o.energy = 20.0;
            o.propagationDistance = 20.0;
            o.pixelSize = 2.0;
        });
        Recipe recipe = Recipe.of(options);
        try (Hdf5File file = Hdf5File.open(path)) {
            Scan scan = Scan.open(file, options);
            FlatField field = scan.flatField(0, 9, 1, recipe.dezinger(), Places.threads());
            float[] whole = new float[9 * PROJECTIONS * COLUMNS];
            try (Preparation preparation = new Preparation(scan, field, 0, 9, recipe, Places.threads())) {
                preparation.begin(9, done -> {});
                preparation.sinograms(0, 9, whole);
            }
            float[] pieces = new float[whole.length];
            try (Preparation preparation = new Preparation(scan, field, 0, 9, recipe, Places.threads())) {
                preparation.begin(2, done -> {});
                float[] some = new float[2 * PROJECTIONS * COLUMNS];
                for (int row = 0; row < 9; row += 2) {
                    int count = Math.min(2, 9 - row);
                    preparation.sinograms(row, count, some);
                    System.arraycopy(some, 0, pieces, row * PROJECTIONS * COLUMNS, count * PROJECTIONS * COLUMNS);
                }
            }
            assertThat(pieces).isEqualTo(whole);
            float[] projections = new float[whole.length];
            try (Preparation preparation = new Preparation(scan, field, 0, 9, recipe, Places.threads())) {
                preparation.forEachProjections(
                        (values, first, count) -> {
                            for (int i = 0; i < count * 9; i++) {
                                int row = i % 9;
                                int projection = first + i / 9;
                                System.arraycopy(
                                        values,
                                        i * COLUMNS,
                                        projections,
                                        (row * PROJECTIONS + projection) * COLUMNS,
                                        COLUMNS);
                            }
                        },
                        done -> {});
            }
            assertThat(TestScans.difference(projections, whole)).isLessThan(1e-5);
        }
    }

    @Test
    void binningAverages() throws Exception {
        Path path = cone(8, DatasetCreationOptions.DEFAULT);
        TomographyOptions options = options(o -> {
            o.binning = 1;
            o.slice = 2;
        });
        Sinogram binned = sinogram(path, options);
        assertThat(binned.columns()).isEqualTo(32);
        short[][][] counts = cone(8);
        for (int i = 0; i < PROJECTIONS; i++) {
            for (int x = 0; x < 32; x++) {
                double sum =
                        counts[i][4][2 * x] + counts[i][4][2 * x + 1] + counts[i][5][2 * x] + counts[i][5][2 * x + 1];
                assertThat((double) binned.at(i, x)).isCloseTo(-Math.log((sum / 4 - 100) / 10_000), within(1e-5));
            }
        }
        Summary summary = run(path, options(o -> {
            o.binning = 1;
            o.center = "30.5";
        }));
        assertThat((double) summary.metrics().get("center")).isCloseTo(15, within(1e-9));
    }

    @Test
    void someProjectionsOnly() throws Exception {
        Path path = scan(counts(), white(3, COLUMNS), dark(3, COLUMNS), TestScans.degrees(PROJECTIONS));
        Sinogram all = sinogram(path, new TomographyOptions());
        Sinogram some = sinogram(path, options(o -> {
            o.startProj = 10;
            o.endProj = 30;
        }));
        assertThat(some.projections()).isEqualTo(20);
        assertThat(some.angles()[0]).isCloseTo(Math.toRadians(20), within(1e-12));
        assertThat(some.values()).isEqualTo(Arrays.copyOfRange(all.values(), 10 * COLUMNS, 30 * COLUMNS));
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.tomography.Places#backends")
    void laminographyShowsTheMiddle(String backend) throws Exception {
        // a ball at the axis, in the middle row, looks the same from everywhere, however the axis leans
        int rows = 64;
        short[][][] data = new short[PROJECTIONS][rows][COLUMNS];
        for (short[][] projection : data) {
            for (int row = 0; row < rows; row++) {
                for (int x = 0; x < COLUMNS; x++) {
                    double off = Math.hypot(row - rows / 2, x - COLUMNS / 2);
                    double through = 2 * Math.sqrt(Math.max(0, 100 - off * off));
                    projection[row][x] = (short) (100 + Math.round(10_000 * Math.exp(-ATTENUATION * through)));
                }
            }
        }
        double[] turn = new double[PROJECTIONS];
        for (int i = 0; i < PROJECTIONS; i++) {
            turn[i] = 360.0 * i / PROJECTIONS;
        }
        Path path = scan(data, white(rows, COLUMNS), dark(rows, COLUMNS), turn);
        Summary summary = run(backend, path, options(o -> {
            o.center = "32";
            o.laminoAngle = 20;
            o.slice = 32;
        }));
        assertThat(summary.parameters()).containsEntry("algorithm", "linerec").containsEntry("laminoAngle", 20.0);
        assertThat(summary.title()).startsWith("Laminographic slice");
        float[][] slice = slice(summary);
        assertThat(slice[32][32]).isGreaterThan(0.5f * (float) ATTENUATION);
        assertThat(slice[32][32]).isGreaterThan(4 * Math.abs(slice[8][8]));
    }

    @Test
    void withoutThetaTheAnglesAreEvenFrom0To180() throws Exception {
        Sinogram with = sinogram(
                scan(counts(), white(3, COLUMNS), dark(3, COLUMNS), TestScans.degrees(PROJECTIONS)),
                new TomographyOptions());
        Files.delete(file());
        Path path = scan(counts(), white(3, COLUMNS), dark(3, COLUMNS), null);
        assertThat(sinogram(path, new TomographyOptions()).angles()).containsExactly(with.angles(), within(1e-12));
        assertThat(run(path, new TomographyOptions()).parameters()).containsEntry("thetaFrom", "0 to 180 degrees");
    }

    @ParameterizedTest
    @CsvSource({"auto, rad", "radians, ''", "radians, deg"})
    void anglesMayBeRadians(String option, String attribute) throws Exception {
        double[] radians = {0, 1, 2, 3};
        Path path = TestScans.dataExchange(
                file(), white(1, 8), white(1, 8), dark(1, 8), radians, DatasetCreationOptions.DEFAULT, attribute);
        assertThat(sinogram(path, options(o -> o.thetaUnits = option)).angles())
                .containsExactly(radians, within(1e-12));
    }

    @Test
    void aBeamWithNothingInItGivesNothing() throws Exception {
        Path path = scan(white(1, 16), white(1, 16), dark(1, 16), new double[] {0, 60, 120, 180});
        assertThat(sinogram(path, new TomographyOptions()).values()).isEqualTo(new float[4 * 16]);
        assertThat(slice(run(path, options(o -> o.center = "8")))).isDeepEqualTo(new float[16][16]);
        assertThatThrownBy(() -> run(path, new TomographyOptions()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("scan.h5")
                .hasMessageContaining("option center");
    }

    @Test
    void valuesThatAreNoNumbersAreBridgedAndCounted() throws Exception {
        float[][][] data = TestScans.filled(4, 1, 16, 5_100);
        data[2][0][7] = Float.NaN;
        data[2][0][8] = Float.POSITIVE_INFINITY;
        data[3][0][0] = Float.NaN;
        Arrays.fill(data[1][0], Float.NaN);
        float[][][] white = white(1, 16);
        white[1][0][3] = Float.NaN;
        Path path = scan(data, white, dark(1, 16), TestScans.degrees(4));
        float half = (float) Math.log(2);
        Sinogram sinogram = sinogram(path, new TomographyOptions());
        for (int i = 0; i < 4; i++) {
            for (int x = 0; x < 16; x++) {
                assertThat(sinogram.at(i, x)).isCloseTo(i == 1 ? 0 : half, within(1e-6f));
            }
        }
        Summary summary = run(path, options(o -> o.center = "8"));
        assertThat(summary.metrics()).containsEntry("replaced", 19L);
        assertThat((double) summary.metrics().get("completeness")).isCloseTo(45.0 / 64, within(1e-9));
    }

    @Test
    void saysWhichDatasetIsMissing() throws Exception {
        assertRefused(scan(null, white(1, 8), dark(1, 8), null), "scan.h5: /exchange/data is missing");
        assertRefused(scan(white(1, 8), null, dark(1, 8), null), "scan.h5: /exchange/data_white is missing");
        assertRefused(scan(white(1, 8), white(1, 8), null, null), "scan.h5: /exchange/data_dark is missing");
    }

    @Test
    void saysWhatDoesNotFit() throws Exception {
        assertRefused(
                scan(white(1, 8), white(1, 8), dark(1, 8), TestScans.degrees(3)),
                "scan.h5: /exchange/theta has 3 angles but /exchange/data has 4 projections");
        assertRefused(
                scan(white(1, 8), white(1, 8), dark(1, 8), new double[] {0, 1, Double.NaN, 3}),
                "/exchange/theta[2] is NaN");
        assertRefused(scan(white(1, 8), white(1, 8), dark(1, 8), new double[4]), "/exchange/theta is 0.0 throughout");
        assertRefused(scan(new int[4][8], white(1, 8), dark(1, 8), null), "/exchange/data has 2 dimensions");
        assertRefused(
                scan(white(1, 8), white(1, 9), dark(1, 8), null),
                "/exchange/data_white has frames of 1 x 9 pixels, but /exchange/data of 1 x 8");
        assertRefused(scan(white(1, 8), white(1, 8), new int[8], null), "/exchange/data_dark has 1 dimensions");
        assertRefused(scan(white(1, 1), white(1, 1), dark(1, 1), null), "needs at least 2");
        assertRefused(
                scan(white(1, 8), dark(1, 8), dark(1, 8), null),
                "scan.h5: /exchange/data_white is nowhere brighter than /exchange/data_dark");
        assertRefused(
                scan(white(1, 8), TestScans.filled(2, 1, 8, 0), dark(1, 8), null),
                "scan.h5: /exchange/data_white is nowhere brighter");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slice | 2 | slice=2, but /exchange/data has the rows 0 to 1",
                "endRow | 3 | startRow=0 and endRow=3, but /exchange/data has the rows 0 to 1",
                "startRow | 2 | startRow=2 and endRow=2, but",
                "center | 7.5 | center=7.5 lies outside the columns 0 to 7",
                "center | NaN | center=NaN",
                "rotationAxis | -3 | center=-3.0 lies outside",
                "endProj | 5 | endProj=5, but /exchange/data has the projections 0 to 3",
                "binning | 3 | too few for the binning by 8",
                "dataset | /exchange/other | /exchange/other is missing",
            })
    void saysWhichOptionsDoNotFitTheFile(String option, String value, String message) throws Exception {
        Path path = scan(white(2, 8), white(2, 8), dark(2, 8), null);
        TomographyOptions options = options(o -> o.center = option.equals("rotationAxis") ? "" : "3");
        set(options, option, value);
        assertRefused(path, options, message);
    }

    @ParameterizedTest
    @CsvSource({
        "slice, -1",
        "startRow, -1",
        "nsino, 1.5",
        "binning, 4",
        "dezinger, -1",
        "dezingerThreshold, -1",
        "brightRatio, 0",
        "center, middle",
        "laminoAngle, 90",
        "fwSigma, 0",
        "fwLevel, 30",
        "tiBeta, 1",
        "tiMask, 0",
        "voAllSnr, 0",
        "voAllLaSize, 0",
        "voAllSmSize, 0",
        "centerSearchStep, 0",
        "centerSearchWidth, -1",
        "pixelSize, 0",
        "retrievePhaseAlpha, 0",
        "retrievePhasePad, -1",
        "startProj, -1",
        "filter, boxcar"
    })
    void saysWhichOptionsAreOutOfRange(String option, String value) throws Exception {
        TomographyOptions options = new TomographyOptions();
        set(options, option, value);
        assertThatThrownBy(() -> new Tomography().check(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(option + "=")
                .hasMessageContaining("but it must be");
    }

    @Test
    void theDefaultsAreRight() {
        new Tomography().check(new Tomography().options());
    }

    @Test
    void phaseRetrievalNeedsItsNumbers() {
        TomographyOptions options = options(o -> o.retrievePhaseMethod = "paganin");
        assertThatThrownBy(() -> new Tomography().check(options)).hasMessageContaining("energy=");
        options.energy = 20.0;
        assertThatThrownBy(() -> new Tomography().check(options)).hasMessageContaining("propagationDistance=");
        options.propagationDistance = 60.0;
        assertThatThrownBy(() -> new Tomography().check(options)).hasMessageContaining("pixelSize=");
        options.pixelSize = 1.17;
        new Tomography().check(options);
    }

    @Test
    void whatContradictsItselfIsRefused() {
        assertThatThrownBy(() -> new Tomography().check(options(o -> {
                    o.slice = 1;
                    o.volume = true;
                })))
                .hasMessageContaining("slice=1");
        assertThatThrownBy(() -> new Tomography().check(options(o -> {
                    o.center = "3";
                    o.rotationAxis = "4";
                })))
                .hasMessageContaining("rotationAxis=4");
        assertThatThrownBy(() -> new Tomography().check(options(o -> {
                    o.laminoAngle = 20;
                    o.algorithm = "gridrec";
                })))
                .hasMessageContaining("algorithm=gridrec");
    }

    @Test
    void everyTruncatedOrDamagedFileEndsInWordsOrInASlice() throws Exception {
        Path good = scan(
                TestScans.filled(8, 2, 64, 500),
                TestScans.filled(2, 2, 64, 1000),
                TestScans.filled(2, 2, 64, 10),
                new double[] {0, 20, 40, 60, 80, 100, 120, 140});
        byte[] bytes = Files.readAllBytes(good);
        TomographyOptions options = options(o -> o.center = "32");
        assertThat(slice(run(good, options)).length).isEqualTo(64);
        int refused = 0;
        for (int length = 1; length < bytes.length; length += 397) {
            refused += endsInWords(Arrays.copyOf(bytes, length), options) ? 1 : 0;
        }
        assertThat(refused).isPositive();
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            byte[] damaged = bytes.clone();
            for (int hits = 0; hits < 4; hits++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            endsInWords(damaged, options);
        }
    }

    private boolean endsInWords(byte[] content, TomographyOptions options) throws Exception {
        Path path = Files.write(directory.resolve("damaged.h5"), content);
        try {
            assertThat(slice(run(path, options))).isNotEmpty();
            return false;
        } catch (InvalidInputException e) {
            assertThat(e).hasMessageContaining("damaged.h5");
            return true;
        }
    }

    private static void set(TomographyOptions options, String name, String value) throws ReflectiveOperationException {
        Field field = TomographyOptions.class.getField(name);
        Class<?> type = field.getType();
        if (type == String.class) {
            field.set(options, value);
        } else if (type == int.class || type == Integer.class) {
            field.set(options, Integer.valueOf(value));
        } else {
            field.set(options, Double.valueOf(value));
        }
    }

    /** The device is not touched by what cannot be reduced. */
    private void assertRefused(Path path, TomographyOptions options, String message) throws Exception {
        Path result = directory.resolve("refused.h5");
        try (TestJob job = new TestJob(path, result, Places.java())) {
            assertThatThrownBy(() -> new Tomography().run(job, options))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(message);
            assertThat(job.borrowed()).isFalse();
        }
    }

    private void assertRefused(Path path, String message) throws Exception {
        assertRefused(path, options(o -> o.center = "3"), message);
        Files.delete(path);
    }
}
