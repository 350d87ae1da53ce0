package org.lightpipe.gpu;

import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;

/** Frames in memory that came with a message: arrays, or blocks of a stream. Several threads may read it at a time. */
public final class FrameStack implements FrameSource {

    private static final int GOOD_BLOCK_BYTES = 4 * 1024 * 1024;

    private final int frames;
    private final int rows;
    private final int columns;
    private final NumberType type;
    private final Frames values;

    /** Where the pixels are. */
    private interface Frames {
        /** Appends one frame to a little-endian buffer. */
        void append(int frame, ByteBuffer into);
    }

    private FrameStack(int frames, int rows, int columns, NumberType type, Frames values) throws InvalidInputException {
        if (frames < 1 || rows < 1 || columns < 1) {
            throw new InvalidInputException(
                    "the stack of frames has the shape " + frames + " x " + rows + " x " + columns + ", and no pixels");
        }
        if ((long) rows * columns * type.bytes() > Integer.MAX_VALUE) {
            throw new InvalidInputException("frames of " + rows + " x " + columns + " pixels are too large");
        }
        this.frames = frames;
        this.rows = rows;
        this.columns = columns;
        this.type = type;
        this.values = values;
    }

    /**
     * @param frames {@code [frame][row][column]} or, of one frame, {@code [row][column]}; float, double, int or long as
     *     they are, short and byte without sign, as detectors count. The arrays must not change while they are read
     * @throws InvalidInputException if it is something else, or not rectangular
     */
    public static FrameStack of(Object frames) throws InvalidInputException {
        if (frames instanceof float[][] frame) {
            return of(new float[][][] {frame});
        }
        if (frames instanceof double[][] frame) {
            return of(new double[][][] {frame});
        }
        if (frames instanceof int[][] frame) {
            return of(new int[][][] {frame});
        }
        if (frames instanceof long[][] frame) {
            return of(new long[][][] {frame});
        }
        if (frames instanceof short[][] frame) {
            return of(new short[][][] {frame});
        }
        if (frames instanceof byte[][] frame) {
            return of(new byte[][][] {frame});
        }
        if (frames instanceof float[][][] stack) {
            return of(stack, NumberType.FLOAT32, (frame, into) -> {
                for (float[] row : stack[frame]) {
                    into.asFloatBuffer().put(row);
                    into.position(into.position() + Float.BYTES * row.length);
                }
            });
        }
        if (frames instanceof double[][][] stack) {
            return of(stack, NumberType.FLOAT64, (frame, into) -> {
                for (double[] row : stack[frame]) {
                    into.asDoubleBuffer().put(row);
                    into.position(into.position() + Double.BYTES * row.length);
                }
            });
        }
        if (frames instanceof int[][][] stack) {
            return of(stack, NumberType.INT32, (frame, into) -> {
                for (int[] row : stack[frame]) {
                    into.asIntBuffer().put(row);
                    into.position(into.position() + Integer.BYTES * row.length);
                }
            });
        }
        if (frames instanceof long[][][] stack) {
            return of(stack, NumberType.INT64, (frame, into) -> {
                for (long[] row : stack[frame]) {
                    into.asLongBuffer().put(row);
                    into.position(into.position() + Long.BYTES * row.length);
                }
            });
        }
        if (frames instanceof short[][][] stack) {
            return of(stack, NumberType.UINT16, (frame, into) -> {
                for (short[] row : stack[frame]) {
                    into.asShortBuffer().put(row);
                    into.position(into.position() + Short.BYTES * row.length);
                }
            });
        }
        if (frames instanceof byte[][][] stack) {
            return of(stack, NumberType.UINT8, (frame, into) -> {
                for (byte[] row : stack[frame]) {
                    into.put(row);
                }
            });
        }
        throw new InvalidInputException(
                (frames == null ? "nothing" : frames.getClass().getSimpleName())
                        + " is no stack of frames; give an array of numbers [frame][row][column]");
    }

