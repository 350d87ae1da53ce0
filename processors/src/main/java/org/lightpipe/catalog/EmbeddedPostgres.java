package org.lightpipe.catalog;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hub's own PostgreSQL: a real, durable server (fsync on, checksums on) that needs nothing installed.
 *
 * <p>Everything is kept in {@code <state>/postgresql}. It listens on 127.0.0.1 only, on a port chosen at each start. A
 * server that a killed hub left running is taken over; a stale, hanging or half-made one is mended. While it is open, a
 * server that dies (for example for lack of memory) is started again on the same port within seconds.
 *
 * <p>The caller holds the state directory for itself: two processes must not start on one directory.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(10);
    private static final Duration STOPPING_LIMIT = Duration.ofSeconds(15);
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(5);
    private static final Duration PORT_LIMIT = Duration.ofSeconds(10);
    private static final Duration KEEPER_PERIOD = Duration.ofSeconds(2);
    private static final Duration PRUNE_PERIOD = Duration.ofMinutes(1);
    private static final int PORT_ATTEMPTS = 5;

    private final PostgresHome home;
    private final PostgresPrograms programs;
    private final String password;
    private final int port;
    private final boolean adopted;
    private final ReentrantLock lifecycle = new ReentrantLock();
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "postgresql-keeper");
        thread.setDaemon(true);
        return thread;
    });
    private Postmaster server;
    private boolean closed;

    private EmbeddedPostgres(
            PostgresHome home, PostgresPrograms programs, String password, Running running, boolean adopted) {
        this.home = home;
        this.programs = programs;
        this.password = password;
        this.port = running.port;
        this.server = running.server;
        this.adopted = adopted;
        keeper.scheduleWithFixedDelay(
                this::keepAlive, KEEPER_PERIOD.toMillis(), KEEPER_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        keeper.scheduleWithFixedDelay(
                this::keepLogSmall, PRUNE_PERIOD.toMillis(), PRUNE_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Starts the server of that state directory, or takes over the one that already runs; returns when it answers.
     *
     * @throws EmbeddedPostgresException if it cannot be made or started; the message tells the mend
     */
    public static EmbeddedPostgres start(Path stateDirectory) {
        return start(stateDirectory, ServerAccount.detect());
    }

    static EmbeddedPostgres start(Path stateDirectory, ServerAccount account) {
        PostgresHome home = PostgresHome.in(stateDirectory);
        home.giveTo(account);
        PostgresBinaries binaries = new PostgresBinaries(home, account);
        PostgresPrograms programs = binaries.unpacked();
        PostgresCluster cluster = new PostgresCluster(home, programs);
        if (!cluster.exists()) {
            cluster.make();
        }
        Optional<String> kept = home.password();
        Optional<Running> found = takeOver(home, programs, kept);
        String password = kept.orElseGet(cluster::replacePassword);
        Running running = found.orElseGet(() -> launchOnFreePort(home, programs, password));
        EmbeddedPostgres postgres = new EmbeddedPostgres(home, programs, password, running, found.isPresent());
        LOG.info(
                "PostgreSQL {} {} in {} on 127.0.0.1:{} (pid {})",
                programs.version(),
                found.isPresent() ? "was still running, taken over" : "started",
                home.data(),
                running.port,
                running.server.pid());
        try {
            home.pruneLog();
            if (found.isEmpty()) {
                binaries.deleteOthers(programs);
            }
        } catch (IOException e) {
            LOG.warn("Cannot delete old files of PostgreSQL in {}: {}", home.root(), e.toString());
        }
        return postgres;
    }

    /** Where it listens; stays the same until {@link #close()}, over restarts too. */
    public String jdbcUrl() {
        return PostgresProbe.url(port);
    }

    /** The hub's user: owner of its database, not a superuser. */
    public String username() {
        return PostgresCluster.USER;
    }

    /** The password that was made for this state directory. */
    public String password() {
        return password;
    }

    /** True if the server already ran, left by an earlier hub, and was not started by this call. */
    public boolean isAdopted() {
        return adopted;
    }

    /** Stops the server as a crash would and starts it again on the same port: for tests of what its clients do. */
    public void restart() {
        lifecycle.lock();
        try {
            if (closed) {
                throw new IllegalStateException("PostgreSQL in " + home.data() + " is closed");
            }
            server.stopNow();
            server = launchOnSamePort();
        } finally {
            lifecycle.unlock();
        }
    }

    /** Stops the server after a checkpoint; at most some 20 s, then by force. Closing twice does nothing. */
    @Override
    public void close() {
        keeper.shutdownNow();
        // a hub that is told to stop often interrupts its threads: that is no reason to leave out the checkpoint
        boolean interrupted = Thread.interrupted();
        lifecycle.lock();
        try {
            if (!closed) {
                closed = true;
                server.stopFast();
            }
        } finally {
            lifecycle.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    long serverPid() {
        lifecycle.lock();
        try {
            return server.pid();
        } finally {
            lifecycle.unlock();
        }
    }

    private void keepAlive() {
        if (!lifecycle.tryLock()) {
            return;
        }
        try {
            if (!closed && !server.alive()) {
                LOG.warn("PostgreSQL (pid {}) is gone, starting it again on port {}", server.pid(), port);
                server = launchOnSamePort();
            }
        } catch (RuntimeException e) {
            // tried again at the next turn; the hub's own steps wait for the database meanwhile
            LOG.error("PostgreSQL does not start again: {}", e.getMessage());
        } finally {
            lifecycle.unlock();
        }
    }

    private void keepLogSmall() {
        try {
            home.pruneLog();
        } catch (IOException | RuntimeException e) {
            LOG.warn("Cannot delete old log files in {}: {}", home.log(), e.toString());
        }
    }

    /** The server that an earlier hub left, if it is ours and answers; else nothing runs there when this returns. */
    private static Optional<Running> takeOver(PostgresHome home, PostgresPrograms programs, Optional<String> password) {
        Path data = home.data();
        Optional<Running> running = PostmasterFile.read(data)
                .filter(file -> Postmaster.runsIn(data, file.pid()))
                .flatMap(file -> LinuxProcess.of(file.pid()))
                .map(process -> new Postmaster(programs, data, process))
                .flatMap(server -> adopt(home, programs, server, password));
        if (running.isEmpty()) {
            // Sessions can outlive a killed server for a moment, and its file can name a program that is none of
            // PostgreSQL's: it would refuse to start beside either.
            Postmaster.killAll(data);
        }
        return running;
    }

    private static Optional<Running> adopt(
            PostgresHome home, PostgresPrograms programs, Postmaster server, Optional<String> password) {
        if (password.isEmpty()) {
            server.stopFast();
            return Optional.empty();
        }
        switch (waitForAnswer(server, home.data(), password.get(), programs.version())) {
            case READY:
                return PostmasterFile.read(home.data()).map(file -> new Running(server, file.port()));
            case WRONG_PASSWORD:
                throw wrongPassword(home);
            case OTHER:
                LOG.info("PostgreSQL (pid {}) runs with other programs or settings: restarting it", server.pid());
                server.stopFast();
                return Optional.empty();
            default:
                if (server.alive()) {
                    LOG.warn("PostgreSQL (pid {}) runs and does not answer: stopping it", server.pid());
                    server.stopNow();
                }
                return Optional.empty();
        }
    }

    /** Waits as long as it says that it is recovering, shorter when it is stopping, shortest when it says nothing. */
    private static PostgresProbe.Answer waitForAnswer(Postmaster server, Path data, String password, String version) {
        long began = System.nanoTime();
        long lastHeard = began;
        while (true) {
            PostmasterFile file = PostmasterFile.read(data).orElse(new PostmasterFile(0, 0, ""));
            PostgresProbe.Answer answer = file.port() == 0
                    ? PostgresProbe.Answer.SILENT
                    : PostgresProbe.ask(file.port(), password, data, version);
            long now = System.nanoTime();
            if (answer == PostgresProbe.Answer.NOT_OPEN) {
                lastHeard = now;
            } else if (answer != PostgresProbe.Answer.SILENT) {
                return answer;
            }
            Duration limit = file.status().equals("stopping") ? STOPPING_LIMIT : RECOVERY_LIMIT;
            if (now - lastHeard > SILENCE_LIMIT.toNanos() && !file.status().equals("stopping")
                    || now - began > limit.toNanos()) {
                return PostgresProbe.Answer.SILENT;
            }
            if (!pause(server::alive)) {
                return PostgresProbe.Answer.SILENT;
            }
        }
    }

    private static Running launchOnFreePort(PostgresHome home, PostgresPrograms programs, String password) {
        for (int attempt = 1; ; attempt++) {
            int port = freePort();
            try {
                return new Running(launch(home, programs, password, port), port);
            } catch (PortTaken e) {
                if (attempt == PORT_ATTEMPTS) {
                    throw new EmbeddedPostgresException(
                            "PostgreSQL found no free port on 127.0.0.1 in " + PORT_ATTEMPTS
                                    + " attempts. Mend: see what takes the ports (ss -ltn).",
                            e);
                }
            }
        }
    }

    private Postmaster launchOnSamePort() {
        long end = System.nanoTime() + PORT_LIMIT.toNanos();
        // sessions of the server that died may need a moment to notice
        Postmaster.killAll(home.data());
        while (true) {
            try {
                return launch(home, programs, password, port);
            } catch (PortTaken e) {
                if (System.nanoTime() > end || !pause(() -> true)) {
                    throw new EmbeddedPostgresException(
                            "PostgreSQL cannot start again on 127.0.0.1:" + port
                                    + ": another program took the port meanwhile. Mend: restart the hub.",
                            e);
                }
            }
        }
    }

    private static Postmaster launch(PostgresHome home, PostgresPrograms programs, String password, int port)
            throws PortTaken {
        ProcessBuilder builder = new ProcessBuilder(programs.serverCommand(List.of(
                "-D",
                home.data().toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                // on the command line, so that no file can switch them off
                "-c",
                "fsync=on",
                "-c",
                "synchronous_commit=on",
                "-c",
                "full_page_writes=on",
                "-c",
                "autovacuum=on",
                "-c",
                "jit=off",
                "-c",
                "logging_collector=on",
                "-c",
                "log_directory=" + home.log(),
                "-c",
                "log_filename=postgresql-%Y%m%d-%H%M%S.log",
                "-c",
                "log_rotation_size=4MB",
                "-c",
                "log_rotation_age=1d",
                "-c",
                "log_line_prefix=%m [%p] %a ")));
        builder.directory(home.root().toFile());
        builder.redirectErrorStream(true);
        builder.redirectInput(Path.of("/dev/null").toFile());
        builder.redirectOutput(home.startLog().toFile());
        BoundedProcess.cleanEnvironment(builder);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw PostgresHome.failure("Cannot start PostgreSQL in " + home.root(), e);
        }
        // unshare, setpriv and setsid become the server: the number stays the same
        Optional<LinuxProcess> identity = LinuxProcess.of(process.pid());
        boolean answered = false;
        try {
            answered = awaitReady(home, programs, password, port, process);
            return new Postmaster(programs, home.data(), identity.orElseThrow());
        } finally {
            if (!answered) {
                process.destroyForcibly();
                Postmaster.killAll(home.data());
            }
        }
    }

    private static boolean awaitReady(
            PostgresHome home, PostgresPrograms programs, String password, int port, Process process) throws PortTaken {
        long began = System.nanoTime();
        long told = began;
        while (true) {
            // the file says when it is worth asking: a refused connection costs more than a look
            boolean open = PostmasterFile.read(home.data())
                    .filter(file -> file.pid() == process.pid() && file.status().equals("ready"))
                    .isPresent();
            if (open) {
                switch (PostgresProbe.ask(port, password, home.data(), programs.version())) {
                    case READY:
                        return true;
                    case WRONG_PASSWORD:
                        throw wrongPassword(home);
                    case OTHER:
                        throw new EmbeddedPostgresException(
                                "PostgreSQL in " + home.data() + " started without the database "
                                        + PostgresCluster.DATABASE + ", or with settings it should not have. Mend: see "
                                        + home.log() + " and " + home.data().resolve("postgresql.auto.conf") + ".");
                    default:
                        break;
                }
            }
            if (!process.isAlive()) {
                if (isTaken(port)) {
                    throw new PortTaken(port);
                }
                throw new EmbeddedPostgresException("PostgreSQL in " + home.data()
                        + " ended before it was ready (exit status " + process.exitValue() + "). Its log in "
                        + home.log() + " ends with:\n" + home.logTail());
            }
            long now = System.nanoTime();
            if (now - began > RECOVERY_LIMIT.toNanos()) {
                throw new EmbeddedPostgresException("PostgreSQL in " + home.data() + " is not ready after "
                        + RECOVERY_LIMIT.toMinutes() + " minutes. Its log in " + home.log() + " ends with:\n"
                        + home.logTail());
            }
            if (now - told > TimeUnit.SECONDS.toNanos(10)) {
                told = now;
                LOG.info("PostgreSQL is still recovering what it had not written when it was stopped");
            }
            pause(process::isAlive);
            if (Thread.currentThread().isInterrupted()) {
                throw new EmbeddedPostgresException("Interrupted while PostgreSQL was starting");
            }
        }
    }

    /** A short wait; false if it is no use to go on, for the condition is false or the thread is interrupted. */
    private static boolean pause(java.util.function.BooleanSupplier worthIt) {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return worthIt.getAsBoolean();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new EmbeddedPostgresException("No free port on 127.0.0.1: " + e.getMessage(), e);
        }
    }

    private static boolean isTaken(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static EmbeddedPostgresException wrongPassword(PostgresHome home) {
        return new EmbeddedPostgresException("PostgreSQL in " + home.data() + " does not take the password in "
                + home.passwordFile() + ". Mend: delete that file and start again, the hub then sets a new password.");
    }

    private record Running(Postmaster server, int port) {}

    /** Another program was faster on that port. */
    private static final class PortTaken extends Exception {
        PortTaken(int port) {
            super("port " + port + " is taken");
        }
    }
}
