package org.lightpipe.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The server process of one data directory, started by this hub or by an earlier one. */
final class Postmaster {

    private static final Duration FAST_LIMIT = Duration.ofSeconds(10);
    private static final Duration IMMEDIATE_LIMIT = Duration.ofSeconds(5);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(5);
    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(5);

    private final PostgresPrograms programs;
    private final Path data;
    private final LinuxProcess process;

    Postmaster(PostgresPrograms programs, Path data, LinuxProcess process) {
        this.programs = programs;
        this.data = data;
        this.process = process;
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.alive();
    }

    /** Closes all sessions and stops after a checkpoint; harder when that takes too long. */
    void stopFast() {
        if (signal("INT") && await(() -> !alive(), FAST_LIMIT)) {
            return;
        }
        stopNow();
    }

    /** Stops without a checkpoint, as a crash would, then by force; the next start recovers. */
    void stopNow() {
        if (!signal("QUIT") || !await(() -> !alive(), IMMEDIATE_LIMIT)) {
            killAll(data);
        }
    }

    /**
     * Kills whatever PostgreSQL process runs in that data directory, waits until they are gone, and removes the file
     * that would make the next server believe that one still runs.
     */
    static void killAll(Path data) {
        List<LinuxProcess> left = kill(process -> runsIn(data, process.pid()));
        if (!left.isEmpty()) {
            throw new EmbeddedPostgresException("PostgreSQL processes in " + data + " cannot be killed (pid "
                    + left.stream().map(process -> Long.toString(process.pid())).collect(Collectors.joining(", "))
                    + "). Mend: end them by hand; a disk that does not answer may hold them.");
        }
        try {
            Files.deleteIfExists(PostmasterFile.in(data));
        } catch (IOException e) {
            throw PostgresHome.failure("Cannot remove the stale file " + PostmasterFile.in(data), e);
        }
    }

    /** Kills whatever program works in that temporary directory or below, and waits until it is gone. */
    static void killInside(Path directory) {
        kill(process -> workingDirectory(process.pid())
                .filter(place -> place.startsWith(directory))
                .isPresent());
    }

    static List<LinuxProcess> processesIn(Path data) {
        return find(process -> runsIn(data, process.pid()));
    }

    /** True if that process is a PostgreSQL one at work in that data directory: the number alone says nothing. */
    static boolean runsIn(Path data, long pid) {
        try {
            String program = Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "exe"))
                    .getFileName()
                    .toString();
            Path place = data.toRealPath();
            return program.replace(" (deleted)", "").equals("postgres")
                    && workingDirectory(pid).filter(place::equals).isPresent();
        } catch (IOException | SecurityException e) {
            return false;
        }
    }

    private static Optional<Path> workingDirectory(long pid) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd")));
        } catch (IOException | SecurityException othersOrGone) {
            return Optional.empty();
        }
    }

    private static List<LinuxProcess> find(Predicate<LinuxProcess> wanted) {
        return ProcessHandle.allProcesses()
                .map(handle -> LinuxProcess.of(handle.pid()))
                .flatMap(Optional::stream)
                .filter(wanted)
                .toList();
    }

    /** Returns those that would not go. */
    private static List<LinuxProcess> kill(Predicate<LinuxProcess> wanted) {
        List<LinuxProcess> found = find(wanted);
        found.forEach(LinuxProcess::kill);
        await(() -> found.stream().noneMatch(LinuxProcess::alive), KILL_LIMIT);
        return found.stream().filter(LinuxProcess::alive).toList();
    }

    private boolean signal(String name) {
        return !alive()
                || programs.run("pg_ctl", List.of("kill", name, Long.toString(process.pid())), "", SIGNAL_LIMIT)
                        .succeeded();
    }

    /** Waits for a condition, false when the time is over; an interrupt is kept for later, the limits are short. */
    static boolean await(BooleanSupplier condition, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() > end) {
                    return false;
                }
                try {
                    Thread.sleep(5);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
