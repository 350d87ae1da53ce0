package org.lightpipe.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.lightpipe.hub.LocalHub;
import org.lightpipe.hub.client.HubClient;

/**
 * How long after its writer has closed a file it is found, stored with proof, and catalogued, by a hub in a process of
 * its own. The times are those of the catalog; writer and hub are on one machine and read one clock.
 */
final class LatencyBenchmark implements Benchmark {

    private static final int START_SECONDS = 120;
    private static final int IN_DIRECTORY = 1_000;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Progress progress = new Progress();
    private final Map<String, Instant> closed = new HashMap<>();
    private Path detector;
    private Path state;

    @Override
    public String about() {
        return "close of a file until it is found, stored and catalogued, at a hub at rest and at 500 files/s";
    }

    @Override
    public Report run(Options options) throws Exception {
        List<Integer> rates = options.words("rates", List.of("2", "500")).stream()
                .map(Integer::parseInt)
                .toList();
        int seconds = options.integer("seconds", 20);
        int size = options.integer("size", 100_000);
        int existing = Integer.parseInt(options.text("existing", "0"));
        boolean ignore = options.is("ignore");
        int patience = options.integer("patience", 600);
        String complete = options.text("complete", "closed");
        String quiet = options.text("quiet", "500ms");
        String rescan = options.text("rescan", "10s");
        String delay = options.text("delay", "1000");
        Path directory = options.directory();
        options.end();
        Path home = Path.of(System.getProperty("lightpipe.home", ".")).toAbsolutePath();
        Path lib = home.resolve("distribution/target/lib");
        if (!Files.isDirectory(lib)) {
            throw new UsageException(lib + " is missing; run ./lightpipe check once, which builds it");
        }
        Files.createDirectories(directory);
        Path work = Files.createTempDirectory(directory, "latency-").toRealPath();
        detector = Files.createDirectories(work.resolve("detector"));
        state = Files.createDirectories(work.resolve("state"));
        try {
            facility(home, work, complete, quiet, rescan, ignore);
            tree(existing, size);
            Process hub = start(lib, work, delay);
            try {
                return measured(rates, seconds, size, existing, ignore ? 0 : existing, patience, complete);
            } finally {
                hub.destroy();
                if (!hub.waitFor(60, TimeUnit.SECONDS)) {
                    hub.destroyForcibly();
                }
            }
        } finally {
            FileSet.delete(work);
        }
    }

    private Report measured(
            List<Integer> rates, int seconds, int size, int existing, int taken, int patience, String complete)
            throws IOException, InterruptedException {
        HubClient hub = HubClient.of(state);
        hub.post(
                "/api/v1/experiments",
                JSON.writeValueAsString(
                        Map.of("name", "latency", "beamline", "bench", "type", "GUP", "title", "latency")));
        awaitFiles(hub, taken, patience, "the files that are there already");
        taken += awaitWatching(hub, patience);
        Report report = new Report("From the close of a file to the catalogue");
        report.line(String.format(
                "Files of %s, complete when %s, on one %s with its storage; %,d files there already, of which %,d in the catalogue; the hub has 512 MB.",
                Units.bytes(size), complete, Machine.fileSystem(detector), existing, taken));
        List<List<String>> rows = new ArrayList<>();
        // The compiler of the hub's JVM has seen some work before the first figure.
        write(hub, "warm", 200, Math.max(3, seconds / 4), size);
        awaitFiles(hub, taken + closed.size(), patience, "the first files");
        for (int rate : rates) {
            closed.clear();
            String scan = "at" + rate;
            progress.say(rate + " files/s for " + seconds + " s");
            double reached = write(hub, scan, rate, seconds, size);
            Map<String, JsonNode> files = catalogued(hub, scan, patience);
            rows.add(row(String.format("%.0f files/s", reached), files, "detected_at"));
            rows.add(row("", files, "stored_at"));
            rows.add(row("", files, "catalogued_at"));
        }
        report.table(List.of("written at", "until it is", "p50 ms", "p90 ms", "p99 ms", "longest ms"), rows);
        return report;
    }

    /**
     * A monitor that ignores what is there already must have seen all of it before a file is new to it: one more is
     * written every second until one of them is found.
     *
     * @return how many were found
     */
    private int awaitWatching(HubClient hub, int patience) throws IOException, InterruptedException {
        Path ready = Files.createDirectories(detector.resolve("ready"));
        for (int i = 0; i < patience; i++) {
            Files.write(ready.resolve("f" + i + ".tif"), new byte[] {1});
            TimeUnit.SECONDS.sleep(1);
            if (datasets(hub).size() > 0) {
                // those that are on their way arrive
                TimeUnit.SECONDS.sleep(5);
                int found = 0;
                for (JsonNode dataset : datasets(hub)) {
                    found += dataset.path("name").asText().equals("ready")
                            ? dataset.path("file_count").asInt()
                            : 0;
                }
                return found;
            }
        }
        throw new IllegalStateException("no file was found within " + patience + " s; see " + state.resolve("hub.log"));
    }

    private List<String> row(String rate, Map<String, JsonNode> files, String column) {
        List<Long> waits = new ArrayList<>();
        closed.forEach((path, time) -> waits.add(java.time.Duration.between(
                        time,
                        OffsetDateTime.parse(files.get(path).path(column).asText())
                                .toInstant())
                .toMillis()));
        waits.sort(null);
        List<String> row = new ArrayList<>(List.of(rate, column.replace("_at", "")));
        for (double share : new double[] {0.5, 0.9, 0.99, 1}) {
            row.add(Long.toString(waits.get((int) Math.min(waits.size() - 1, Math.floor(share * waits.size())))));
        }
        return row;
    }

