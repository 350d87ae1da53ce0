package org.lightpipe.sftp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Cuts what the server sends into replies. Is written to by the one thread that reads the connection. */
final class ReplyStream extends OutputStream {

    /** No reply that was asked for is longer; a longer one comes from something that does not speak SFTP. */
    private static final int LONGEST = 1 << 20;

    private final Consumer<byte[]> replies;
    private final Runnable end;
    private final byte[] header = new byte[4];
    private int headerFilled;
    private byte[] reply;
    private int filled;

    /**
     * @param replies takes each reply, from its type on; must not block
     * @param end is told when nothing more will come
     */
    ReplyStream(Consumer<byte[]> replies, Runnable end) {
        this.replies = replies;
        this.end = end;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int count) throws IOException {
        int at = start;
        int last = start + count;
        while (at < last) {
            if (reply == null) {
                header[headerFilled++] = bytes[at++];
                if (headerFilled == header.length) {
                    begin();
                }
                continue;
            }
            int part = Math.min(last - at, reply.length - filled);
            System.arraycopy(bytes, at, reply, filled, part);
            at += part;
            filled += part;
            if (filled == reply.length) {
                byte[] complete = reply;
                reply = null;
                replies.accept(complete);
            }
        }
    }

    private void begin() throws IOException {
        int length = ByteBuffer.wrap(header).getInt();
        if (length < 1 || length > LONGEST) {
            throw new IOException(
                    "this is not an SFTP server: it announced a reply of " + Integer.toUnsignedLong(length) + " bytes");
        }
        reply = new byte[length];
        filled = 0;
        headerFilled = 0;
    }

    @Override
    public void close() {
        end.run();
    }
}
