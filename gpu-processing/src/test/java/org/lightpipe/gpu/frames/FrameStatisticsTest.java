package org.lightpipe.gpu.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.Reduced;
import org.lightpipe.gpu.core.NumberType;

class FrameStatisticsTest {

    private static final double NAN = Double.NaN;

    @TempDir
    Path directory;

    private Reduced run(String backend, Path input) throws Exception {
        return Stacks.run(new FrameStatistics(), new StatisticsOptions(), backend, input, directory.resolve("results"));
    }

    private Reduced run(String backend, NumberType type, double[] values, long... shape) throws Exception {
        return run(backend, Stacks.write(directory.resolve("stack.h5"), "/entry/data/data", type, values, shape));
    }

    private static double[] image(Reduced reduced, String name) throws Exception {
        return Stacks.read(reduced.result(), "/entry/data/" + name);
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.frames.Stacks#backends")
    void manyFramesGiveWhatTheFormulasSay(String backend) throws Exception {
        Random random = new Random(1);
        double[] values =
                random.doubles(50 * 35).map(value -> (float) (1e4 + 10 * value)).toArray();
        Reduced reduced = run(backend, NumberType.FLOAT32, values, 50, 7, 5);
        double[] mean = image(reduced, "mean");
        double[] maximum = image(reduced, "maximum");
        double[] minimum = image(reduced, "minimum");
        double[] deviation = image(reduced, "standard_deviation");
        for (int pixel = 0; pixel < 35; pixel++) {
            int at = pixel;
            double[] series = new double[50];
            Arrays.setAll(series, frame -> values[frame * 35 + at]);
            double average = Arrays.stream(series).average().orElseThrow();
            double variance = Arrays.stream(series)
                            .map(v -> (v - average) * (v - average))
                            .sum()
                    / 50;
            assertThat(mean[pixel]).isCloseTo(average, within(1e-3));
            assertThat(deviation[pixel]).isCloseTo(Math.sqrt(variance), within(1e-6));
            assertThat(maximum[pixel]).isEqualTo(Arrays.stream(series).max().orElseThrow());
            assertThat(minimum[pixel]).isEqualTo(Arrays.stream(series).min().orElseThrow());
        }
        double[] totals = Stacks.read(reduced.result(), "/entry/frames/total");
        for (int frame = 0; frame < 50; frame++) {
            assertThat(totals[frame])
                    .isCloseTo(
                            Arrays.stream(values, frame * 35, frame * 35 + 35).sum(), within(1e-6));
        }
        assertThat(reduced.summary().metrics())
                .containsEntry("frames", 50)
                .containsEntry("rows", 7)
                .containsEntry("columns", 5)
                .containsEntry("ignored", 0L);
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.frames.Stacks#backends")
    void aConstantHasNoDeviation(String backend) throws Exception {
        double[] values = new double[60];
        Arrays.fill(values, -2.5);
        Reduced reduced = run(backend, NumberType.FLOAT64, values, 5, 3, 4);
        assertThat(image(reduced, "mean")).containsOnly(-2.5);
        assertThat(image(reduced, "maximum")).containsOnly(-2.5);
        assertThat(image(reduced, "minimum")).containsOnly(-2.5);
        assertThat(image(reduced, "standard_deviation")).containsOnly(0);
        assertThat(reduced.summary().metrics()).containsEntry("mean", -2.5).containsEntry("max", -2.5);
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.frames.Stacks#backends")
    void unsignedValuesStayPositiveAndTheLargestIsSaturated(String backend) throws Exception {
        double[] largest = {255, 65535, 4294967295.0};
        NumberType[] types = {NumberType.UINT8, NumberType.UINT16, NumberType.UINT32};
        for (int i = 0; i < types.length; i++) {
            Reduced reduced = run(backend, types[i], new double[] {largest[i], 1, 0, 0, 3, largest[i], 2, 1}, 2, 2, 2);
            assertThat(image(reduced, "maximum")).containsExactly((float) largest[i], (float) largest[i], 2, 1);
            assertThat(reduced.summary().metrics()).containsEntry("saturated", 2L);
        }
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.frames.Stacks#backends")
    void valuesThatAreNoNumbersAreLeftOutAndCounted(String backend) throws Exception {
        double[] values = {1, NAN, NAN, 4, 3, 5, NAN, Double.NEGATIVE_INFINITY};
        Reduced reduced = run(backend, NumberType.FLOAT32, values, 2, 2, 2);
        assertThat(image(reduced, "mean")).containsExactly(2, 5, NAN, 4);
        assertThat(image(reduced, "maximum")).containsExactly(3, 5, NAN, 4);
        assertThat(image(reduced, "minimum")).containsExactly(1, 5, NAN, 4);
        assertThat(image(reduced, "standard_deviation")).containsExactly(1, 0, NAN, 0);
        assertThat(Stacks.read(reduced.result(), "/entry/frames/total")).containsExactly(5, 8);
        assertThat(reduced.summary().metrics()).containsEntry("ignored", 4L).containsEntry("max", 5.0);
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.frames.Stacks#backends")
    void hotAndDeadPixelsAreFoundAndReflectionsAreNot(String backend) throws Exception {
        Random random = new Random(3);
        int rows = 30;
        int columns = 40;
        int hot = 12 * columns + 17;
        int dead = 22 * columns + 5;
        double[] values = new double[20 * rows * columns];
        for (int i = 0; i < values.length; i++) {
            int pixel = i % (rows * columns);
            double distance = Math.hypot(pixel / columns - 8.3, pixel % columns - 30.4);
            values[i] = 20 + random.nextInt(9) + Math.round(5000 * Math.exp(-distance * distance / 2));
            if (pixel == hot) {
                values[i] = 3000;
            } else if (pixel == dead) {
                values[i] = 0;
            }
        }
        Reduced reduced = run(backend, NumberType.UINT16, values, 20, rows, columns);
        double[] expected = new double[rows * columns];
        expected[hot] = HotPixels.HOT;
        expected[dead] = HotPixels.DEAD;
        assertThat(Stacks.read(reduced.result(), "/entry/instrument/detector/pixel_mask"))
                .isEqualTo(expected);
        assertThat(reduced.summary().metrics()).containsEntry("hot_pixels", 1).containsEntry("dead_pixels", 1);
    }

    @Test
    void frameStacksMayHaveMoreDimensionsAndOneImageIsAStackOfOne() throws Exception {
        double[] values = new Random(2).ints(24, 0, 100).asDoubleStream().toArray();
        Reduced four = run("java", NumberType.INT32, values, 2, 3, 2, 2);
        Reduced three = run("java", NumberType.INT32, values, 6, 2, 2);
        assertThat(image(four, "mean")).isEqualTo(image(three, "mean"));
        assertThat(four.summary().metrics()).containsEntry("frames", 6);
        Reduced one = run("java", NumberType.INT16, new double[] {1, 2, 3, 4}, 2, 2);
        assertThat(image(one, "mean")).containsExactly(1, 2, 3, 4);
        assertThat(one.summary().metrics()).containsEntry("frames", 1);
    }

    @Test
    void framesWithoutLightAreTold() throws Exception {
        double[] values = new double[10 * 16];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 16 == 4 ? 1 : 100;
        }
        assertThat(run("java", NumberType.UINT8, values, 10, 4, 4).summary().metrics())
                .containsEntry("dark_frames", 1);
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        StatisticsOptions options = new StatisticsOptions();
        options.setHotFactor(0.5);
        assertThatThrownBy(() -> new FrameStatistics().check(options)).hasMessageContaining("hotFactor is 0.5");
        StatisticsOptions other = new StatisticsOptions();
        other.setSaturation(-1.0);
        assertThatThrownBy(() -> new FrameStatistics().check(other)).hasMessageContaining("saturation is -1.0");
    }
}
