package org.lightpipe.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A network that misbehaves: what a client sends through it can be cut after some bytes, slowed down, or refused.
 * Threads end with {@link #close()}.
 */
final class FaultyProxy implements AutoCloseable {

    private static final int CHUNK = 16 * 1024;

    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean corrupting = new AtomicBoolean();
    private final AtomicInteger corruptions = new AtomicInteger();
    private volatile LongSupplier budget = () -> Long.MAX_VALUE;
    private volatile long pauseMillis;
    private volatile boolean refusing;

    FaultyProxy(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accept", this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Connections made from now on are cut after as many bytes of the client as the supplier says. */
    void cutAfter(LongSupplier bytesOfConnection) {
        budget = bytesOfConnection;
    }

    /** Pauses after every 16 KiB of the client. */
    void slow(long millis) {
        pauseMillis = millis;
    }

    /** Refuses new connections, and cuts those there are. */
    void refuse(boolean refuse) {
        refusing = refuse;
        if (refuse) {
            open.forEach(FaultyProxy::cut);
        }
    }

    /** Cuts every connection there is now; false when there was none. */
    boolean cutNow() {
        List<Socket> now = List.copyOf(open);
        now.forEach(FaultyProxy::cut);
        return !now.isEmpty();
    }

    /** Flips a bit of the next bytes of a client that go through. */
    void corruptNext() {
        corrupting.set(true);
    }

    /** Flips that were made. */
    int corruptions() {
        return corruptions.get();
    }

    /** How many connections ran out of bytes. */
    int cuts() {
        return cuts.get();
    }

    int refusals() {
        return refusals.get();
    }

    /** Bytes of clients that went through. */
    long bytes() {
        return bytes.get();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket near = listening.accept();
                if (refusing) {
                    refusals.incrementAndGet();
                    cut(near);
                    continue;
                }
                Socket far = new Socket();
                far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5000);
                open.add(near);
                open.add(far);
                long limit = budget.getAsLong();
                start("up", () -> pump(near, far, limit, true));
                start("down", () -> pump(far, near, Long.MAX_VALUE, false));
            } catch (IOException closedOrGone) {
                // the loop looks whether it is the end
            }
        }
    }

    private void pump(Socket from, Socket to, long limit, boolean up) {
        byte[] buffer = new byte[CHUNK];
        long left = limit;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count; (count = in.read(buffer)) >= 0; ) {
                if (up && corrupting.compareAndSet(true, false)) {
                    buffer[count / 2] ^= 1;
                    corruptions.incrementAndGet();
                }
                out.write(buffer, 0, (int) Math.min(count, left));
                left -= count;
                if (up) {
                    bytes.addAndGet(count);
                    TimeUnit.MILLISECONDS.sleep(pauseMillis);
                }
                if (left <= 0) {
                    cuts.incrementAndGet();
                    break;
                }
            }
        } catch (IOException e) {
            // one side is gone; the other goes too
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            cut(from);
            cut(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private static void start(String what, Runnable task) {
        Thread thread = new Thread(task, "proxy-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    private static void cut(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // closed already
        }
        try {
            socket.close();
        } catch (IOException e) {
            // closed already
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        open.forEach(FaultyProxy::cut);
    }
}
