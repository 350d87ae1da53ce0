package org.lightpipe.gpu.xpcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.jhdf.HdfFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.Engine;
import org.lightpipe.gpu.Reduced;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.technique.Preview;

/** The whole technique, from file to file. */
class XpcsTest {

    private static Engine engine;

    @TempDir
    Path directory;

    private Scan scan;
    private Path frames;
    private Path qmap;

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

    @BeforeEach
    void write() {
        scan = Scan.speckles(64, 24, 20, 4, 11);
        frames = scan.writeFrames(directory.resolve("scan.h5"));
        qmap = scan.writeQmap(directory.resolve("qmap.h5"));
    }

    private static XpcsOptions options(String type) {
        XpcsOptions options = new XpcsOptions();
        options.setQmap("qmap.h5");
        options.setType(type);
        options.setNormalizeFrame(false);
        return options;
    }

    private Reduced reduce(String backend, Path input, XpcsOptions options) throws Exception {
        return Reduction.run(engine, backend, input, options, directory.resolve("results"));
    }

    private static float[][] table(Reduced reduced, String dataset) {
        return (float[][]) Reduction.read(reduced.result(), dataset);
    }

    private static float[][] g2(Reduced reduced) {
        return table(reduced, "/xpcs/multitau/normalized_g2");
    }

