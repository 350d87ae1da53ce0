package org.lightpipe.gpu.xpcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;

/** How frames become samples. */
class SampleReaderTest {

    /** Frames in memory, in blocks of any size. */
    private record Stack(NumberType type, int frames, int pixels, int perBlock, ByteBuffer values)
            implements FrameSource {

        static Stack of(NumberType type, double[][] x, int perBlock) {
            ByteBuffer values =
                    ByteBuffer.allocate(x.length * x[0].length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            for (double[] frame : x) {
                for (double value : frame) {
                    switch (type) {
                        case INT8, UINT8 -> values.put((byte) (long) value);
                        case INT16, UINT16 -> values.putShort((short) (long) value);
                        case INT32, UINT32 -> values.putInt((int) (long) value);
                        case INT64, UINT64 ->
                            values.putLong(value >= 0x1p63 ? (long) (value - 0x1p63) + Long.MIN_VALUE : (long) value);
                        case FLOAT32 -> values.putFloat((float) value);
                        case FLOAT64 -> values.putDouble(value);
                    }
                }
            }
            return new Stack(type, x.length, x[0].length, perBlock, values);
        }

        @Override
        public String description() {
            return "stack";
        }

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public int columns() {
            return pixels;
        }

        @Override
        public void forEachBlock(int from, int to, int wanted, BlockConsumer consumer)
                throws InvalidInputException, java.io.IOException, InterruptedException {
            int frameBytes = pixels * type.bytes();
            for (int first = from; first < to; first += perBlock) {
                int count = Math.min(perBlock, to - first);
                ByteBuffer block = values.duplicate()
                        .position(first * frameBytes)
                        .limit((first + count) * frameBytes)
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN);
                consumer.accept(new FrameBlock(first, count, 1, pixels, type, block));
            }
        }

        @Override
        public void close() {
            // memory only
        }
    }

    private record Read(List<float[]> samples, List<Double> means, boolean[] bad, long saturated) {}

    private static Read read(Stack stack, FrameSelection selection, int[] order, int rows) throws Exception {
        try (Place place = Place.on("java")) {
            SampleReader reader = new SampleReader(stack, selection, order, place.threads(), rows);
            List<float[]> samples = new ArrayList<>();
            List<Double> means = new ArrayList<>();
            reader.forEachBlock(block -> {
                assertThat(block.first()).isEqualTo(samples.size());
                for (int i = 0; i < block.count(); i++) {
                    samples.add(block.rows()[i].clone());
                    means.add(block.means()[i]);
                }
            });
            return new Read(samples, means, reader.bad(), reader.saturated());
        }
    }

    private static double[][] counting(int frames, int pixels) {
        double[][] x = new double[frames][pixels];
        for (int i = 0; i < frames; i++) {
            for (int p = 0; p < pixels; p++) {
                x[i][p] = (7 * i + 3 * p) % 100;
            }
        }
        return x;
    }

    @Property(tries = 100)
    void samplesAreMeansOfEveryNthFrame(
            @ForAll @IntRange(min = 10, max = 60) int frames,
            @ForAll @IntRange(min = 0, max = 4) int begin,
            @ForAll @IntRange(min = 1, max = 4) int stride,
            @ForAll @IntRange(min = 1, max = 3) int average,
            @ForAll @IntRange(min = 1, max = 25) int perBlock,
            @ForAll @IntRange(min = 1, max = 3) int fours)
            throws Exception {
        double[][] x = counting(frames, 5);
        int samples = (frames - begin) / (stride * average);
        if (samples < 2) {
            return;
        }
        Read read = read(
                Stack.of(NumberType.UINT16, x, perBlock),
                new FrameSelection(begin, stride, average, samples),
                new int[] {4, 0, 2},
                4 * fours);
        assertThat(read.samples()).hasSize(samples);
        for (int k = 0; k < samples; k++) {
            double all = 0;
            int position = 0;
            for (int pixel : new int[] {4, 0, 2}) {
                double sum = 0;
                for (int a = 0; a < average; a++) {
                    sum += x[begin + (k * average + a) * stride][pixel];
                }
                all += sum / average / 3;
                assertThat((double) read.samples().get(k)[position++]).isCloseTo(sum / average, within(1e-4));
            }
            assertThat(read.means().get(k)).isCloseTo(all, within(1e-4));
        }
    }

