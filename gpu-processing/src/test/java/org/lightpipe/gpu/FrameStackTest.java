package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;

class FrameStackTest {

    private static List<Double> values(FrameStack stack, int from, int to, int perBlock) throws Exception {
        List<Double> values = new ArrayList<>();
        stack.forEachBlock(from, to, perBlock, block -> {
            assertThat(block.first()).isEqualTo(from + values.size() / (stack.rows() * stack.columns()));
            double[] frame = new double[block.pixels()];
            for (int i = 0; i < block.frames(); i++) {
                block.doubles(i, frame);
                Arrays.stream(frame).forEach(values::add);
            }
        });
        return values;
    }

    @Test
    void arraysOfEveryTypeAreReadAsWhatDetectorsMean() throws Exception {
        assertRead(new float[][][] {{{1.5f, 2}}, {{3, -4}}}, NumberType.FLOAT32, 1.5, 2, 3, -4);
        assertRead(new double[][][] {{{1e300, 2}}}, NumberType.FLOAT64, 1e300, 2);
        assertRead(new int[][][] {{{1, -2}}}, NumberType.INT32, 1, -2);
        assertRead(new long[][][] {{{1, 1L << 40}}}, NumberType.INT64, 1, 1L << 40);
        assertRead(new short[][][] {{{1, -1}}}, NumberType.UINT16, 1, 65535);
        assertRead(new byte[][][] {{{1, -1}}}, NumberType.UINT8, 1, 255);
        assertRead(new short[][] {{7}, {8}}, NumberType.UINT16, 7, 8);
        assertRead(new float[][] {{7}}, NumberType.FLOAT32, 7);
        assertRead(new double[][] {{7}}, NumberType.FLOAT64, 7);
        assertRead(new int[][] {{7}}, NumberType.INT32, 7);
        assertRead(new long[][] {{7}}, NumberType.INT64, 7);
        assertRead(new byte[][] {{7}}, NumberType.UINT8, 7);
    }

    private static void assertRead(Object frames, NumberType type, double... values) throws Exception {
        FrameStack stack = FrameStack.of(frames);
        assertThat(stack.type()).isEqualTo(type);
        assertThat(values(stack, 0, stack.frames(), 0))
                .containsExactly(Arrays.stream(values).boxed().toArray(Double[]::new));
    }

    @Test
    void anyPartIsReadInBlocksOfAnySize() throws Exception {
        float[][][] frames = new float[7][2][3];
        for (int i = 0; i < 42; i++) {
            frames[i / 6][i / 3 % 2][i % 3] = i;
        }
        FrameStack stack = FrameStack.of(frames);
        for (int perBlock = 1; perBlock < 9; perBlock++) {
            assertThat(values(stack, 2, 6, perBlock))
                    .hasSize(24)
                    .startsWith(12.0)
                    .endsWith(35.0);
        }
        assertThat(values(stack, 3, 3, 1)).isEmpty();
        assertThatThrownBy(() -> values(stack, 3, 8, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void blocksOfAStreamFollowEachOther() throws Exception {
        FrameStack stack = FrameStack.of(List.of(block(17, 2), block(3, 1), block(40, 3)));
        assertThat(stack.frames()).isEqualTo(6);
        assertThat(values(stack, 0, 6, 4))
                .containsExactly(17.0, 17.5, 18.0, 18.5, 3.0, 3.5, 40.0, 40.5, 41.0, 41.5, 42.0, 42.5);
        assertThat(values(stack, 2, 4, 0)).containsExactly(3.0, 3.5, 40.0, 40.5);
    }

    /** Frames of 1 x 2 pixels, whose values are their number and half a count more. */
    private static FrameBlock block(int first, int frames) {
        ByteBuffer values = ByteBuffer.allocateDirect(frames * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < frames; i++) {
            values.putFloat(first + i).putFloat(first + i + 0.5f);
        }
        // wherever the position is, values begin at index 0
        return new FrameBlock(first, frames, 1, 2, NumberType.FLOAT32, values);
    }

    @Test
    void whatIsNoStackIsRefused() {
        assertRefused(new float[0][0][0], "no pixels");
        assertRefused(new float[][][] {{}}, "no pixels");
        assertRefused(new float[][][] {{{1, 2}}, {{1, 2}, {3, 4}}}, "frame 1 of the stack has 2 rows, but the first 1");
        assertRefused(new float[][][] {{{1, 2}, {3}}}, "row 1 of frame 0 of the stack has 1 pixels, but the first 2");
        assertRefused(new float[][][] {{{1, 2}}, null}, "frame 1 of the stack has 0 rows");
        assertRefused(new float[][][] {{{1, 2}, null}}, "row 1 of frame 0");
        assertRefused("frames", "String is no stack of frames");
        assertRefused(null, "nothing is no stack of frames");
        assertRefused(new String[][] {{"a"}}, "is no stack of frames");
    }

    @Test
    void blocksThatDoNotFitAreRefused() {
        FrameBlock other = new FrameBlock(0, 1, 2, 1, NumberType.FLOAT32, ByteBuffer.allocate(8));
        assertThatThrownBy(() -> FrameStack.of(List.of(block(0, 1), other)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("block 1 of the batch has frames of 2 x 1 pixels");
        FrameBlock liar = new FrameBlock(0, 1000, 1, 2, NumberType.FLOAT32, ByteBuffer.allocate(8));
        assertThatThrownBy(() -> FrameStack.of(List.of(liar)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("says that it has 1000 frames, but holds 8 bytes");
        assertThatThrownBy(() -> FrameStack.of(List.<FrameBlock>of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no frames");
    }

    @Test
    void aThreadThatIsToStopStops() throws Exception {
        FrameStack stack = FrameStack.of(new float[3][1][1]);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> values(stack, 0, 3, 1)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    private static void assertRefused(Object frames, String message) {
        assertThatThrownBy(() -> FrameStack.of(frames))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }
}
