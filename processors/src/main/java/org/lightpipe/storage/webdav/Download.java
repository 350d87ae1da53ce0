package org.lightpipe.storage.webdav;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer as a stream whose reads have a time-out, which those of the HTTP client itself have not. At most
 * a few hundred kilobytes wait in it.
 */
final class Download extends InputStream implements BodySubscriber<InputStream> {

    private static final int BLOCKS_AHEAD = 16;
    private static final List<ByteBuffer> END = List.of();

    private final String where;
    private final Duration timeout;
    private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
    private final Deque<ByteBuffer> current = new ArrayDeque<>();
    private volatile Flow.Subscription subscription;
    private volatile Throwable failure;
    private boolean ended;

    Download(String where, Duration timeout) {
        this.where = where;
        this.timeout = timeout;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription one) {
        subscription = one;
        one.request(BLOCKS_AHEAD);
    }

    @Override
    public void onNext(List<ByteBuffer> blocks) {
        arrived.add(blocks.isEmpty() ? List.of(ByteBuffer.allocate(0)) : blocks);
    }

    @Override
    public void onError(Throwable why) {
        failure = why;
        arrived.add(END);
    }

    @Override
    public void onComplete() {
        arrived.add(END);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (current.isEmpty()) {
            if (ended || !next()) {
                return -1;
            }
        }
        ByteBuffer block = current.peek();
        int count = Math.min(length, block.remaining());
        block.get(bytes, offset, count);
        if (!block.hasRemaining()) {
            current.remove();
        }
        return count;
    }

    private boolean next() throws IOException {
        List<ByteBuffer> blocks;
        try {
            blocks = arrived.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
        if (blocks == null) {
            throw HttpFailure.broken("GET", where, "nothing came for " + timeout.toSeconds() + " s", null);
        }
        if (blocks == END) {
            ended = true;
            if (failure != null) {
                throw HttpFailure.broken("GET", where, "cut off: " + failure.getMessage(), failure);
            }
            return false;
        }
        for (ByteBuffer block : blocks) {
            if (block.hasRemaining()) {
                current.add(block);
            }
        }
        subscription.request(1);
        return true;
    }

    @Override
    public void close() {
        Flow.Subscription open = subscription;
        if (!ended && open != null) {
            ended = true;
            open.cancel();
        }
    }
}
