package org.lightpipe.sftp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The few connections to one server. Whoever asks gets the one that has the fewest users; several share one when there
 * are as many as there may be. Idle ones are closed after a while. Thread-safe.
 */
public final class SftpPool implements AutoCloseable {

    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final SftpAccess access;
    private final int most;
    private final Map<SftpConnection, Use> connections = new HashMap<>();
    private final ScheduledExecutorService watch;
    private int opening;
    private boolean closed;

    /** A connection in use until it is closed, which gives it back. */
    public final class Lease implements AutoCloseable {

        private final SftpConnection connection;
        private boolean ended;

        private Lease(SftpConnection connection) {
            this.connection = connection;
        }

        public SftpConnection connection() {
            return connection;
        }

        @Override
        public void close() {
            if (!ended) {
                ended = true;
                giveBack(connection);
            }
        }
    }

    private static final class Use {
        private int users;
        private long since = System.nanoTime();
    }

    /** @param most connections that are open at the same time */
    public SftpPool(SftpAccess access, int most) {
        this.access = access;
        this.most = most;
        this.watch = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "sftp-watch " + access.shown());
            thread.setDaemon(true);
            return thread;
        });
        watch.scheduleWithFixedDelay(this::watch, 1, 1, TimeUnit.SECONDS);
    }

    /**
     * A connection, over the network only when there is none to share.
     *
     * @throws SftpConnectionException when the server cannot be reached or does not let us in
     */
    public Lease lease() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            // The SSH library would forget it.
            throw new InterruptedIOException("stopped");
        }
        synchronized (this) {
            if (closed) {
                throw new SftpConnectionException("connection to " + access.shown() + ": it was closed", null);
            }
            connections.keySet().removeIf(connection -> !connection.isOpen());
            var idle = connections.entrySet().stream().min(Comparator.comparingInt(entry -> entry.getValue().users));
            if (idle.isPresent() && (idle.get().getValue().users == 0 || connections.size() + opening >= most)) {
                return used(idle.get().getKey());
            }
            opening++;
        }
        SftpConnection connection = null;
        try {
            connection = SftpConnection.open(access);
        } finally {
            synchronized (this) {
                opening--;
                if (connection != null && !closed) {
                    connections.put(connection, new Use());
                }
            }
        }
        synchronized (this) {
            if (closed) {
                connection.close();
            }
            return used(connection);
        }
    }

    private Lease used(SftpConnection connection) {
        Use use = connections.computeIfAbsent(connection, key -> new Use());
        use.users++;
        return new Lease(connection);
    }

    private synchronized void giveBack(SftpConnection connection) {
        Use use = connections.get(connection);
        if (use != null) {
            use.users--;
            use.since = System.nanoTime();
        }
        if (closed) {
            connection.close();
        }
    }

    private void watch() {
        List<SftpConnection> idle = new ArrayList<>();
        List<SftpConnection> all;
        synchronized (this) {
            all = new ArrayList<>(connections.keySet());
            connections.forEach((connection, use) -> {
                if (use.users == 0 && System.nanoTime() - use.since > IDLE_NANOS) {
                    idle.add(connection);
                }
            });
            connections.keySet().removeAll(idle);
        }
        all.forEach(SftpConnection::watch);
        idle.forEach(SftpConnection::close);
    }

    @Override
    public void close() {
        List<SftpConnection> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(connections.keySet());
            connections.clear();
        }
        watch.shutdownNow();
        all.forEach(SftpConnection::close);
    }
}
