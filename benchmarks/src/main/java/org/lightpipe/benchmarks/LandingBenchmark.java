package org.lightpipe.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.lightpipe.acquire.LandedFile;

/**
 * What it costs to watch a directory in which there are many files: time of the first look, heap and threads, and the
 * time from the closing of a file until a route has it.
 */
final class LandingBenchmark implements Benchmark {

    private static final int SINGLE = 200;
    private static final int RATE = 500;
    private static final int BURST = 1_000;
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(5);

    private final Progress progress = new Progress();
    private final AtomicLong number = new AtomicLong();

    @Override
    public String about() {
        return "watching a directory of 1,000 to 1,000,000 files, against Camel's file:";
    }

    /** What watches, and the part of its URI behind the directory. */
    private record Watcher(String name, String scheme, String options, int most) {}

    @Override
    public Report run(Options options) throws Exception {
        int most = options.integer("files", 1_000_000);
        int mostOfPeer = options.integer("peer-files", 100_000);
        Path directory = options.directory().resolve("landing");
        options.end();
        List<Watcher> watchers = List.of(
                new Watcher("landing:, events", "landing", "complete=closed&events=on", Integer.MAX_VALUE),
                new Watcher("landing:, polling", "landing", "complete=rename&events=off&delay=1000", Integer.MAX_VALUE),
                new Watcher(
                        "Camel file:",
                        "file",
                        "noop=true&delay=1000&initialDelay=0&readLock=none" + "&idempotentRepository=#known",
                        mostOfPeer));
        List<List<String>> rows = new ArrayList<>();
        FileSet.delete(directory);
        Path watched = Files.createDirectories(directory.resolve("many"));
        try {
            int there = 0;
            for (int files = 1_000; files <= most; files *= 10) {
                progress.say("making " + files + " files");
                for (; there < files; there++) {
                    Files.createFile(watched.resolve(String.format("frame_%07d.tif", there)));
                }
                for (Watcher watcher : watchers) {
                    if (files <= watcher.most()) {
                        progress.say(watcher.name() + ", " + files + " files");
                        rows.add(measure(watcher, watched, files));
                    }
                }
            }
        } finally {
            FileSet.delete(directory);
        }
        Report report = new Report("Watching a directory");
        report.line("Each row is a new Camel context that finds the files of one directory, then " + SINGLE
                + " that are written one after the other, then " + BURST + " at " + RATE
                + " a second. The heap is what is in use after a collection, less what was before.");
        report.table(
                List.of(
                        "watcher",
                        "files",
                        "first look",
                        "heap",
                        "threads",
                        "one: p50",
                        "p99",
                        RATE + "/s: p50",
                        "p99"),
                rows);
        return report;
    }

    private List<String> measure(Watcher watcher, Path watched, int files) throws Exception {
        Map<String, Long> seen = new ConcurrentHashMap<>();
        AtomicLong count = new AtomicLong();
        long heapBefore = heap();
        int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.getRegistry()
                    .bind(
                            "known",
                            org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository
                                    .memoryIdempotentRepository(10_000_000));
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from(watcher.scheme() + ":" + watched + "?" + watcher.options())
                            .process(exchange -> {
                                note(exchange, seen, count);
                            });
                }
            });
            long started = System.nanoTime();
            camel.start();
            await(() -> count.get() >= files, "the first look");
            double first = (System.nanoTime() - started) / 1e9;
            long heap = heap() - heapBefore;
            int threads = ManagementFactory.getThreadMXBean().getThreadCount() - threadsBefore;
            long[] single = latencies(watched, seen, SINGLE, 0);
            long[] burst = latencies(watched, seen, BURST, RATE);
            return List.of(
                    watcher.name(),
                    String.format("%,d", files),
                    Units.seconds(first),
                    Units.bytes(Math.max(0, heap)),
                    String.valueOf(threads),
                    millis(single, 0.5),
                    millis(single, 0.99),
                    millis(burst, 0.5),
                    millis(burst, 0.99));
        }
    }

    private static void note(Exchange exchange, Map<String, Long> seen, AtomicLong count) {
        long now = System.nanoTime();
        Object body = exchange.getIn().getBody();
        if (body instanceof List<?> batch) {
            for (Object one : batch) {
                note(((LandedFile) one).path(), now, seen);
            }
            count.addAndGet(batch.size());
        } else {
            note(exchange.getIn().getHeader(Exchange.FILE_NAME, String.class), now, seen);
            count.incrementAndGet();
        }
    }

    /** Only new files are kept by name: the names of a million would be the heap that is measured. */
    private static void note(String name, long now, Map<String, Long> seen) {
        if (name.startsWith("new")) {
            seen.putIfAbsent(name, now);
        }
    }

    /** From the closing of each file until the route has it, in nanoseconds, sorted; the files are removed. */
    private long[] latencies(Path watched, Map<String, Long> seen, int files, int perSecond) throws IOException {
        String[] names = new String[files];
        long[] closed = new long[files];
        long start = System.nanoTime();
        for (int i = 0; i < files; i++) {
            names[i] = "new" + number.incrementAndGet() + ".tif";
            if (perSecond > 0) {
                LockSupport.parkNanos(start + i * 1_000_000_000L / perSecond - System.nanoTime());
            }
            Files.write(watched.resolve(names[i]), new byte[100]);
            closed[i] = System.nanoTime();
            String name = names[i];
            if (perSecond == 0) {
                // One after the other, at no particular time within the second between two looks.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(17));
                if (i % 20 == 0) {
                    await(() -> seen.containsKey(name), name);
                }
            }
        }
        long[] took = new long[files];
        for (int i = 0; i < files; i++) {
            String name = names[i];
            await(() -> seen.containsKey(name), name);
            took[i] = Math.max(0, seen.get(name) - closed[i]);
            Files.delete(watched.resolve(name));
        }
        Arrays.sort(took);
        return took;
    }

    private static String millis(long[] sorted, double share) {
        return String.format("%.1f ms", sorted[(int) Math.min(sorted.length - 1, sorted.length * share)] / 1e6);
    }

    private static void await(java.util.function.BooleanSupplier condition, String what) {
        long end = System.nanoTime() + PATIENCE;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited too long for " + what);
            }
            LockSupport.parkNanos(200_000);
        }
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
