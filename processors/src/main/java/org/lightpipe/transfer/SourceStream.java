package org.lightpipe.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.lightpipe.config.Digest;

/** A source that is read once, from its start to its end: digests are taken and the meter is asked on the way. */
public final class SourceStream extends InputStream {

    private final InputStream bytes;
    private final Digests digests;
    private final Meter meter;

    /** Opens a file; a link is not followed. */
    public SourceStream(Path file, Set<Digest> wanted, Meter meter) throws IOException {
        this.bytes = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
        this.digests = new Digests(wanted);
        this.meter = meter;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = bytes.read(buffer, offset, length);
        if (count > 0) {
            digests.update(buffer, offset, count);
            try {
                meter.take(count);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("stopped");
            }
        }
        return count;
    }

    /** Checksums of what was read, in hexadecimal. To be asked once, at the end. */
    public Map<Digest, String> digests() {
        return digests.result();
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
