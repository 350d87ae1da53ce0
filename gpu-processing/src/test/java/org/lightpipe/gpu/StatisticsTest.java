package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.DatasetCreationOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatisticsTest {

    private static final DatasetCreationOptions UNSIGNED =
            DatasetCreationOptions.builder().unsigned().build();

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("stack.h5");
    }

    private static TechniqueResult run(Path path) throws Exception {
        return run(path, "");
    }

    private static TechniqueResult run(Path path, String dataset) throws Exception {
        TechniqueOptions options =
                new TechniqueOptions(FilterWindow.SHEPP, OptionalDouble.empty(), OptionalInt.empty(), dataset);
        return TestScans.onJava(backend -> new Statistics().run(path, options, backend));
    }

    private static float[][] image(TechniqueResult result, String name) {
        return result.images().stream()
                .filter(image -> image.name().equals(name))
                .findFirst()
                .orElseThrow()
                .pixels();
    }

    @Test
    void equalsTheTwoPassFormulasOverSeveralBlocks() throws Exception {
        // 50 frames do not divide into blocks of 16 frames, and chunks of 3 frames not into either
        Random random = new Random(1);
        float[][][] frames = new float[50][7][5];
        for (float[][] frame : frames) {
            for (float[] row : frame) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = 1e4f + 10 * random.nextFloat();
                }
            }
        }
        DatasetCreationOptions chunked = DatasetCreationOptions.builder()
                .chunkDimensions(3, 4, 5)
                .shuffle()
                .deflate()
                .build();
        TechniqueResult result = run(TestScans.stack(file(), "/entry/data/data", frames, chunked));
        for (int y = 0; y < 7; y++) {
            for (int x = 0; x < 5; x++) {
                double mean = 0;
                double max = 0;
                for (float[][] frame : frames) {
                    mean += frame[y][x] / 50.0;
                    max = Math.max(max, frame[y][x]);
                }
                double variance = 0;
                for (float[][] frame : frames) {
                    variance += (frame[y][x] - mean) * (frame[y][x] - mean) / 50;
                }
                assertThat((double) image(result, "mean")[y][x]).isCloseTo(mean, within(1e-3));
                assertThat((double) image(result, "maximum")[y][x]).isEqualTo(max);
                assertThat((double) image(result, "standard_deviation")[y][x])
                        .isCloseTo(Math.sqrt(variance), within(1e-6));
            }
        }
        assertThat(result.metrics())
                .containsEntry("frames", 50)
                .containsEntry("rows", 7)
                .containsEntry("columns", 5);
    }

    @Test
    void theOrderOfTheFramesDoesNotMatter() throws Exception {
        Random random = new Random(2);
        List<int[][]> frames = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            frames.add(new int[][] {
                random.ints(6, 0, 1000).toArray(), random.ints(6, 0, 1000).toArray()
            });
        }
        TechniqueResult one =
                run(TestScans.stack(directory.resolve("one.h5"), "/data", frames.toArray(int[][][]::new)));
        Collections.shuffle(frames, random);
        TechniqueResult two =
                run(TestScans.stack(directory.resolve("two.h5"), "/data", frames.toArray(int[][][]::new)));
        for (String name : List.of("mean", "maximum", "standard_deviation")) {
            for (int y = 0; y < 2; y++) {
                assertThat(image(two, name)[y]).containsExactly(image(one, name)[y], within(1e-4f));
            }
        }
    }

    @Test
    void aConstantHasItselfAsMeanAndMaximumAndNoDeviation() throws Exception {
        TechniqueResult result = run(TestScans.stack(file(), "/data", TestScans.filled(5, 3, 4, -2.5f)));
        assertThat(image(result, "mean")).isDeepEqualTo(TestScans.filled(1, 3, 4, -2.5f)[0]);
        assertThat(image(result, "maximum")).isDeepEqualTo(TestScans.filled(1, 3, 4, -2.5f)[0]);
        assertThat(image(result, "standard_deviation")).isDeepEqualTo(new float[3][4]);
        assertThat(result.metrics()).containsEntry("mean", -2.5).containsEntry("max", -2.5);
    }

    @Test
    void unsignedValuesStayPositive() throws Exception {
        assertMaximum(new byte[][][] {{{-1, 1}, {0, 0}}}, 255f);
        assertMaximum(new short[][][] {{{-1, 1}, {0, 0}}}, 65535f);
        assertMaximum(new int[][][] {{{-1, 1}, {0, 0}}}, 4294967295f);
        assertMaximum(new long[][][] {{{-1, 1}, {0, 0}}}, 18446744073709551615f);
    }

    private void assertMaximum(Object frames, float maximum) throws Exception {
        Path path = TestScans.stack(file(), "/data", frames, UNSIGNED);
        assertThat(image(run(path), "maximum")[0]).containsExactly(maximum, 1f);
        assertThat(path.toFile().delete()).isTrue();
    }

    @Test
    void valuesThatAreNoNumbersAreLeftOutAndCounted() throws Exception {
        float nan = Float.NaN;
        float[][][] frames = {{{1, nan}, {nan, 4}}, {{3, 5}, {nan, Float.NEGATIVE_INFINITY}}};
        TechniqueResult result = run(TestScans.stack(file(), "/data", frames));
        assertThat(List.of(image(result, "mean"))).containsExactly(new float[] {2, 5}, new float[] {nan, 4});
        assertThat(List.of(image(result, "maximum"))).containsExactly(new float[] {3, 5}, new float[] {nan, 4});
        assertThat(List.of(image(result, "standard_deviation")))
                .containsExactly(new float[] {1, 0}, new float[] {nan, 0});
        assertThat(result.metrics()).containsEntry("ignored", 4L).containsEntry("max", 5.0);
    }

    @Test
    void oneImageIsAStackOfOne() throws Exception {
        TechniqueResult result = run(TestScans.stack(file(), "/data", new double[][] {{1, 2}, {3, 4}}));
        assertThat(image(result, "mean")).isDeepEqualTo(new float[][] {{1, 2}, {3, 4}});
        assertThat(result.metrics()).containsEntry("frames", 1);
    }

    @Test
    void choosesTheUsualPlaceThenTheLargestImages() throws Exception {
        try (WritableHdfFile file = HdfFile.write(file())) {
            file.putDataset("curve", new double[10_000]);
            file.putDataset("table", new double[10_000][1]);
            file.putDataset("text", "words");
            file.putGroup("small").putDataset("images", new int[2][3][3]);
            file.putGroup("deep").putGroup("er").putDataset("images", new int[9][3][3]);
        }
        assertThat(run(file()).parameters()).containsEntry("dataset", "/deep/er/images");
        assertThat(run(file(), "/small/images").parameters()).containsEntry("dataset", "/small/images");

        Path usual = directory.resolve("usual.h5");
        try (WritableHdfFile file = HdfFile.write(usual)) {
            file.putGroup("large").putDataset("images", new int[9][3][3]);
            file.putGroup("entry").putGroup("data").putDataset("data", new int[2][2][2]);
        }
        assertThat(run(usual).parameters()).containsEntry("dataset", "/entry/data/data");
    }

    @Test
    void saysWhatIsNotThereOrDoesNotFit() {
        Path curve = TestScans.stack(file(), "/group/curve", new double[5]);
        assertRefused(curve, "", "stack.h5: holds no 2D or 3D dataset of numbers");
        assertRefused(curve, "/group/images", "stack.h5: /group/images is missing; give the path of an image stack");
        assertRefused(curve, "/group/curve", "stack.h5: /group/curve has 1 dimensions");
        assertRefused(curve, "/group", "stack.h5: /group is a group; a dataset is wanted");
        assertRefused(curve, "/group/curve/deeper", "stack.h5: /group/curve/deeper is missing");
        Path four = TestScans.stack(directory.resolve("four.h5"), "/data", new int[2][2][2][2]);
        assertRefused(four, "/data", "four.h5: /data has 4 dimensions");
    }

    private static void assertRefused(Path path, String dataset, String message) {
        assertThatThrownBy(() -> run(path, dataset))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }
}
