package org.lightpipe.gpu.tomography;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.hdf5.Hdf5Dataset;

/** Frames {@code [frame][row][column]} of one dataset, averaged over squares of pixels while they are read. */
final class Stack {

    /** Bytes of a piece that one thread reads at a time, unless a chunk of the file is larger. */
    private static final long PIECE = 4L << 20;

    private final Hdf5Dataset dataset;
    private final int factor;
    private final int frames;
    private final int rows;
    private final int columns;
    private final String pixels;

    /**
     * @param file its name, for messages
     * @param axes of the dataset, for messages
     * @param factor the side of the square of pixels that becomes one
     */
    Stack(String file, Hdf5Dataset dataset, String axes, int factor) throws InvalidInputException {
        int[] shape = dataset.shape();
        if (shape.length != 3) {
            throw new InvalidInputException(
                    file + ": " + dataset.name() + " has " + shape.length + " dimensions; 3 are wanted, " + axes);
        }
        if (shape[1] < factor || shape[2] < factor) {
            throw new InvalidInputException(file + ": " + dataset.name() + " has frames of " + shape[1] + " x "
                    + shape[2] + " pixels, too few for the binning by " + factor);
        }
        this.dataset = dataset;
        this.factor = factor;
        frames = shape[0];
        rows = shape[1] / factor;
        columns = shape[2] / factor;
        pixels = shape[1] + " x " + shape[2];
    }

    String name() {
        return dataset.name();
    }

    /** @return the rows and columns in the file, for people */
    String pixels() {
        return pixels;
    }

    int frames() {
        return frames;
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** @return how many frames lie in one chunk of the file */
    int chunkFrames() {
        return Math.max(1, dataset.chunk()[0]);
    }

    /** @return how many of these rows a chunk of the file holds, at least */
    int chunkRows() {
        return Math.max(1, Math.min(rows, (dataset.chunk()[1] + factor - 1) / factor));
    }

    /**
     * Reads a block, by many threads.
     *
     * @param into where the columns of a row of a frame go: from {@code frame * perFrame + row * perRow} on, both counted
     *     from the first of the block
     */
    void read(
            int firstFrame,
            int count,
            int firstRow,
            int height,
            float[] into,
            int perFrame,
            int perRow,
            WorkPool threads)
            throws InvalidInputException, IOException, InterruptedException {
        int perPiece = perPiece(height);
        int start = firstFrame / perPiece;
        int pieces = (firstFrame + count - 1) / perPiece - start + 1;
        AtomicReference<Exception> failure = new AtomicReference<>();
        threads.forEach(pieces, (from, to) -> {
            try {
                for (int piece = from; piece < to && failure.get() == null; piece++) {
                    int begin = Math.max(firstFrame, (start + piece) * perPiece);
                    int end = Math.min(firstFrame + count, (start + piece + 1) * perPiece);
                    readPiece(
                            begin,
                            end - begin,
                            firstRow,
                            height,
                            into,
                            (begin - firstFrame) * perFrame,
                            perFrame,
                            perRow);
                }
            } catch (InvalidInputException | IOException e) {
                failure.compareAndSet(null, e);
            }
        });
        if (failure.get() instanceof InvalidInputException e) {
            throw e;
        }
        if (failure.get() instanceof IOException e) {
            throw e;
        }
    }

    /** Whole chunks, as long as they fit: a chunk is decoded as a whole. */
    private int perPiece(int height) {
        long bytes = (long) height * factor * columns * factor * dataset.type().bytes();
        long chunk = chunkFrames();
        long most = Math.max(1, Math.min(Memory.share(32), 1L << 30) / bytes);
        long wanted = Math.max(1, PIECE / bytes / chunk) * chunk;
        return (int) Math.min(wanted, most);
    }

    private void readPiece(
            int first, int count, int firstRow, int height, float[] into, int at, int perFrame, int perRow)
            throws InvalidInputException, IOException {
        NumberType type = dataset.type();
        int fileRows = height * factor;
        int fileColumns = columns * factor;
        ByteBuffer values = ByteBuffer.allocate(Math.multiplyExact(count * fileRows, fileColumns * type.bytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        dataset.read(new int[] {first, firstRow * factor, 0}, new int[] {count, fileRows, fileColumns}, values);
        float[] line = new float[fileColumns];
        for (int frame = 0; frame < count; frame++) {
            for (int row = 0; row < height; row++) {
                int to = at + frame * perFrame + row * perRow;
                int from = (frame * fileRows + row * factor) * fileColumns;
                if (factor == 1) {
                    type.toFloats(values, from, into, to, columns);
                } else {
                    average(type, values, from, line, into, to);
                }
            }
        }
    }

    private void average(NumberType type, ByteBuffer values, int from, float[] line, float[] into, int to) {
        Arrays.fill(into, to, to + columns, 0);
        for (int i = 0; i < factor; i++) {
            type.toFloats(values, from + i * line.length, line, 0, line.length);
            for (int x = 0; x < line.length; x++) {
                into[to + x / factor] += line[x];
            }
        }
        for (int x = 0; x < columns; x++) {
            into[to + x] /= factor * factor;
        }
    }

    /**
     * @param dezinger takes outliers out of each row of all frames; null = none
     * @return the mean over the frames of some rows, {@code [row][column]}; values that are not finite are left out
     */
    float[] mean(int firstRow, int height, Dezinger dezinger, WorkPool threads)
            throws InvalidInputException, IOException, InterruptedException {
        float[] mean = new float[height * columns];
        int perRow = Math.multiplyExact(frames, columns);
        int band = (int) Math.max(1, Math.min(height, Memory.share(16) / (4L * perRow)));
        float[] values = new float[Math.multiplyExact(band, perRow)];
        for (int row = 0; row < height; row += band) {
            int start = row;
            int count = Math.min(band, height - row);
            read(0, frames, firstRow + start, count, values, columns, perRow, threads);
            threads.forEach(count, (from, to) -> {
                for (int i = from; i < to; i++) {
                    if (dezinger != null) {
                        dezinger.apply(values, i * perRow, frames, columns);
                    }
                    mean(values, i * perRow, mean, (start + i) * columns);
                }
            });
        }
        return mean;
    }

    private void mean(float[] values, int at, float[] mean, int to) {
        double[] sum = new double[columns];
        int[] count = new int[columns];
        for (int frame = 0; frame < frames; frame++) {
            for (int x = 0; x < columns; x++) {
                float value = values[at + frame * columns + x];
                if (Float.isFinite(value)) {
                    sum[x] += value;
                    count[x]++;
                }
            }
        }
        for (int x = 0; x < columns; x++) {
            mean[to + x] = (float) (sum[x] / count[x]);
        }
    }
}
