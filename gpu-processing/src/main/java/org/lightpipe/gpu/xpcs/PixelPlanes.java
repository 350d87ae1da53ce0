package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.hdf5.Hdf5Writer;

/**
 * The sums of every pixel for every delay, which come pixel by pixel and are written delay by delay: in between they
 * lie in a temporary file.
 */
final class PixelPlanes implements PixelSums, AutoCloseable {

    private final int positions;
    private final int delays;
    private final FileChannel channel;

    PixelPlanes(int positions, int delays) throws IOException {
        this.positions = positions;
        this.delays = delays;
        Path file = Files.createTempFile("lightpipe-xpcs-", ".g2");
        channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    @Override
    public void accept(int delay, int kind, int from, float[] values, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values, 0, count);
        long at = 4L * ((long) plane(delay, kind) * positions + from);
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    private static int plane(int delay, int kind) {
        return delay * KINDS + kind;
    }

    /** Writes {@code [delay][kind][row][column]}; pixels that were not read are 0. */
    void write(Hdf5Writer writer, String path, int[] order, int rows, int columns) throws IOException {
        Hdf5Writer.Values values = writer.dataset(path, NumberType.FLOAT32, delays, KINDS, rows, columns);
        float[] image = new float[rows * columns];
        float[] plane = new float[positions];
        ByteBuffer bytes = ByteBuffer.allocate(4 * positions).order(ByteOrder.nativeOrder());
        for (int i = 0; i < delays * KINDS; i++) {
            bytes.clear();
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, 4L * i * positions + bytes.position()) < 0) {
                    throw new IOException("the temporary file of " + path + " is shorter than what was written to it");
                }
            }
            bytes.flip();
            bytes.asFloatBuffer().get(plane);
            for (int p = 0; p < positions; p++) {
                image[order[p]] = plane[p];
            }
            values.write(image, 0, image.length);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
