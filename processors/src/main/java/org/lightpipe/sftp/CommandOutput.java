package org.lightpipe.sftp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/** Keeps what a command says, up to a limit. */
final class CommandOutput extends OutputStream {

    private final int most;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();

    CommandOutput(int most) {
        this.most = most;
    }

    /** What it said, once it has ended. */
    CompletableFuture<byte[]> result() {
        return result;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int start, int count) throws IOException {
        if (kept.size() + count > most) {
            IOException tooMuch = new IOException("the command of the far side said more than " + most + " bytes");
            result.completeExceptionally(tooMuch);
            return;
        }
        kept.write(bytes, start, count);
    }

    @Override
    public synchronized void close() {
        result.complete(kept.toByteArray());
    }
}
