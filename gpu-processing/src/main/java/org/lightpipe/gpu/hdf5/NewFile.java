package org.lightpipe.gpu.hdf5;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** The bytes of a file that is written: who gets which, and what went there, to see at the end that it is there. */
final class NewFile implements Closeable {

    private static final int PIECE = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final List<Written> written = new ArrayList<>();
    private long end;

    private record Written(String what, long at, long length, long sum) {}

    NewFile(Path path) throws IOException {
        this.path = path;
        this.channel = FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.READ);
    }

    Path path() {
        return path;
    }

    /** Takes some bytes for somebody. */
    long take(long bytes) {
        long at = end;
        end = Math.addExact(end, Math.addExact(bytes, -bytes & 7));
        return at;
    }

    long end() {
        return end;
    }

    /** Takes bytes and writes them. */
    long append(String what, byte[] bytes) throws IOException {
        long at = take(bytes.length);
        write(what, at, bytes);
        return at;
    }

    void write(String what, long at, byte[] bytes) throws IOException {
        CRC32C sum = new CRC32C();
        write(at, ByteBuffer.wrap(bytes), sum);
        note(what, at, bytes.length, sum);
    }

    /** Writes what remains of a buffer, in pieces that the JDK's own buffers are not too large for. */
    void write(long at, ByteBuffer bytes, CRC32C sum) throws IOException {
        ByteBuffer rest = bytes.duplicate();
        sum.update(bytes.duplicate());
        long to = at;
        int limit = rest.limit();
        while (rest.position() < limit) {
            rest.limit(Math.min(limit, rest.position() + PIECE));
            to += channel.write(rest, to);
        }
        bytes.position(limit);
    }

    /** Remembers what must be at a place. */
    void note(String what, long at, long length, CRC32C sum) {
        written.add(new Written(what, at, length, sum.getValue()));
    }

    /** Reads everything again. */
    void verify() throws IOException {
        // a place that was taken up to the next multiple of eight, and not written, is part of the file too
        if (channel.size() < end) {
            channel.write(ByteBuffer.allocate(1), end - 1);
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
        for (Written one : written) {
            CRC32C sum = new CRC32C();
            for (long done = 0; done < one.length(); ) {
                buffer.clear().limit((int) Math.min(PIECE, one.length() - done));
                int some = channel.read(buffer, one.at() + done);
                if (some < 0) {
                    throw lost(one);
                }
                sum.update(buffer.flip());
                done += some;
            }
            if (sum.getValue() != one.sum()) {
                throw lost(one);
            }
        }
    }

    private IOException lost(Written one) {
        return new IOException(path + ": what was written of " + one.what() + " (" + one.length() + " bytes at "
                + one.at() + ") is not what is read back; the disk or its file system is at fault");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
