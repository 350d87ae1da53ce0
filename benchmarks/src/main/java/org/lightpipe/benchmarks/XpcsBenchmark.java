package org.lightpipe.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.device.DevicePool;
import org.lightpipe.gpu.device.Loan;
import org.lightpipe.gpu.xpcs.StoredFrames;

/** Multi-tau and two-time correlation of frames in memory, against NumPy on the same formula and the same cores. */
final class XpcsBenchmark implements Benchmark {

    private static final String NUMPY = "numpy";

    /** What boost_corr reached on two cores of another run, the only figure there is of it. */
    private static final double PEER = 243;

    private static final int DYNAMIC = 9;
    private static final int STATIC = 36;

    /** Distance of NumPy's results from ours; its two-time correlation adds up tens of thousands of floats. */
    private static final Map<String, Double> TOLERANCE = Map.of("multitau", 1e-4, "twotime", 1e-3);

    private final Progress progress = new Progress();
    private final int cores = Runtime.getRuntime().availableProcessors();

    /** What is correlated. */
    private record Set(int rows, int columns, int stored) {

        int pixels() {
            return rows * columns;
        }

        long frameBytes() {
            return 2L * pixels();
        }

        String title(int frames) {
            return String.format("%,d × %d × %d", frames, rows, columns);
        }
    }

    @Override
    public String about() {
        return "multi-tau and two-time correlation of frames in memory, against NumPy on the same formula";
    }

    @Override
    public Report run(Options options) throws Exception {
        int rounds = options.integer("pairs", 3);
        long seed = options.integer("seed", 1);
        double scale = options.number("scale", 1);
        List<String> backends = options.words("backend", List.of(Compute.JAVA));
        boolean growth = !options.is("no-growth");
        Path directory = options.directory();
        options.end();
        Tool.need("python3");
        Files.createDirectories(directory);
        Path work = Files.createTempDirectory(directory, "xpcs-");
        ExecutorService executor = Executors.newFixedThreadPool(cores);
        try (DevicePool pool = DevicePool.discover()) {
            WorkPool threads = new WorkPool(executor, cores);
            double bandwidth = bandwidth();
            Report report = new Report("XPCS: correlation of frames in memory");
            report.line(String.format(
                    "16-bit counts of 0 to 7, all pixels in bins (%d dynamic, %d static), not normalised; medians of %d"
                            + " rounds, in which all ways take turns; seed %d. Memory of this machine: %.1f GB/s"
                            + " (reading and writing with all cores, measured in this run).",
                    DYNAMIC, STATIC, rounds, seed, bandwidth / 1e9));
            pool.describe().forEach(report::line);
            List<List<String>> multitau = new ArrayList<>();
            List<List<String>> twotime = new ArrayList<>();
            for (Set set :
                    List.of(new Set(256, 256, Math.max(16, (int) (1000 * scale))), new Set(512, 1024, Math.max(16, (int)
                            (200 * scale))))) {
                Frames frames = new Frames(work, set, seed);
                try (Numpy numpy = new Numpy(work, frames, cores)) {
                    measure(multitau, "multitau", frames, numpy, backends, rounds, pool, threads, bandwidth);
                    measure(twotime, "twotime", frames, numpy, backends, rounds, pool, threads, bandwidth);
                }
                Files.delete(frames.file);
            }
            List<String> heads = List.of("frames", "way", "time", "frames/s", "of NumPy", "input", "of the memory");
            report.line("## Multi-tau");
            report.table(heads, multitau);
            report.line(String.format(
                    "boost_corr itself, measured before on 2 cores and not in this run: %.0f frames/s at 256 × 256."
                            + " Input: bytes of frames per second; each is read once at least, which is what the memory"
                            + " allows at most.",
                    PEER));
            report.line("## Two-time, all dynamic bins");
            report.table(heads, twotime);
            if (growth) {
                report.line("## Multi-tau, more data");
                growth(report, work, seed, scale, backends, pool, threads);
            }
            return report;
        } finally {
            executor.shutdownNow();
            FileSet.delete(work);
        }
    }

