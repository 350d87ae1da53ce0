package org.lightpipe.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The bytes of a file as far as its header needs them: pieces from anywhere, within a budget of {@value #BUDGET} bytes
 * for the whole file. A piece costs at least {@value #LEAST} bytes of it, so that the number of reads is bounded too.
 */
final class HeaderBytes {

    /** So many bytes from the start decide which format it is. */
    static final int HEAD = 4100;

    static final int BUDGET = 2 << 20;
    private static final int LEAST = 256;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private int left = BUDGET;
    private ByteBuffer head = ByteBuffer.allocate(0);

    HeaderBytes(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.size = channel.size();
    }

    Path path() {
        return path;
    }

    /** Size of the file, in bytes. */
    long size() {
        return size;
    }

    /** The first bytes: {@link #HEAD} of them, or all there are. */
    ByteBuffer head() throws IOException, MalformedHeaderException {
        head = upTo(0, HEAD);
        return head.duplicate();
    }

    /**
     * Exactly so many bytes from an offset, big endian.
     *
     * @throws MalformedHeaderException when the file has no such bytes, or the budget is spent
     */
    ByteBuffer at(long offset, int length) throws IOException, MalformedHeaderException {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new MalformedHeaderException("it points to byte " + Long.toUnsignedString(offset) + " of " + size
                    + ": it is damaged, or was cut short");
        }
        ByteBuffer bytes = upTo(offset, length);
        if (bytes.remaining() < length) {
            throw new MalformedHeaderException("it got shorter while it was read");
        }
        return bytes;
    }

    /** As many bytes from an offset as there are, at most so many; big endian. */
    ByteBuffer upTo(long offset, int most) throws IOException, MalformedHeaderException {
        int length = (int) Math.max(0, Math.min(most, size - offset));
        int price = Math.max(LEAST, length);
        if (price > left) {
            throw new MalformedHeaderException("its header is larger than " + BUDGET + " bytes");
        }
        left -= price;
        if (offset + length <= head.limit()) {
            // Most headers are small: what was read to tell the format need not be read again.
            return head.slice((int) offset, length);
        }
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.BIG_ENDIAN);
        while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {
            // a read may give less than was asked for
        }
        return bytes.flip();
    }
}
