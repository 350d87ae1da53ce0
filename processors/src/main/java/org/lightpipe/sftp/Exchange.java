package org.lightpipe.sftp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Requests on their way to the server of one connection, and the answers that come back: brings each to the future of
 * its request, and ends the connection when answers stay away. Thread-safe.
 */
final class Exchange {

    /** The server buffers about 2 MB of a channel before it lets us wait; more would only wait elsewhere. */
    private static final long WINDOW_BYTES = 4L << 20;

    private static final int WINDOW_REQUESTS = 1024;
    private static final long FLUSH_PATIENCE_MILLIS = TimeUnit.MINUTES.toMillis(10);
    private static final int INIT = 1;
    private static final int VERSION_REPLY = 2;
    private static final int VERSION = 3;

    private final SftpAccess access;
    private final SshTransport transport;
    private final OutputStream requests;
    private final Window window = new Window(WINDOW_REQUESTS, WINDOW_BYTES);
    private final BlockingQueue<Packet> outgoing = new ArrayBlockingQueue<>(WINDOW_REQUESTS + 1);
    private final Map<Integer, Pending<?>> pending = new ConcurrentHashMap<>();
    private final AtomicInteger nextId = new AtomicInteger(1);
    private final AtomicInteger flushing = new AtomicInteger();
    private final AtomicReference<SftpConnectionException> failure = new AtomicReference<>();
    private final CompletableFuture<Map<String, String>> greeting = new CompletableFuture<>();
    private final Thread writer;
    private final long answerMillis;
    private volatile long lastAnswer = System.nanoTime();

    private record Pending<T>(int size, boolean flush, Decoder<T> decoder, CompletableFuture<T> answer) {}

    /** Makes an answer of the type of a reply and its fields after the id. */
    interface Decoder<T> {
        T decode(int type, ByteBuffer fields) throws IOException;
    }

    Exchange(SftpAccess access, SshTransport transport) throws IOException {
        this.access = access;
        this.transport = transport;
        this.answerMillis = access.timeouts().answer().toMillis();
        this.requests = transport.sftp(new ReplyStream(this::received, () -> fail("the server closed it", null)));
        this.writer = new Thread(this::write, "sftp-write " + access.shown());
        this.writer.setDaemon(true);
    }

    /** Starts SFTP; to be called once. Returns what the server offers beyond the protocol. */
    Map<String, String> start() throws IOException {
        writer.start();
        outgoing.add(new Packet(INIT, 0).numbered(VERSION));
        return await(greeting, access.timeouts().connect());
    }

    // ---- requests and waiting -------------------------------------------------------------------------------------

