package org.lightpipe.verify;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.lightpipe.core.Sha256;

/**
 * Reads what is in storage. From a mounted file system past the page cache where it can: what was just written, or read
 * by somebody else, would else come from memory and prove nothing about the disk. Not thread-safe.
 */
final class StoredBytes {

    private static final int CHUNK = 1 << 20;

    private final Throttle.Meter meter;
    private final Heartbeat heartbeat;
    private ByteBuffer aligned = ByteBuffer.allocate(0);
    private byte[] chunk = new byte[0];
    private boolean direct;

    /** Told now and then while a long file is read. */
    interface Heartbeat {
        /** @throws IOException to end the reading */
        void beat() throws IOException;
    }

    StoredBytes(Throttle.Meter meter, Heartbeat heartbeat) {
        this.meter = meter;
        this.heartbeat = heartbeat;
    }

    /**
     * Reads a file of a mounted file system.
     *
     * @param block size of its blocks in bytes
     */
    Sha256.Sum of(Path file, long block) throws IOException {
        try (FileChannel channel = open(file, block)) {
            return direct ? direct(channel, (int) block) : of(Channels.newInputStream(channel));
        }
    }

    /** Only a file system that has no direct reads at all is read otherwise: an error of the disk must not be. */
    private FileChannel open(Path file, long block) throws IOException {
        direct = block > 0 && block <= CHUNK && Long.bitCount(block) == 1;
        if (direct) {
            try {
                return FileChannel.open(
                        file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS, ExtendedOpenOption.DIRECT);
            } catch (NoSuchFileException | AccessDeniedException e) {
                throw e;
            } catch (UnsupportedOperationException | FileSystemException e) {
                direct = false;
            }
        }
        return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    private Sha256.Sum direct(FileChannel channel, int block) throws IOException {
        ByteBuffer buffer = buffer(block);
        MessageDigest digest = Sha256.start();
        long size = 0;
        for (int count; (count = channel.read(buffer.clear())) > 0; ) {
            size += count;
            digest.update(buffer.flip());
            read(count);
            if (count % block != 0) {
                // Only the end of the file is not whole blocks, and a read behind it would not be aligned.
                break;
            }
        }
        return new Sha256.Sum(HexFormat.of().formatHex(digest.digest()), size);
    }

    private ByteBuffer buffer(int block) {
        if (aligned.capacity() == 0 || aligned.alignmentOffset(0, block) != 0) {
            aligned =
                    ByteBuffer.allocateDirect(CHUNK + block).alignedSlice(block).slice(0, CHUNK);
        }
        return aligned;
    }

    /** Reads a stream to its end. */
    Sha256.Sum of(InputStream stream) throws IOException {
        if (chunk.length == 0) {
            chunk = new byte[CHUNK];
        }
        MessageDigest digest = Sha256.start();
        long size = 0;
        for (int count; (count = stream.read(chunk)) >= 0; ) {
            digest.update(chunk, 0, count);
            size += count;
            read(count);
        }
        return new Sha256.Sum(HexFormat.of().formatHex(digest.digest()), size);
    }

    private void read(int count) throws IOException {
        meter.read(count);
        do {
            heartbeat.beat();
        } while (!meter.await());
    }
}