    private void measure(
            List<List<String>> table,
            String what,
            Frames frames,
            Numpy numpy,
            List<String> backends,
            int rounds,
            DevicePool pool,
            WorkPool threads,
            double bandwidth)
            throws Exception {
        Map<String, float[][]> results = new TreeMap<>();
        Contest contest = new Contest(progress);
        contest.add(NUMPY, new Way() {
            @Override
            public void run() throws Exception {
                results.put(NUMPY, numpy.result(what));
            }
        });
        List<Loan> loans = new ArrayList<>();
        try {
            for (String backend : backends) {
                Loan loan = frames.borrow(pool, backend, threads);
                loans.add(loan);
                contest.add(backend, new Way() {
                    @Override
                    public void run() throws Exception {
                        results.put(backend, frames.correlate(what, loan.compute(), frames.set.stored()));
                    }

                    @Override
                    public void check() throws Exception {
                        requireEqual(backend, results.get(backend), results.get(NUMPY), TOLERANCE.get(what));
                    }
                });
            }
            contest.run(what + " of " + frames.set.title(frames.set.stored()), rounds, true);
        } finally {
            loans.forEach(Loan::close);
        }
        List<String> ways = new ArrayList<>(List.of(NUMPY));
        ways.addAll(backends);
        for (String way : ways) {
            double seconds = contest.median(way);
            double rate = frames.set.stored() / seconds;
            double bytes = rate * frames.set.frameBytes();
            table.add(List.of(
                    frames.set.title(frames.set.stored()),
                    way,
                    Units.seconds(seconds),
                    String.format("%,.0f", rate),
                    Units.times(contest.ratio(NUMPY, way)),
                    String.format("%.2f GB/s", bytes / 1e9),
                    Units.percent(bytes / bandwidth)));
        }
    }

    private void growth(
            Report report, Path work, long seed, double scale, List<String> backends, DevicePool pool, WorkPool threads)
            throws Exception {
        Set set = new Set(256, 256, Math.max(16, (int) (500 * scale)));
        Frames frames = new Frames(work, set, seed);
        List<List<String>> rows = new ArrayList<>();
        for (String backend : backends) {
            double first = 0;
            for (int times : new int[] {1, 10, 100}) {
                int count = times * set.stored();
                double seconds;
                try (Loan loan = frames.borrow(pool, backend, threads)) {
                    progress.say(String.format("%s: %,d frames", backend, count));
                    frames.correlate("multitau", loan.compute(), set.stored());
                    long begin = System.nanoTime();
                    frames.correlate("multitau", loan.compute(), count);
                    seconds = (System.nanoTime() - begin) / 1e9;
                }
                first = times == 1 ? seconds : first;
                rows.add(List.of(
                        set.title(count),
                        backend,
                        Units.seconds(seconds),
                        String.format("%,.0f", count / seconds),
                        Units.times(seconds / first)));
            }
        }
        report.table(List.of("frames", "way", "time", "frames/s", "of the first"), rows);
        report.line("The frames that there are, given out again and again.");
    }

