package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.hub.LocalHub;

/** What the hub may cost: time to start on a warm state directory, processor time while idle, threads, heap. */
class BudgetIT {

    private static final int STARTS = 3;
    private static final Duration READY = Duration.ofSeconds(5);
    private static final int SETTLE_SECONDS = 30;
    private static final int IDLE_SECONDS = 30;
    /** Whatever else the machine does disturbs a measurement: the first quiet one counts. */
    private static final int WINDOWS = 3;

    private static final double IDLE_SHARE = 0.02;
    private static final int THREADS = 100;

    @TempDir
    Path directory;

    private Launcher lightpipe;
    private Path state;

    @Test
    void aWarmHubIsReadySoonAndIdlesForNothing() throws Exception {
        Facility facility = Facility.in(directory);
        lightpipe = new Launcher(facility);
        state = facility.state();
        stop(start("cold"));
        double[] seconds = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            long begin = System.nanoTime();
            Process hub = start("warm");
            seconds[i] = (System.nanoTime() - begin) / 1e9;
            stop(hub);
        }
        java.util.Arrays.sort(seconds);
        double median = seconds[STARTS / 2];
        System.out.printf("warm start: median %.2f s of %d%n", median, STARTS);

        Process hub = start("idle");
        try {
            assertIdle(hub);
        } finally {
            stop(hub);
        }
        assertThat(median).as("seconds until a warm hub is ready").isLessThan(READY.toSeconds());
    }

    private static void assertIdle(Process hub) throws InterruptedException {
        // The compiler of the JVM works on for a while; idle is what comes after.
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        double hubShare = 1;
        double databaseShare = 1;
        for (int window = 0; window < WINDOWS && (hubShare >= IDLE_SHARE || databaseShare >= IDLE_SHARE); window++) {
            List<Long> database = hub.descendants().map(ProcessHandle::pid).toList();
            assertThat(database).as("PostgreSQL").isNotEmpty();
            double hubBefore = Processes.cpuSeconds(hub.pid());
            double databaseBefore = sum(database);
            TimeUnit.SECONDS.sleep(IDLE_SECONDS);
            hubShare = (Processes.cpuSeconds(hub.pid()) - hubBefore) / IDLE_SECONDS;
            databaseShare = (sum(database) - databaseBefore) / IDLE_SECONDS;
            System.out.printf(
                    "idle over %d s: hub %.2f %%, its %d PostgreSQL processes %.2f %% of a core; %d threads%n",
                    IDLE_SECONDS, 100 * hubShare, database.size(), 100 * databaseShare, Processes.threads(hub.pid()));
        }
        assertThat(hubShare).as("the hub's share of a core").isLessThan(IDLE_SHARE);
        assertThat(databaseShare).as("the database's share of a core").isLessThan(IDLE_SHARE);
        assertThat(Processes.threads(hub.pid())).as("threads").isLessThan(THREADS);
        assertThat(Processes.commandLine(hub.pid())).contains("-Xmx512m");
    }

    private static double sum(List<Long> processes) {
        return processes.stream()
                .filter(pid -> Files.exists(Path.of("/proc", pid.toString())))
                .mapToDouble(Processes::cpuSeconds)
                .sum();
    }

    private Process start(String name) throws IOException, InterruptedException {
        Path log = directory.resolve(name + ".log");
        Process hub = lightpipe
                .command(List.of("run", "--state=" + state, "-Dcamel.server.port=" + HubProcess.freePort()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long begin = System.nanoTime();
        while (LocalHub.process(state)
                .map(ProcessHandle::pid)
                .filter(pid -> pid == hub.pid())
                .isEmpty()) {
            if (!hub.isAlive()) {
                throw new AssertionError("the hub did not start: " + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        double wall = (System.nanoTime() - begin) / 1e9;
        System.out.printf(
                "%s start: %.2f s, processor time %.2f s, load %s%n",
                name, wall, Processes.cpuSeconds(hub.pid()), load());
        return hub;
    }

    private void stop(Process hub) throws InterruptedException {
        List<ProcessHandle> all =
                Stream.concat(Stream.of(hub.toHandle()), hub.descendants()).toList();
        hub.destroy();
        assertThat(hub.waitFor(60, TimeUnit.SECONDS)).as("stops").isTrue();
        // The database's logger goes when the server has closed its end: a moment after it.
        await().atMost(10, TimeUnit.SECONDS).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }
}
