package org.lightpipe.transfer.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A network before a server that cuts, stalls, and changes what goes through it. Threads end with {@link #close()}. */
final class Wire implements AutoCloseable {

    private static final long NEVER = Long.MAX_VALUE;

    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong corruptAt = new AtomicLong(NEVER);
    private final AtomicLong cutAt = new AtomicLong(NEVER);
    private final AtomicLong stallAt = new AtomicLong(NEVER);
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile String loseAnswerTo = "";

    Wire(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    String uri(String place) {
        return "http://127.0.0.1:" + listening.getLocalPort() + "/" + place;
    }

    /** Once, the byte at that place of what a client sends on one connection becomes another. */
    void corrupt(long at) {
        corruptAt.set(at);
    }

    /** Once, a connection is cut after so many bytes of the client. */
    void cut(long after) {
        cutAt.set(after);
    }

    /** Once, nothing more goes through a connection after so many bytes of the client. */
    void stall(long after) {
        stallAt.set(after);
    }

    /** Once, a request that begins so goes through, and its answer does not. */
    void loseAnswer(String request) {
        loseAnswerTo = request;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket near = listening.accept();
                Socket far = new Socket();
                far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5000);
                open.add(near);
                open.add(far);
                boolean[] lose = {false};
                start(() -> up(near, far, lose));
                start(() -> down(far, near, lose));
            } catch (IOException e) {
                // closed, or the client is gone
            }
        }
    }

    private void up(Socket from, Socket to, boolean[] lose) {
        byte[] buffer = new byte[16 * 1024];
        long seen = 0;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count; (count = in.read(buffer)) >= 0; seen += count) {
                String request = loseAnswerTo;
                if (!request.isEmpty()
                        && new String(buffer, 0, count, StandardCharsets.ISO_8859_1).startsWith(request)) {
                    loseAnswerTo = "";
                    synchronized (lose) {
                        lose[0] = true;
                    }
                }
                long corrupt = corruptAt.get();
                if (corrupt >= seen && corrupt < seen + count && corruptAt.compareAndSet(corrupt, NEVER)) {
                    buffer[(int) (corrupt - seen)] ^= 1;
                }
                long cut = cutAt.get();
                if (cut < seen + count && cutAt.compareAndSet(cut, NEVER)) {
                    break;
                }
                long stall = stallAt.get();
                if (stall < seen + count && stallAt.compareAndSet(stall, NEVER)) {
                    end.await();
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // one side is gone; the other goes too
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            drop(from);
            drop(to);
        }
    }

    private void down(Socket from, Socket to, boolean[] lose) {
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count; (count = in.read(buffer)) >= 0; ) {
                synchronized (lose) {
                    if (lose[0]) {
                        break;
                    }
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // one side is gone; the other goes too
        } finally {
            drop(from);
            drop(to);
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    private void drop(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // closed already
        }
    }

    @Override
    public void close() throws IOException {
        end.countDown();
        listening.close();
        open.forEach(this::drop);
    }
}