    @ParameterizedTest
    @EnumSource(NumberType.class)
    void everyTypeIsRead(NumberType type) throws Exception {
        double[][] x = {{1, 2, 3}, {100, 0, 127}};
        Read read = read(Stack.of(type, x, 1), new FrameSelection(0, 1, 1, 2), new int[] {0, 1, 2}, 4);
        assertThat(read.samples().get(0)).containsExactly(1, 2, 3);
        assertThat(read.samples().get(1)).containsExactly(100, 0, 127);
        assertThat(read.means().get(1)).isCloseTo(227.0 / 3, within(1e-9));
        assertThat(read.bad()).containsOnly(false);
    }

    @ParameterizedTest
    @CsvSource({
        "UINT16, 65535",
        "UINT32, 4294967295",
        "UINT64, 18446744073709551615",
        "INT8, -1",
        "INT16, -2",
        "INT32, -1",
        "INT64, -5",
        "FLOAT32, NaN",
        "FLOAT32, Infinity",
        "FLOAT64, NaN",
        "FLOAT64, -Infinity"
    })
    void marksOfBadPixelsCountAsNothing(NumberType type, double mark) throws Exception {
        double[][] x = {{1, 2, 6}, {3, mark, 5}, {mark, 1, 1}};
        Read read = read(Stack.of(type, x, 2), new FrameSelection(0, 1, 1, 3), new int[] {0, 1, 2}, 4);
        assertThat(read.samples().get(1)).containsExactly(3, 0, 5);
        assertThat(read.means()).containsExactly(3.0, 4.0, 1.0);
        assertThat(read.bad()).containsExactly(true, true, false);
    }

    @Test
    void theEndOf8BitsIsCountedAndNegativeFloatsAreValues() throws Exception {
        Read bytes = read(
                Stack.of(NumberType.UINT8, new double[][] {{255, 2}, {255, 255}}, 2),
                new FrameSelection(0, 1, 1, 2),
                new int[] {0, 1},
                4);
        assertThat(bytes.saturated()).isEqualTo(3);
        assertThat(bytes.bad()).containsOnly(false);
        assertThat(bytes.samples().get(0)).containsExactly(255, 2);
        Read floats = read(
                Stack.of(NumberType.FLOAT32, new double[][] {{-0.5, 2}, {1, 1}}, 2),
                new FrameSelection(0, 1, 1, 2),
                new int[] {0, 1},
                4);
        assertThat(floats.samples().get(0)).containsExactly(-0.5f, 2);
        assertThat(floats.bad()).containsOnly(false);
    }

    private static XpcsOptions options(int begin, int end, int stride, int average) {
        XpcsOptions options = new XpcsOptions();
        options.setBeginFrame(begin);
        options.setEndFrame(end);
        options.setStrideFrame(stride);
        options.setAvgFrame(average);
        return options;
    }

    @ParameterizedTest
    @CsvSource({"0,-1,1,1,0,100", "10,0,1,1,10,90", "-10,-1,1,1,90,10", "3,99,2,5,3,9", "0,100,100,1,0,1"})
    void selectionsFollowTheOptions(int begin, int end, int stride, int average, int first, int samples)
            throws Exception {
        if (samples < 2) {
            assertThatThrownBy(() -> FrameSelection.of(options(begin, end, stride, average), 100, "scan.h5 /d"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("scan.h5 /d")
                    .hasMessageContaining("at least 2");
            return;
        }
        FrameSelection selection = FrameSelection.of(options(begin, end, stride, average), 100, "scan.h5 /d");
        assertThat(selection.begin()).isEqualTo(first);
        assertThat(selection.samples()).isEqualTo(samples);
        assertThat(selection.end()).isLessThanOrEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({"100,-1,beginFrame=100", "-101,-1,beginFrame=-101", "0,101,endFrame=101", "50,50,beginFrame=50"})
    void selectionsOutsideTheFramesAreRefused(int begin, int end, String message) {
        assertThatThrownBy(() -> FrameSelection.of(options(begin, end, 1, 1), 100, "scan.h5 /d"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("scan.h5 /d")
                .hasMessageContaining(message);
    }

    @Test
    void blocksAreNotTooLargeForTheMemory() {
        assertThat(SampleReader.rows(100)).isEqualTo(64);
        assertThat(SampleReader.rows(100_000_000)).isEqualTo(4);
        assertThat(IntStream.of(1, 1000, 500_000, 4_000_000).map(SampleReader::rows))
                .allMatch(rows -> rows % 4 == 0);
    }
}
