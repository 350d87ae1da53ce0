package org.lightpipe.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** One row of {@link LandingBenchmark}, printed with tabs: {@code LandingWatch WATCHER DIRECTORY FILES}. */
final class LandingWatch {

    static final int SINGLE = 200;
    static final int BURST = 1_000;
    static final int RATE = 500;
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(5);

    private final AtomicLong number = new AtomicLong();

    /** What watches. */
    enum Watcher {
        EVENTS("landing:, events", "landing", "complete=closed&events=on"),
        POLLING("landing:, polling", "landing", "complete=rename&events=off&delay=1000"),
        CAMEL_FILE(
                "Camel file:", "file", "noop=true&delay=1000&initialDelay=0&readLock=none&idempotentRepository=#known");

        private final String title;
        private final String scheme;
        private final String options;

        Watcher(String title, String scheme, String options) {
            this.title = title;
            this.scheme = scheme;
            this.options = options;
        }

        String title() {
            return title;
        }
    }

    private LandingWatch() {}

    public static void main(String[] arguments) throws Exception {
        List<String> row = new LandingWatch()
                .measure(Watcher.valueOf(arguments[0]), Path.of(arguments[1]), Integer.parseInt(arguments[2]));
        System.out.println(String.join("\t", row));
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
                    from(watcher.scheme + ":" + watched + "?" + watcher.options).process(exchange -> {
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
                    watcher.title,
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