    /** Writes files at a rate, each closed before the next begins. Returns the rate that was reached. */
    private double write(HubClient hub, String scan, int rate, int seconds, int size) throws IOException {
        byte[] bytes = new byte[size];
        new java.util.SplittableRandom(rate).nextBytes(bytes);
        int count = rate * seconds;
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = begin + i * 1_000_000_000L / rate;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            String path = String.format("%s/d%04d/f%07d.tif", scan, i / IN_DIRECTORY, i);
            Path file = detector.resolve(path);
            if (i % IN_DIRECTORY == 0) {
                Files.createDirectories(file.getParent());
            }
            Files.write(file, bytes);
            closed.put(path, Instant.now());
        }
        return count / ((System.nanoTime() - begin) / 1e9);
    }

    /** Files of a scan by path, once all are catalogued. */
    private Map<String, JsonNode> catalogued(HubClient hub, String scan, int patience)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(patience);
        while (true) {
            Map<String, JsonNode> files = new HashMap<>();
            for (JsonNode dataset : datasets(hub)) {
                if (dataset.path("name").asText().equals(scan)) {
                    files(hub, dataset.path("id").asLong(), files);
                }
            }
            if (files.keySet().containsAll(closed.keySet())
                    && closed.keySet().stream()
                            .noneMatch(path ->
                                    files.get(path).path("catalogued_at").isNull())) {
                return files;
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not catalogued within " + patience + " s: " + files.size() + " of "
                        + closed.size() + " are found; see " + state.resolve("hub.log"));
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private static void files(HubClient hub, long dataset, Map<String, JsonNode> into)
            throws IOException, InterruptedException {
        String after = "";
        do {
            JsonNode page = hub.get("/api/v1/datasets/" + dataset + "/files?after=" + after);
            page.path("files").forEach(file -> into.put(file.path("path").asText(), file));
            after = page.path("next").isNull() ? "" : page.path("next").asText();
        } while (!after.isEmpty());
    }

    private static JsonNode datasets(HubClient hub) throws IOException, InterruptedException {
        return hub.get("/api/v1/datasets?experiment=latency");
    }

    private void awaitFiles(HubClient hub, long count, int patience, String what)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(patience);
        long found = 0;
        while (found < count || busy(hub)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        what + " are not through after " + patience + " s: " + found + " of " + count);
            }
            TimeUnit.SECONDS.sleep(1);
            Set<Long> seen = new HashSet<>();
            found = 0;
            for (JsonNode dataset : datasets(hub)) {
                if (seen.add(dataset.path("id").asLong())) {
                    found += dataset.path("file_count").asLong();
                }
            }
        }
    }

    /** Whether anything waits at, or is in, the two steps that a file goes through. */
    private static boolean busy(HubClient hub) throws IOException, InterruptedException {
        for (JsonNode step : hub.get("/api/v1/status").path("steps")) {
            String name = step.path("step").asText();
            if ((name.equals("transfer") || name.equals("catalog"))
                    && step.path("waiting").asLong() + step.path("busy").asLong() > 0) {
                return true;
            }
        }
        return false;
    }

    private void facility(Path home, Path work, String complete, String quiet, String rescan, boolean ignore)
            throws IOException {
        for (String part : List.of("routes", "config", "portal")) {
            copy(home.resolve(part), work.resolve("home").resolve(part));
        }
        Files.writeString(work.resolve("home/config/beamlines/bench.yaml"), """
                beamline: bench
                storage: file:%s
                acquire:
                  watch: %s
                  complete: %s
                  quiet: %s
                  rescan: %s
                  existing: %s
                dataset:
                  name: "(?<dataset>[^/]+)/.*"
                  quiet: 1h
                """.formatted(
                        work.resolve("storage"), detector, complete, quiet, rescan, ignore ? "ignore" : "process"));
    }

    private void tree(int existing, int size) throws IOException {
        byte[] bytes = new byte[Math.min(size, 1_000)];
        for (int i = 0; i < existing; i++) {
            Path file = detector.resolve(String.format("old/d%06d/f%07d.tif", i / IN_DIRECTORY, i));
            if (i % IN_DIRECTORY == 0) {
                Files.createDirectories(file.getParent());
            }
            Files.write(file, bytes);
            if (i % 100_000 == 0) {
                progress.say(String.format("%,d of %,d files that are there already", i, existing));
            }
        }
    }

    private Process start(Path lib, Path work, String delay) throws IOException, InterruptedException {
        Process hub = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        lib + "/*",
                        "org.lightpipe.hub.cli.Lightpipe",
                        "run",
                        "--home=" + work.resolve("home"),
                        "--state=" + state,
                        "-Dclaim.delay=" + delay,
                        "-Dcamel.server.port=" + freePort())
                .redirectErrorStream(true)
                .redirectOutput(state.resolve("hub.log").toFile())
                .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (LocalHub.process(state)
                .filter(process -> process.pid() == hub.pid())
                .isEmpty()) {
            if (!hub.isAlive() || System.nanoTime() > end) {
                hub.destroyForcibly();
                List<String> log = Files.readAllLines(state.resolve("hub.log"));
                throw new IllegalStateException("the hub did not start: "
                        + String.join("\n", log.subList(Math.max(0, log.size() - 20), log.size())));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return hub;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            paths.forEach(path -> {
                try {
                    Path target = to.resolve(from.relativize(path).toString());
                    if (Files.isDirectory(path)) {
                        Files.createDirectories(target);
                    } else {
                        Files.copy(path, target);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
