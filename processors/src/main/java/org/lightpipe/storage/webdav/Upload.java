package org.lightpipe.storage.webdav;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The body of a request, pushed block by block by the thread that reads the source, which so reads the next block while
 * the last is on the wire. For one request and one pushing thread.
 */
final class Upload implements BodyPublisher, Flow.Subscription {

    /** How often to look whether the request has ended without its body. */
    private static final long LOOK_MILLIS = 100;

    private final long length;
    private final CountDownLatch subscribed = new CountDownLatch(1);
    private final Semaphore demand = new Semaphore(0);
    private volatile Flow.Subscriber<? super ByteBuffer> subscriber;
    private volatile boolean cancelled;

    /** @param length bytes that will be pushed; -1 when not known */
    Upload(long length) {
        this.length = length;
    }

    @Override
    public long contentLength() {
        return length;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> one) {
        subscriber = one;
        one.onSubscribe(this);
        subscribed.countDown();
    }

    @Override
    public void request(long blocks) {
        // The client asks for one at a time; a bound on what may pile up if another version asks for all.
        demand.release((int) Math.min(blocks, 4));
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    /**
     * Waits until the request takes a block, and gives it. The block must not be written to afterwards.
     *
     * @param ended whether the request is over, be it answered or broken
     * @return false when no more blocks are wanted, because the request is over
     * @throws StalledException when nothing is taken for that long
     */
    boolean push(ByteBuffer block, Duration timeout, BooleanSupplier ended) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!demand.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (cancelled || ended.getAsBoolean()) {
                return false;
            }
            if (System.nanoTime() > deadline) {
                throw new StalledException(timeout);
            }
        }
        if (cancelled) {
            return false;
        }
        subscriber.onNext(block);
        return true;
    }

    /** The body is whole. */
    void complete(Duration timeout) throws InterruptedException {
        if (subscribed.await(timeout.toMillis(), TimeUnit.MILLISECONDS) && !cancelled) {
            subscriber.onComplete();
        }
    }

    /** There will be no more: the request fails, and the server sees that it was cut. */
    void fail(Throwable why) {
        if (subscriber != null && !cancelled) {
            subscriber.onError(why);
        }
    }

    /** The far side took nothing, or gave nothing, for too long. */
    static final class StalledException extends IOException {
        private static final long serialVersionUID = 1L;

        StalledException(Duration timeout) {
            super("nothing happened for " + timeout.toSeconds() + " s");
        }
    }
}