    private static void requireEqual(String way, float[][] actual, float[][] expected, double tolerance)
            throws IOException {
        // NumPy has its turn behind us in some of the rounds; its result is always the same
        if (expected == null) {
            return;
        }
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                if (!(Math.abs(actual[i][j] - expected[i][j]) <= tolerance * Math.abs(expected[i][j]))) {
                    throw new IOException(String.format(
                            "%s has %s at [%d][%d], but NumPy has %s", way, actual[i][j], i, j, expected[i][j]));
                }
            }
        }
    }

    /** Bytes per second, read and written, of arrays that no cache holds. */
    private double bandwidth() throws InterruptedException {
        int length = 1 << 23;
        float[][] from = new float[cores][length / cores];
        float[][] to = new float[cores][length / cores];
        double best = 0;
        for (int round = 0; round < 12; round++) {
            List<Thread> threads = new ArrayList<>();
            long begin = System.nanoTime();
            for (int core = 0; core < cores; core++) {
                float[] source = from[core];
                float[] target = to[core];
                Thread thread = new Thread(() -> System.arraycopy(source, 0, target, 0, source.length));
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            best = Math.max(best, 2.0 * 4 * length / ((System.nanoTime() - begin) / 1e9));
        }
        return best;
    }

    private abstract static class Way implements Contest.Contestant {

        @Override
        public void prepare() throws Exception {
            // everything is in memory
        }

        @Override
        public void check() throws Exception {
            // whoever is compared with looks at it
        }
    }

    /** Frames in a file that the page cache holds, mapped into memory, and their bins. */
    private static final class Frames {

        final Set set;
        final Path file;
        final Path dynamicFile;
        final Path staticFile;
        final MappedByteBuffer values;
        final int[] dynamicBins;
        final int[] staticBins;

        Frames(Path work, Set set, long seed) throws IOException {
            this.set = set;
            this.file = work.resolve("frames-" + set.rows() + "x" + set.columns() + ".raw");
            this.dynamicFile = work.resolve("dynamic.raw");
            this.staticFile = work.resolve("static.raw");
            dynamicBins = new int[set.pixels()];
            staticBins = new int[set.pixels()];
            double largest = Math.hypot(set.rows(), set.columns()) * 1.0001;
            for (int p = 0; p < set.pixels(); p++) {
                double radius = Math.hypot((double) p / set.columns(), p % set.columns());
                staticBins[p] = 1 + (int) (radius / largest * STATIC);
                dynamicBins[p] = 1 + (staticBins[p] - 1) * DYNAMIC / STATIC;
            }
            write(dynamicFile, dynamicBins);
            write(staticFile, staticBins);
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                Random random = new Random(seed);
                byte[] pool = new byte[1 << 20];
                random.nextBytes(pool);
                ByteBuffer frame = ByteBuffer.allocate((int) set.frameBytes()).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < set.stored(); i++) {
                    frame.clear();
                    int at = random.nextInt(pool.length);
                    for (int p = 0; p < set.pixels(); p++) {
                        frame.putShort((short) (pool[(at + p) % pool.length] & 7));
                    }
                    frame.flip();
                    while (frame.hasRemaining()) {
                        channel.write(frame);
                    }
                }
                values = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            }
            values.load();
        }

        private static void write(Path file, int[] values) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.nativeOrder());
            bytes.asIntBuffer().put(values);
            Files.write(file, bytes.array());
        }

        Loan borrow(DevicePool pool, String backend, WorkPool threads) throws Exception {
            long best = StoredFrames.bytes(100 * set.stored(), dynamicBins, staticBins, set.rows(), set.columns());
            return pool.borrow(backend, Math.min(best, 64L << 20), best, threads, Duration.ofMinutes(1));
        }

        float[][] correlate(String what, Compute compute, int frames) throws Exception {
            try (StoredFrames source = new StoredFrames(values, set.stored(), frames, set.rows(), set.columns())) {
                return what.equals("multitau")
                        ? source.multitau(compute, dynamicBins, staticBins)
                        : source.twotime(compute, dynamicBins, staticBins);
            }
        }
    }

    /** NumPy in a process of its own that has loaded the frames, and waits for what to do. */
    private static final class Numpy implements AutoCloseable {

        private final Path result;
        private final Process process;
        private final Writer orders;
        private final BufferedReader answers;

        Numpy(Path work, Frames frames, int cores) throws IOException {
            Path script = work.resolve("xpcs.py");
            try (InputStream in = XpcsBenchmark.class.getResourceAsStream("xpcs.py")) {
                Files.write(script, in.readAllBytes());
            }
            result = work.resolve("numpy.raw");
            process = new ProcessBuilder(
                            "python3",
                            script.toString(),
                            frames.file.toString(),
                            String.valueOf(frames.set.stored()),
                            frames.dynamicFile.toString(),
                            frames.staticFile.toString(),
                            String.valueOf(cores),
                            result.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            orders = process.outputWriter();
            answers = process.inputReader();
        }

        float[][] result(String what) throws IOException {
            orders.write(what + "\n");
            orders.flush();
            String answer = answers.readLine();
            if (!"done".equals(answer)) {
                throw new UsageException("python3 with numpy is needed to measure against (Debian: python3-numpy)");
            }
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(result)).order(ByteOrder.nativeOrder());
            float[][] values = new float[bytes.capacity() / 8 / DYNAMIC][DYNAMIC];
            for (float[] row : values) {
                for (int i = 0; i < DYNAMIC; i++) {
                    row[i] = (float) bytes.getDouble();
                }
            }
            return values;
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
