package org.lightpipe.gpu.tomography;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A scan that does not fit the memory, in a file in the order of sinograms: the file of the detector is read once, and
 * not once for every few rows. The file has no name any more when the process ends, however it ends.
 */
final class FileStore implements ProjectionStore {

    private static final int PIECE = 1 << 20;

    private final FileChannel channel;
    private final int projections;
    private final int columns;
    private final ByteBuffer buffer;

    private FileStore(FileChannel channel, int projections, int columns) {
        this.channel = channel;
        this.projections = projections;
        this.columns = columns;
        buffer = ByteBuffer.allocateDirect(Math.max(PIECE, Math.multiplyExact(4, columns)))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @return the bytes of such a file */
    static long bytes(int projections, int rows, int columns) {
        return 4L * projections * rows * columns;
    }

    /** @return the bytes that the directory for temporary files has left */
    static long space() throws IOException {
        return Files.getFileStore(directory()).getUsableSpace();
    }

    static Path directory() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    static FileStore create(int projections, int columns) throws IOException {
        Path path = Files.createTempFile(directory(), "lightpipe-tomography-", ".sinograms");
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        return new FileStore(channel, projections, columns);
    }

    @Override
    public void putProjections(int first, int count, int firstRow, int height, float[] values) throws IOException {
        for (int row = 0; row < height; row++) {
            for (int i = 0; i < count; ) {
                int lines = Math.min(count - i, buffer.capacity() / 4 / columns);
                buffer.clear();
                for (int line = 0; line < lines; line++) {
                    buffer.asFloatBuffer().put(values, ((i + line) * height + row) * columns, columns);
                    buffer.position(buffer.position() + 4 * columns);
                }
                write(at(firstRow + row, first + i));
                i += lines;
            }
        }
    }

    @Override
    public void putRows(int firstRow, int height, float[] values) throws IOException {
        long place = at(firstRow, 0);
        int count = height * projections * columns;
        for (int i = 0; i < count; ) {
            int some = Math.min(count - i, buffer.capacity() / 4);
            buffer.clear();
            buffer.asFloatBuffer().put(values, i, some);
            buffer.position(4 * some);
            write(place + 4L * i);
            i += some;
        }
    }

    @Override
    public void projections(int first, int count, int firstRow, int height, float[] into) throws IOException {
        for (int row = 0; row < height; row++) {
            for (int i = 0; i < count; ) {
                int lines = Math.min(count - i, buffer.capacity() / 4 / columns);
                read(at(firstRow + row, first + i), 4 * lines * columns);
                for (int line = 0; line < lines; line++) {
                    buffer.position(4 * line * columns);
                    buffer.asFloatBuffer().get(into, ((i + line) * height + row) * columns, columns);
                }
                i += lines;
            }
        }
    }

    @Override
    public void rows(int firstRow, int height, float[] into) throws IOException {
        long place = at(firstRow, 0);
        int count = height * projections * columns;
        for (int i = 0; i < count; ) {
            int some = Math.min(count - i, buffer.capacity() / 4);
            read(place + 4L * i, 4 * some);
            buffer.position(0);
            buffer.asFloatBuffer().get(into, i, some);
            i += some;
        }
    }

    private long at(int row, int projection) {
        return 4L * columns * ((long) row * projections + projection);
    }

    private void write(long place) throws IOException {
        buffer.flip();
        long at = place;
        while (buffer.hasRemaining()) {
            at += channel.write(buffer, at);
        }
    }

    private void read(long place, int bytes) throws IOException {
        buffer.clear().limit(bytes);
        long at = place;
        while (buffer.hasRemaining()) {
            int got = channel.read(buffer, at);
            if (got < 0) {
                throw new EOFException("the temporary file of a tomography has lost its end");
            }
            at += got;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