    private static void assertEqual(float[][] actual, float[][] expected, float tolerance) {
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(tolerance));
        }
    }

    private void assertAsDefined(Reduced reduced, double[][] samples) {
        double[][][] sums = Definition.multitau(samples);
        float[][] g2 = g2(reduced);
        float[][] error = table(reduced, "/xpcs/multitau/normalized_g2_err");
        assertThat(g2).hasDimensions(sums.length, 4);
        for (int k = 0; k < sums.length; k++) {
            double[][] expected =
                    Definition.average(sums[k], Scan.flat(scan.dynamicBins()), Scan.flat(scan.staticBins()), 4);
            for (int bin = 0; bin < 4; bin++) {
                assertThat((double) g2[k][bin]).isCloseTo(expected[0][bin], within(1e-5));
                assertThat((double) error[k][bin]).isCloseTo(expected[1][bin], within(1e-5));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void correlationsAreAsDefined(String backend) throws Exception {
        Reduced reduced = reduce(backend, frames, options("Multitau"));
        assertAsDefined(reduced, scan.samples());
        assertThat(reduced.summary().metrics())
                .containsEntry("frames", 64)
                .containsEntry("dynamicBins", 4)
                .containsEntry("badPixels", 0)
                .containsEntry("beamDropOuts", 0);
        assertThat((double) reduced.summary().metrics().get("contrast")).isPositive();
        assertThat(reduced.summary().preview()).isInstanceOfSatisfying(Preview.Plot.class, plot -> {
            assertThat(plot.curves()).hasSize(4);
            assertThat(plot.logarithmicX()).isTrue();
        });
    }

    @ParameterizedTest
    @CsvSource({"java,2,1,0", "java,1,3,5", "java,2,3,1", "opencl,2,3,1", "cuda,2,3,1"})
    void strideAndAverageChooseTheSamples(String backend, int stride, int average, int begin) throws Exception {
        XpcsOptions options = options("Multitau");
        options.setStrideFrame(stride);
        options.setAvgFrame(average);
        options.setBeginFrame(begin);
        double[][] all = scan.samples();
        double[][] samples = new double[(64 - begin) / (stride * average)][all[0].length];
        for (int k = 0; k < samples.length; k++) {
            for (int a = 0; a < average; a++) {
                for (int p = 0; p < all[0].length; p++) {
                    samples[k][p] += all[begin + (k * average + a) * stride][p] / average;
                }
            }
        }
        assertAsDefined(reduce(backend, frames, options), samples);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void normalizedFramesHaveTheMean1(String backend) throws Exception {
        XpcsOptions options = options("Multitau");
        options.setNormalizeFrame(true);
        double[][] samples = scan.samples();
        for (double[] sample : samples) {
            double mean = Arrays.stream(sample).average().orElseThrow();
            for (int p = 0; p < sample.length; p++) {
                sample[p] /= mean;
            }
        }
        assertAsDefined(reduce(backend, frames, options), samples);
    }

    /** With the mask cut away, the mean of a frame is that of the pixels that are left. */
    @Test
    void croppedFramesAreNormalizedByWhatIsLeft() throws Exception {
        XpcsOptions options = options("Multitau");
        options.setNormalizeFrame(true);
        options.setCropRatioThreshold(1);
        double[][] samples = scan.samples();
        int[] mask = Scan.flat(scan.mask());
        for (double[] sample : samples) {
            double sum = 0;
            for (int p = 0; p < sample.length; p++) {
                sum += mask[p] * sample[p];
            }
            for (int p = 0; p < sample.length; p++) {
                sample[p] *= Arrays.stream(mask).sum() / sum;
            }
        }
        assertAsDefined(reduce("java", frames, options), samples);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theIntensityDoesNotMatter(String backend) throws Exception {
        float[][] g2 = g2(reduce(backend, frames, options("Multitau")));
        for (int[][] frame : scan.frames()) {
            for (int[] row : frame) {
                Arrays.setAll(row, i -> 13 * row[i]);
            }
        }
        Path brighter = scan.writeFrames(directory.resolve("brighter.h5"));
        assertEqual(g2(reduce(backend, brighter, options("Multitau"))), g2, 1e-5f);
    }

    @Test
    void pixelsMayChangePlacesWithinTheirBins() throws Exception {
        float[][] g2 = g2(reduce("java", frames, options("Multitau")));
        // upside down, frames and maps alike
        for (int[][] frame : scan.frames()) {
            java.util.Collections.reverse(Arrays.asList(frame));
        }
        for (int[][] map : List.of(scan.dynamicBins(), scan.staticBins(), scan.mask())) {
            java.util.Collections.reverse(Arrays.asList(map));
        }
        Path turned = scan.writeFrames(directory.resolve("turned.h5"));
        scan.writeQmap(directory.resolve("turned-qmap.h5"));
        XpcsOptions options = options("Multitau");
        options.setQmap("turned-qmap.h5");
        assertEqual(g2(reduce("java", turned, options)), g2, 1e-6f);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void lightThatNeverChangesIsNotCorrelated(String backend) throws Exception {
        for (int[][] frame : scan.frames()) {
            for (int row = 0; row < frame.length; row++) {
                for (int column = 0; column < frame[row].length; column++) {
                    frame[row][column] = 10;
                }
            }
        }
        Path flat = scan.writeFrames(directory.resolve("flat.h5"));
        Reduced reduced = reduce(backend, flat, options("Both"));
        for (float[] delay : g2(reduced)) {
            assertThat(delay).containsExactly(new float[] {1, 1, 1, 1}, within(1e-6f));
        }
        for (float[] delay : table(reduced, "/xpcs/multitau/normalized_g2_err")) {
            assertThat(delay).containsExactly(new float[] {0, 0, 0, 0}, within(1e-6f));
        }
        for (float[] delay : table(reduced, "/xpcs/twotime/normalized_g2")) {
            assertThat(delay).containsExactly(new float[] {1, 1, 1, 1}, within(1e-6f));
        }
        assertThat((double) reduced.summary().metrics().get("contrast")).isCloseTo(0, within(1e-6));
        assertThat((double) reduced.summary().metrics().get("intensityVariation"))
                .isCloseTo(0, within(1e-6));
    }

    @ParameterizedTest
    @MethodSource("backends")
    void twoTimesAreAsDefined(String backend) throws Exception {
        XpcsOptions options = options("Twotime");
        options.setSmooth("none");
        options.setDqSelection("2-3");
        Reduced reduced = reduce(backend, frames, options);
        Partition partition = Partition.of(scan.qmap(), 0.5);
        double[][] samples = scan.samples();
        assertThat((int[]) Reduction.read(reduced.result(), "/xpcs/twotime/processed_bins"))
                .containsExactly(2, 3);
        for (int bin = 2; bin <= 3; bin++) {
            List<Cell> cells = partition.of(bin);
            int from = cells.get(0).from();
            int to = cells.get(cells.size() - 1).to();
            double[][] pixels = new double[64][to - from];
            for (int i = 0; i < 64; i++) {
                for (int p = from; p < to; p++) {
                    pixels[i][p - from] = samples[i][partition.order()[p]];
                }
            }
            double[][] expected = Definition.twotime(pixels, 0, to - from);
            float[][] map = table(reduced, "/xpcs/twotime/correlation_map/c2_0000" + (bin - 1));
            for (int i = 0; i < 64; i++) {
                for (int j = 0; j < 64; j++) {
                    assertThat((double) map[i][j]).isCloseTo(j < i ? 0 : expected[i][j], within(1e-5));
                }
            }
        }
        assertThat(reduced.summary().metrics()).containsEntry("twotimeBins", 2);
        try (HdfFile file = new HdfFile(reduced.result())) {
            assertThat(file.getChild("xpcs").getPath()).isNotEmpty();
            assertThat(file.getByPath("/entry").getAttribute("default").getData())
                    .isEqualTo("twotime");
        }
    }

    @ParameterizedTest
    @CsvSource({"java,rigaku", "java,imm", "java,imm-sparse", "opencl,rigaku", "cuda,rigaku"})
    void otherFormatsGiveTheSame(String backend, String format) throws Exception {
        Scan large = format.equals("rigaku") ? inTheCornerOfAModule(scan) : scan;
        large.writeQmap(qmap);
        Path hdf5 = large.writeFrames(directory.resolve("large.h5"));
        Path other = format.equals("rigaku")
                ? SparseFiles.rigaku(directory.resolve("scan.bin"), large.frames(), 0)
                : SparseFiles.imm(directory.resolve("scan.imm"), large.frames(), format.equals("imm-sparse"));
        XpcsOptions options = options("Both");
        Reduced expected = reduce(backend, hdf5, options);
        Reduced actual = reduce(backend, other, options);
        assertEqual(g2(actual), g2(expected), 1e-6f);
        assertEqual(
                table(actual, "/xpcs/twotime/normalized_g2"), table(expected, "/xpcs/twotime/normalized_g2"), 1e-6f);
    }

    private static Scan inTheCornerOfAModule(Scan scan) {
        int[][][] few = Arrays.copyOf(scan.frames(), 12);
        for (int i = 0; i < few.length; i++) {
            few[i] = larger(few[i]);
        }
        return new Scan(few, larger(scan.dynamicBins()), larger(scan.staticBins()), larger(scan.mask()));
    }

    private static int[][] larger(int[][] map) {
        int[][] larger = new int[512][1024];
        for (int row = 0; row < map.length; row++) {
            System.arraycopy(map[row], 0, larger[row], 0, map[row].length);
        }
        return larger;
    }

    @ParameterizedTest
    @MethodSource("backends")
    void pixelsAreKeptWhenAskedFor(String backend) throws Exception {
        XpcsOptions options = options("Multitau");
        options.setSaveG2(true);
        Reduced reduced = reduce(backend, frames, options);
        assertAsDefined(reduced, scan.samples());
        float[][][][] planes = (float[][][][]) Reduction.read(reduced.result(), "/xpcs/multitau/unnormalized_G2");
        double[][][] expected = Definition.multitau(scan.samples());
        assertThat(planes.length).isEqualTo(expected.length);
        for (int k = 0; k < expected.length; k++) {
            for (int kind = 0; kind < 3; kind++) {
                for (int p = 0; p < 24 * 20; p++) {
                    assertThat((double) planes[k][kind][p / 20][p % 20])
                            .isCloseTo(expected[k][kind][p], within(1e-4 + 1e-5 * expected[k][kind][p]));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aBinOfOnePixelHasNoErrorAndAnEmptyOneNothing(String backend) throws Exception {
        int[][] dynamic = new int[24][20];
        int[][] fixed = new int[24][20];
        dynamic[3][4] = 1;
        fixed[3][4] = 1;
        dynamic[7][7] = 3;
        dynamic[7][8] = 3;
        fixed[7][7] = 2;
        fixed[7][8] = 2;
        int[][] mask = new int[24][20];
        for (int[] row : mask) {
            Arrays.fill(row, 1);
        }
        new Scan(scan.frames(), dynamic, fixed, mask).writeQmap(qmap);
        Reduced reduced = reduce(backend, frames, options("Multitau"));
        float[][] error = table(reduced, "/xpcs/multitau/normalized_g2_err");
        float[] first = g2(reduced)[0];
        assertThat(first).hasSize(3);
        assertThat(first[0]).isFinite();
        assertThat(first[1]).isNaN();
        assertThat(first[2]).isFinite();
        assertThat(error[0][0]).isNaN();
        assertThat(error[0][1]).isNaN();
        assertThat(error[0][2]).isFinite();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void pixelsThatAreNotNumbersCountAsMasked(String backend) throws Exception {
        float[][][] values = new float[64][24][20];
        for (int i = 0; i < 64; i++) {
            for (int row = 0; row < 24; row++) {
                for (int column = 0; column < 20; column++) {
                    values[i][row][column] = scan.frames()[i][row][column];
                }
            }
        }
        values[17][5][6] = Float.NaN;
        values[40][20][2] = Float.POSITIVE_INFINITY;
        Path damaged =
                Scan.write(directory.resolve("damaged.h5"), "entry/data", new String[] {"data"}, (Object) values);
        Reduced with = reduce(backend, damaged, options("Both"));
        assertThat(with.summary().metrics()).containsEntry("badPixels", 2);
        for (int[] pixel : new int[][] {{5, 6}, {20, 2}}) {
            scan.mask()[pixel[0]][pixel[1]] = 0;
            scan.dynamicBins()[pixel[0]][pixel[1]] = 0;
            scan.staticBins()[pixel[0]][pixel[1]] = 0;
        }
        scan.writeQmap(qmap);
        Reduced without = reduce(backend, frames, options("Both"));
        assertEqual(g2(with), g2(without), 1e-6f);
    }

    @Test
    void metadataBesideTheFramesAreCopied() throws Exception {
        Scan.write(
                directory.resolve("scan_metadata.hdf"),
                "entry/instrument/detector_1",
                new String[] {"frame_time", "count_time"},
                0.002,
                0.001);
        Reduced reduced = reduce("java", frames, options("Multitau"));
        assertThat(Reduction.read(reduced.result(), "/entry/instrument/detector_1/frame_time"))
                .isEqualTo(0.002);
        double[] delays = (double[]) Reduction.read(reduced.result(), "/entry/data/delay");
        assertThat(delays[0]).isCloseTo(0.002, within(1e-12));
        assertThat(reduced.summary().parameters()).containsEntry("metadata", "scan_metadata.hdf");
    }

    @Test
    void theResultHasTheLayoutOfTheCommunityAndAPlot() throws Exception {
        Reduced reduced = reduce("java", frames, options("Both"));
        try (HdfFile file = new HdfFile(reduced.result())) {
            for (String path : List.of(
                    "/xpcs/qmap/dynamic_roi_map",
                    "/xpcs/qmap/static_roi_map",
                    "/xpcs/qmap/mask",
                    "/xpcs/multitau/config/avg_frame",
                    "/xpcs/multitau/config/stride_frame",
                    "/xpcs/twotime/config/smooth",
                    "/xpcs/twotime/normalized_g2_segments",
                    "/xpcs/temporal_mean/scattering_1d",
                    "/xpcs/temporal_mean/scattering_1d_segments",
                    "/xpcs/temporal_mean/scattering_2d",
                    "/xpcs/spatial_mean/intensity_vs_time",
                    "/xpcs/rawdata_path",
                    "/entry/data/g2_errors",
                    "/entry/data/delay")) {
                assertThat(file.getByPath(path)).as(path).isNotNull();
            }
            assertThat(file.getByPath("/entry").getAttribute("default").getData())
                    .isEqualTo("data");
            assertThat(file.getByPath("/entry/data").getAttribute("signal").getData())
                    .isEqualTo("g2");
            assertThat(file.getDatasetByPath("/entry/data/g2").getDimensions())
                    .containsExactly(4, Delays.of(64).count());
        }
    }

    @Test
    void aQmapOfAnotherDetectorIsRefused() {
        Scan.speckles(2, 30, 20, 4, 1).writeQmap(qmap);
        assertRefused(options -> {}, "qmap.h5", "30 x 20", "scan.h5", "24 x 20");
    }

    @Test
    void aQmapWithoutAMapIsRefused() {
        Scan.write(qmap, "qmap", new String[] {"dynamic_roi_map", "mask"}, scan.dynamicBins(), scan.mask());
        assertRefused(options -> {}, "qmap.h5", "/qmap/static_roi_map");
    }

    @Test
    void aQmapThatMasksAllIsRefused() {
        new Scan(scan.frames(), scan.dynamicBins(), scan.staticBins(), new int[24][20]).writeQmap(qmap);
        assertRefused(options -> {}, "qmap.h5", "/qmap/mask is 0 everywhere");
    }

    @Test
    void binsThatAreNoWholeNumbersAreRefused() {
        double[][] bins = new double[24][20];
        bins[2][3] = 1.5;
        Scan.write(
                qmap,
                "qmap",
                new String[] {"dynamic_roi_map", "static_roi_map", "mask"},
                bins,
                scan.staticBins(),
                scan.mask());
        assertRefused(options -> {}, "qmap.h5", "/qmap/dynamic_roi_map has 1.5 at row 2, column 3");
    }

    @Test
    void optionsThatDoNotFitTheFramesAreRefused() {
        assertRefused(options -> options.setBeginFrame(64), "scan.h5", "beginFrame=64");
        assertRefused(options -> options.setEndFrame(65), "scan.h5", "endFrame=65");
        assertRefused(options -> options.setAvgFrame(40), "scan.h5", "at least 2");
        assertRefused(options -> options.setQmap("missing.h5"), "missing.h5");
        assertRefused(
                options -> {
                    options.setType("Twotime");
                    options.setDqSelection("5");
                },
                "dqSelection=5",
                "no pixel is in the dynamic bin 5");
    }

    @Test
    void aTruncatedFileIsRefused() throws Exception {
        byte[] bytes = Files.readAllBytes(frames);
        Files.write(frames, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(options -> {}, "scan.h5");
    }

    private void assertRefused(Consumer<XpcsOptions> change, String... messages) {
        XpcsOptions options = options("Multitau");
        change.accept(options);
        assertThatThrownBy(() -> reduce("java", frames, options))
                .isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(messages));
        assertThat(directory.resolve("results/scan_xpcs.h5")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "strideFrame, 0",
        "avgFrame, 0",
        "cropRatioThreshold, 1.5",
        "cropRatioThreshold, NaN",
        "frameTime, -1",
        "qmap, ''",
        "type, Monotau",
        "smooth, butter",
        "dqSelection, x"
    })
    void optionsOutOfRangeAreRefusedBeforeAnyFile(String option, String value) {
        XpcsOptions options = options("Multitau");
        switch (option) {
            case "strideFrame" -> options.setStrideFrame(Integer.parseInt(value));
            case "avgFrame" -> options.setAvgFrame(Integer.parseInt(value));
            case "cropRatioThreshold" -> options.setCropRatioThreshold(Double.parseDouble(value));
            case "frameTime" -> options.setFrameTime(Double.parseDouble(value));
            case "qmap" -> options.setQmap(value);
            case "type" -> options.setType(value);
            case "smooth" -> options.setSmooth(value);
            default -> options.setDqSelection(value);
        }
        assertThatThrownBy(() -> new Xpcs().check(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(option);
    }
}
