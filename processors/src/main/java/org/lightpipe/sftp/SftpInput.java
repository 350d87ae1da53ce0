package org.lightpipe.sftp;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.lightpipe.sftp.SftpConnection.Bytes;

/** Reads a file of the far side from its beginning to its end, with several reads on their way. Not thread-safe. */
public final class SftpInput extends InputStream {

    private static final int AHEAD_BYTES = 1 << 20;
    private static final Bytes NONE = new Bytes(new byte[0], 0, 0);

    private final SftpConnection connection;
    private final byte[] handle;
    private final int chunk;
    private final Deque<CompletableFuture<Bytes>> ahead = new ArrayDeque<>();
    private long asked;
    private long received;
    private Bytes current = NONE;
    private int used;
    private boolean ended;
    private boolean closed;

    /**
     * Opens a file.
     *
     * @throws SftpStatusException when it is not there or may not be read
     */
    public SftpInput(SftpConnection connection, byte[] path) throws IOException {
        this.connection = connection;
        this.chunk = connection.readChunk();
        this.handle = connection.await(connection.open(path, OpenFlags.READ, Attributes.none()));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int start, int count) throws IOException {
        Objects.checkFromIndexSize(start, count, bytes.length);
        if (closed) {
            throw new IOException("the file is closed");
        }
        if (count == 0) {
            return 0;
        }
        if (used == current.count() && !next()) {
            return -1;
        }
        int part = Math.min(count, current.count() - used);
        System.arraycopy(current.array(), current.start() + used, bytes, start, part);
        used += part;
        return part;
    }

    private boolean next() throws IOException {
        if (ended) {
            return false;
        }
        if (ahead.isEmpty()) {
            asked = received;
        }
        // The first read goes alone: most files end with it.
        int most = received == 0 ? 1 : Math.max(2, AHEAD_BYTES / chunk);
        while (ahead.size() < most) {
            ahead.add(connection.read(handle, asked, chunk));
            asked += chunk;
        }
        Bytes bytes = connection.await(ahead.poll());
        current = bytes;
        used = 0;
        if (bytes.count() == 0) {
            ended = true;
            return false;
        }
        received += bytes.count();
        if (bytes.count() < chunk) {
            // The end, or a server that gives less than it was asked for: the others begin in the wrong place.
            ahead.clear();
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            ahead.clear();
            if (connection.isOpen()) {
                connection.close(handle);
            }
        }
    }
}