    /**
     * Sends a request; waits for room where too many are on their way.
     *
     * @param answerSize most bytes of the answer, about
     * @param flush true when the server may take long to answer
     * @param decoder makes the answer of the reply; runs on the thread that reads the connection
     */
    <T> CompletableFuture<T> send(Packet packet, int answerSize, boolean flush, Decoder<T> decoder) throws IOException {
        int size = packet.size() + answerSize;
        enter(size);
        int id = nextId.getAndIncrement();
        if (pending.isEmpty()) {
            lastAnswer = System.nanoTime();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        pending.put(id, new Pending<>(size, flush, decoder, answer));
        if (flush) {
            flushing.incrementAndGet();
        }
        // There is room: the queue is as long as the window.
        outgoing.add(packet.numbered(id));
        if (failure.get() != null) {
            failPending();
        }
        return answer;
    }

    private void enter(int size) throws IOException {
        boolean entered;
        try {
            entered = window.enter(size, Math.max(FLUSH_PATIENCE_MILLIS, answerMillis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
        if (!entered) {
            SftpConnectionException broken = failure.get();
            throw broken == null
                    ? new IOException("no answer from " + access.shown())
                    : new SftpConnectionException(broken.getMessage(), broken);
        }
    }

    /**
     * Waits for an answer.
     *
     * @throws SftpStatusException when the server refuses
     * @throws SftpConnectionException when the connection broke, or the answer did not come in time
     * @throws InterruptedIOException when the thread is interrupted; its interrupt status stays set
     */
    <T> T await(CompletableFuture<T> answer, Duration most) throws IOException {
        try {
            return answer.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        } catch (TimeoutException | CancellationException e) {
            throw new SftpConnectionException("no answer from " + access.shown() + " in time", e);
        }
    }

    private static IOException unwrapped(Throwable cause) {
        // A new exception, so that the stack trace shows who waited.
        if (cause instanceof SftpStatusException status) {
            SftpStatusException again = new SftpStatusException(status.code(), status.getMessage());
            again.initCause(status);
            return again;
        }
        if (cause instanceof SftpConnectionException broken) {
            return new SftpConnectionException(broken.getMessage(), broken);
        }
        return new IOException(cause.getMessage(), cause);
    }

    /** True while requests can be sent. */
    boolean isOpen() {
        return failure.get() == null && transport.isConnected();
    }

    /** Called every second or so by whoever owns the connection: ends it when answers stay away. */
    void watch() {
        if (pending.isEmpty()) {
            return;
        }
        long patience = flushing.get() > 0 ? Math.max(FLUSH_PATIENCE_MILLIS, answerMillis) : answerMillis;
        if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastAnswer) > patience) {
            fail("no answer within " + TimeUnit.MILLISECONDS.toSeconds(patience) + " s", null);
        }
    }

    // ---- the wire -------------------------------------------------------------------------------------------------

    /** Runs on its own thread: encrypting and sending goes on while others read their files. */
    private void write() {
        try {
            while (failure.get() == null) {
                Packet packet = outgoing.poll();
                if (packet == null) {
                    // Small requests share an SSH packet as long as there are more of them.
                    requests.flush();
                    packet = outgoing.poll(1, TimeUnit.SECONDS);
                }
                if (packet != null) {
                    packet.writeTo(requests);
                }
            }
        } catch (IOException e) {
            fail("the connection broke while sending", e);
        } catch (InterruptedException e) {
            fail("it was closed", null);
        }
    }

    /** Runs on the thread that reads the connection. */
    private void received(byte[] reply) {
        lastAnswer = System.nanoTime();
        ByteBuffer fields = ByteBuffer.wrap(reply);
        int type = fields.get() & 0xFF;
        try {
            if (type == VERSION_REPLY) {
                greeting.complete(Replies.offers(fields));
                return;
            }
            int id = fields.getInt();
            Pending<?> request = pending.remove(id);
            if (request == null) {
                fail("the server answered a question that was not asked", null);
                return;
            }
            left(request);
            complete(request, type, fields);
        } catch (BufferUnderflowException e) {
            fail("the server sent an answer that is cut off", e);
        }
    }

    private static <T> void complete(Pending<T> request, int type, ByteBuffer fields) {
        T value;
        try {
            value = request.decoder().decode(type, fields);
        } catch (IOException e) {
            request.answer().completeExceptionally(e);
            return;
        } catch (BufferUnderflowException e) {
            request.answer().completeExceptionally(new IOException("the server sent an answer that is cut off", e));
            return;
        }
        request.answer().complete(value);
    }

    private void left(Pending<?> request) {
        window.leave(request.size());
        if (request.flush()) {
            flushing.decrementAndGet();
        }
    }

    /** Ends the connection: what waits for an answer fails. Only the first reason counts. */
    void fail(String why, Throwable cause) {
        SftpConnectionException broken =
                new SftpConnectionException("connection to " + access.shown() + ": " + why, cause);
        if (!failure.compareAndSet(null, broken)) {
            return;
        }
        greeting.completeExceptionally(broken);
        window.close();
        failPending();
        writer.interrupt();
        transport.close();
    }

    private void failPending() {
        SftpConnectionException broken = failure.get();
        for (Integer id : pending.keySet()) {
            Pending<?> request = pending.remove(id);
            if (request != null) {
                left(request);
                request.answer().completeExceptionally(broken);
            }
        }
    }
}
