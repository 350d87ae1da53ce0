package org.lightpipe.sftp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Stands before a server and cuts each connection after as many bytes, both ways together, as it is told. */
public final class FaultyProxy implements AutoCloseable {

    private final ServerSocket listening;
    private final int target;
    private final LongSupplier budgets;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicLong passed = new AtomicLong();
    private final AtomicBoolean silent = new AtomicBoolean();

    /**
     * @param target port of the server
     * @param budgets asked for every connection after how many bytes it is cut
     */
    public FaultyProxy(int target, LongSupplier budgets) throws IOException {
        this.target = target;
        this.budgets = budgets;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("proxy-accept", this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** How many bytes went through, both ways together. */
    public long passed() {
        return passed.get();
    }

    /** How many connections were cut. */
    public int cuts() {
        return cuts.get();
    }

    /** Cuts all connections there are. */
    public void cut() {
        sockets.forEach(this::close);
    }

    /** From now on nothing goes through any more, and nobody is told. */
    public void fallSilent() {
        silent.set(true);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket near = listening.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(near);
                sockets.add(far);
                AtomicLong left = new AtomicLong(budgets.getAsLong());
                start("proxy-out", () -> forward(near, far, left));
                start("proxy-back", () -> forward(far, near, left));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private void forward(Socket from, Socket to, AtomicLong left) {
        byte[] buffer = new byte[16_384];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int count; (count = in.read(buffer)) >= 0; ) {
                while (silent.get()) {
                    if (in.read(buffer) < 0) {
                        return;
                    }
                }
                passed.addAndGet(count);
                long before = left.getAndAdd(-count);
                // Cut in the middle of what was sent, and not only between packets.
                out.write(buffer, 0, (int) Math.max(0, Math.min(count, before)));
                if (before <= count) {
                    if (before > 0) {
                        cuts.incrementAndGet();
                    }
                    return;
                }
            }
        } catch (IOException e) {
            // the other end went away
        } finally {
            close(from);
            close(to);
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        sockets.forEach(this::close);
    }
}
