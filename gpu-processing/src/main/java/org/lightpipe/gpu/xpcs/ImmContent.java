package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.lightpipe.gpu.core.InvalidInputException;

/** The frames of an IMM file, which all have the same size and compression. */
final class ImmContent implements SparseFrames.Content {

    private static final int HEADER = 1024;
    private static final int COMPRESSION_AT = 4;
    private static final int ROWS_AT = 108;
    private static final int COLUMNS_AT = 112;
    private static final int LENGTH_AT = 152;

    /** The compression that lists pixels. */
    private static final int SPARSE = 6;

    /** No detector of that format is larger along one side. */
    private static final int LARGEST = 1 << 15;

    private final String name;
    private final FileChannel channel;
    private final int rows;
    private final int columns;
    private final boolean sparse;
    private long[] places = new long[1024];
    private int[] lengths = new int[1024];
    private int frames;

    /**
     * What a header says.
     *
     * @param length how many values follow
     */
    private record Header(int compression, int rows, int columns, int length) {

        static Header of(ByteBuffer bytes) {
            return new Header(
                    bytes.getInt(COMPRESSION_AT),
                    bytes.getInt(ROWS_AT),
                    bytes.getInt(COLUMNS_AT),
                    bytes.getInt(LENGTH_AT));
        }

        boolean isSparse() {
            return compression == SPARSE;
        }

        boolean makesSense() {
            return compression >= 0
                    && compression <= SPARSE
                    && rows > 0
                    && rows <= LARGEST
                    && columns > 0
                    && columns <= LARGEST
                    && (long) rows * columns <= 1 << 28
                    && length >= 0
                    && (isSparse() ? length <= rows * columns : length == rows * columns);
        }

        long bytes() {
            return (long) length * (isSparse() ? Integer.BYTES + Short.BYTES : Short.BYTES);
        }
    }

    private ImmContent(String name, FileChannel channel) throws InvalidInputException, IOException {
        this.name = name;
        this.channel = channel;
        long size = channel.size();
        Header first = header(0);
        this.rows = first.rows();
        this.columns = first.columns();
        this.sparse = first.isSparse();
        long at = 0;
        while (at < size) {
            if (at + HEADER > size) {
                throw cut(size - at, "of the header");
            }
            Header header = header(at);
            if (!header.makesSense()
                    || header.rows() != rows
                    || header.columns() != columns
                    || header.isSparse() != sparse) {
                throw new InvalidInputException(name + ": frame " + frames + " has compression " + header.compression()
                        + ", " + header.rows() + " x " + header.columns() + " pixels and " + header.length()
                        + " values, which does not go with the first frame of " + rows + " x " + columns
                        + " pixels; the file is damaged");
            }
            at += HEADER;
            if (at + header.bytes() > size) {
                throw cut(size - at, "of " + header.bytes());
            }
            keep(at, header.length());
            at += header.bytes();
        }
    }

    private InvalidInputException cut(long bytes, String of) {
        return new InvalidInputException(name + ": ends in frame " + frames + ", of which there are " + bytes
                + " bytes " + of + "; it was cut off");
    }

    private void keep(long place, int length) {
        if (frames == places.length) {
            places = Arrays.copyOf(places, 2 * frames);
            lengths = Arrays.copyOf(lengths, 2 * frames);
        }
        places[frames] = place;
        lengths[frames] = length;
        frames++;
    }

    static ImmContent open(Path file) throws InvalidInputException, IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean whole = false;
        try {
            ImmContent content = new ImmContent(file.getFileName().toString(), channel);
            whole = true;
            return content;
        } finally {
            if (!whole) {
                channel.close();
            }
        }
    }

    /** @return whether a file begins with a header that makes sense */
    static boolean looksLike(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.size() >= HEADER
                    && Header.of(read(channel, 0, HEADER)).makesSense();
        }
    }

    private Header header(long at) throws IOException {
        return Header.of(read(channel, at, HEADER));
    }

    private static ByteBuffer read(FileChannel channel, long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    @Override
    public String description() {
        return name;
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
    public void decode(int first, int count, ByteBuffer into) throws InvalidInputException, IOException {
        int pixels = rows * columns;
        for (int i = 0; i < count; i++) {
            int length = lengths[first + i];
            int values = length * Short.BYTES;
            if (!sparse) {
                into.put(2 * i * pixels, read(channel, places[first + i], values), 0, values);
                continue;
            }
            ByteBuffer events = read(channel, places[first + i], length * Integer.BYTES + values);
            for (int k = 0; k < length; k++) {
                int pixel = events.getInt(k * Integer.BYTES);
                if (pixel < 0 || pixel >= pixels) {
                    throw new InvalidInputException(name + ": frame " + (first + i) + " has a value for pixel " + pixel
                            + ", but there are " + pixels + " pixels");
                }
                into.putShort(2 * (i * pixels + pixel), events.getShort(length * Integer.BYTES + k * Short.BYTES));
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