    private static FrameStack of(Object[][] stack, NumberType type, Frames values) throws InvalidInputException {
        int rows = stack.length == 0 || stack[0] == null ? 0 : stack[0].length;
        int columns = rows == 0 ? 0 : length(stack[0][0]);
        for (int frame = 0; frame < stack.length; frame++) {
            if (stack[frame] == null || stack[frame].length != rows) {
                throw new InvalidInputException("frame " + frame + " of the stack has "
                        + (stack[frame] == null ? 0 : stack[frame].length) + " rows, but the first " + rows);
            }
            for (int row = 0; row < rows; row++) {
                if (length(stack[frame][row]) != columns) {
                    throw new InvalidInputException("row " + row + " of frame " + frame + " of the stack has "
                            + length(stack[frame][row]) + " pixels, but the first " + columns);
                }
            }
        }
        return new FrameStack(stack.length, rows, columns, type, values);
    }

    private static int length(Object row) {
        return row == null ? 0 : Array.getLength(row);
    }

    /**
     * @param blocks of one kind of frames, such as a batch of a stream; taken in this order, whatever their numbers. Their
     *     values must not change while they are read
     * @throws InvalidInputException if they do not fit together
     */
    public static FrameStack of(List<FrameBlock> blocks) throws InvalidInputException {
        if (blocks.isEmpty()) {
            throw new InvalidInputException("the batch has no frames");
        }
        FrameBlock first = blocks.get(0);
        int[] starts = new int[blocks.size()];
        int frames = 0;
        for (int i = 0; i < blocks.size(); i++) {
            FrameBlock block = blocks.get(i);
            if (block.rows() != first.rows() || block.columns() != first.columns() || block.type() != first.type()) {
                throw new InvalidInputException("block " + i + " of the batch has frames of " + block.rows() + " x "
                        + block.columns() + " pixels " + block.type() + ", but the first of " + first.rows() + " x "
                        + first.columns() + " " + first.type());
            }
            long bytes = (long) block.frames() * block.pixels() * block.type().bytes();
            if (block.frames() < 1 || bytes > block.values().capacity()) {
                throw new InvalidInputException("block " + i + " of the batch says that it has " + block.frames()
                        + " frames, but holds " + block.values().capacity() + " bytes");
            }
            starts[i] = frames;
            frames = Math.addExact(frames, block.frames());
        }
        List<FrameBlock> kept = List.copyOf(blocks);
        return new FrameStack(frames, first.rows(), first.columns(), first.type(), (frame, into) -> {
            int at = Arrays.binarySearch(starts, frame);
            int index = at >= 0 ? at : -at - 2;
            FrameBlock block = kept.get(index);
            int bytes = block.pixels() * block.type().bytes();
            into.put(block.values().duplicate().clear().slice((frame - starts[index]) * bytes, bytes));
        });
    }

    @Override
    public String description() {
        return "the " + frames + " frames of the message";
    }

    @Override
    public int frames() {
        return frames;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public NumberType type() {
        return type;
    }

    @Override
    public void forEachBlock(int from, int to, int perBlock, BlockConsumer consumer)
            throws InvalidInputException, IOException, InterruptedException {
        Objects.checkFromToIndex(from, to, frames);
        int frameBytes = rows * columns * type.bytes();
        int wanted = perBlock > 0 ? perBlock : Math.max(1, GOOD_BLOCK_BYTES / frameBytes);
        int most = Math.min(Math.min(wanted, to - from), Integer.MAX_VALUE / frameBytes);
        ByteBuffer block = ByteBuffer.allocate(most * frameBytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int first = from; first < to; first += most) {
            if (Thread.interrupted()) {
                throw new InterruptedException("stopped at frame " + first);
            }
            int count = Math.min(most, to - first);
            block.clear();
            for (int frame = first; frame < first + count; frame++) {
                values.append(frame, block);
            }
            block.flip();
            consumer.accept(new FrameBlock(first, count, rows, columns, type, block));
        }
    }

    /** Keeps nothing open. */
    @Override
    public void close() {
        // the arrays belong to whoever sent them
    }
}
