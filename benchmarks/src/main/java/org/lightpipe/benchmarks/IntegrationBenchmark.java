package org.lightpipe.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.device.DevicePool;
import org.lightpipe.gpu.device.Loan;
import org.lightpipe.gpu.scattering.IntegrationOptions;
import org.lightpipe.gpu.scattering.StreamIntegration;

/** Azimuthal integration of frames in memory, against pyFAI's sparse matrix on the same cores. */
final class IntegrationBenchmark implements Benchmark {

    private static final int BINS = 1000;
    private static final int STORED = 8;
    private static final double TOLERANCE = 1e-4;
    private static final String CYTHON = "pyFAI, cython";
    private static final String OPENCL = "pyFAI, opencl";

    private final Progress progress = new Progress();
    private final int cores = Runtime.getRuntime().availableProcessors();

    @Override
    public String about() {
        return "azimuthal integration of frames in memory, against pyFAI's sparse matrix";
    }

    /** How long it took, by the clock and of all cores. */
    private record Took(double seconds, double processor) {}

    private interface Way {
        Took run(int frames) throws Exception;
    }

    @Override
    public Report run(Options options) throws Exception {
        int rounds = options.integer("pairs", 3);
        long seed = options.integer("seed", 1);
        double scale = options.number("scale", 1);
        List<String> backends = options.words("backend", List.of(Compute.JAVA, "opencl"));
        List<String> methods = options.words("method", List.of("no", "bbox"));
        boolean peers = !options.is("no-peers");
        boolean growth = !options.is("no-growth");
        Path directory = options.directory();
        options.end();
        Files.createDirectories(directory);
        Path work = Files.createTempDirectory(directory, "integration-");
        ExecutorService executor = Executors.newFixedThreadPool(cores);
        try (DevicePool pool = DevicePool.discover()) {
            WorkPool threads = new WorkPool(executor, cores);
            Report report = new Report("Azimuthal integration of frames in memory");
            report.line(String.format(
                    "16-bit frames, %,d bins of q, solid angle corrected; the geometry is worked out before. Medians of"
                            + " %d rounds, in which all ways take turns, after one that does not count; seed %d."
                            + " pyFAI runs in one process with all cores.",
                    BINS, rounds, seed));
            pool.describe().forEach(report::line);
            Map<String, Double> memory = new LinkedHashMap<>();
            for (String backend : backends) {
                memory.put(backend, MemoryBandwidth.of(backend, pool, threads));
                report.line(String.format(
                        "Memory of %s: %.1f GB/s (reading and writing, measured in this run).",
                        backend, memory.get(backend) / 1e9));
            }
            List<List<String>> rows = new ArrayList<>();
            for (int[] shape : new int[][] {{1043, 981}, {2162, 2068}}) {
                Frames frames = new Frames(work, shape[0], shape[1], seed);
                int count = Math.max(STORED, (int) (scale * 64e6 / frames.pixels()) / STORED * STORED);
                for (String method : methods) {
                    measure(rows, frames, method, count, rounds, backends, peers, pool, threads, memory);
                }
                Files.delete(frames.file);
            }
            report.table(
                    List.of(
                            "frames",
                            "method",
                            "way",
                            "frames/s",
                            "Gpixel/s",
                            "ms of cores",
                            "of pyFAI",
                            "input",
                            "of memory"),
                    rows);
            report.line("ms of cores: processor time for one frame, of all cores together. Input: bytes of frames per"
                    + " second; each is read once at least, which is what the memory allows at most.");
            if (growth) {
                growth(report, work, seed, scale, backends, pool, threads);
            }
            return report;
        } finally {
            executor.shutdownNow();
            FileSet.delete(work);
        }
    }

    private void measure(
            List<List<String>> rows,
            Frames frames,
            String method,
            int count,
            int rounds,
            List<String> backends,
            boolean peers,
            DevicePool pool,
            WorkPool threads,
            Map<String, Double> memory)
            throws Exception {
        Map<String, Way> ways = new LinkedHashMap<>();
        List<AutoCloseable> open = new ArrayList<>();
        try {
            Peer peer = null;
            if (peers) {
                peer = new Peer(frames);
                open.add(peer);
                for (String implementation : List.of("cython", "opencl")) {
                    Peer with = peer;
                    if (with.isPossible(method, implementation)) {
                        ways.put("pyFAI, " + implementation, n -> with.run(method, implementation, n));
                    }
                }
                if (!ways.containsKey(CYTHON)) {
                    throw new UsageException("pyFAI is needed to measure against (Debian: python3-pyfai); it said: "
                            + peer.said + "; or use --no-peers");
                }
            }
            for (String backend : backends) {
                Ours ours = new Ours(frames, method, backend, pool, threads);
                open.add(ours);
                ways.put(backend, ours::run);
            }
            Map<String, List<Took>> times = new LinkedHashMap<>();
            for (int round = 0; round <= rounds; round++) {
                for (Map.Entry<String, Way> way : ways.entrySet()) {
                    Took took = way.getValue().run(count);
                    progress.say(String.format(
                            "%s, method %s, round %d of %d: %s %.1f frames/s",
                            frames.title(), method, round, rounds, way.getKey(), count / took.seconds()));
                    if (round > 0) {
                        times.computeIfAbsent(way.getKey(), name -> new ArrayList<>())
                                .add(took);
                    }
                }
            }
            if (peer != null) {
                double[] expected = peer.pattern(method, "cython");
                for (AutoCloseable one : open) {
                    if (one instanceof Ours ours) {
                        ours.requireEqual(expected);
                    }
                }
            }
            double of = peers ? rate(times.get(CYTHON), count) : Double.NaN;
            times.forEach((name, took) -> {
                double rate = rate(took, count);
                double bytes = rate * 2 * frames.pixels();
                Double limit = memory.get(name.equals(CYTHON) ? Compute.JAVA : name.equals(OPENCL) ? "opencl" : name);
                rows.add(List.of(
                        frames.title(),
                        method,
                        name,
                        String.format("%,.1f", rate),
                        String.format("%.3f", rate * frames.pixels() / 1e9),
                        String.format("%.2f", 1e3 * Median.of(took.stream().mapToDouble(Took::processor)) / count),
                        Double.isNaN(of) ? "" : Units.times(rate / of),
                        String.format("%.2f GB/s", bytes / 1e9),
                        limit == null ? "" : Units.percent(bytes / limit)));
            });
        } finally {
            for (AutoCloseable one : open) {
                one.close();
            }
        }
    }

    private static double rate(List<Took> times, int frames) {
        return frames / Median.of(times.stream().mapToDouble(Took::seconds));
    }

    private void growth(
            Report report, Path work, long seed, double scale, List<String> backends, DevicePool pool, WorkPool threads)
            throws Exception {
        Frames frames = new Frames(work, 1043, 981, seed);
        int base = Math.max(STORED, (int) (16 * scale) / STORED * STORED);
        List<List<String>> rows = new ArrayList<>();
        for (String backend : backends) {
            try (Ours ours = new Ours(frames, "bbox", backend, pool, threads)) {
                ours.run(4 * base);
                double first = 0;
                for (int times : new int[] {1, 10, 100}) {
                    progress.say(String.format("%s: %,d frames", backend, times * base));
                    double seconds = ours.run(times * base).seconds();
                    first = times == 1 ? seconds : first;
                    rows.add(List.of(
                            backend,
                            String.format("%,d", times * base),
                            Units.seconds(seconds),
                            String.format("%,.1f", times * base / seconds),
                            Units.times(seconds / first)));
                }
            }
        }
        report.line("## More frames (" + frames.title() + ", bbox)");
        report.table(List.of("way", "frames", "time", "frames/s", "of the time of the first"), rows);
    }

    /** Frames of a made-up powder, and their geometry. */
    private static final class Frames {

        private static final double PIXEL = 75e-6;

        private final Path folder;
        private final Path file;
        private final Path poni;
        private final int rows;
        private final int columns;
        private final ByteBuffer values;

        Frames(Path folder, int rows, int columns, long seed) throws IOException {
            this.folder = folder;
            this.rows = rows;
            this.columns = columns;
            file = folder.resolve("frames.raw");
            poni = folder.resolve("geometry.poni");
            values = ByteBuffer.allocateDirect(2 * STORED * pixels()).order(ByteOrder.LITTLE_ENDIAN);
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < STORED * pixels(); i++) {
                double radius = Math.hypot(i % pixels() / columns - rows / 2.0, i % columns - columns / 2.0);
                values.putShort((short) (1000 * Math.exp(-radius / rows) + random.nextInt(100)));
            }
            values.flip();
            byte[] bytes = new byte[values.remaining()];
            values.get(0, bytes);
            Files.write(file, bytes);
            Files.writeString(poni, """
                    poni_version: 2
                    Detector: Detector
                    Detector_config: {"pixel1": %s, "pixel2": %s, "max_shape": [%d, %d]}
                    Distance: 0.2
                    Poni1: %s
                    Poni2: %s
                    Rot1: 0
                    Rot2: 0
                    Rot3: 0
                    Wavelength: 1e-10
                    """.formatted(PIXEL, PIXEL, rows, columns, PIXEL * rows / 2, PIXEL * columns / 2));
        }

        int pixels() {
            return rows * columns;
        }

        String title() {
            return rows + " × " + columns;
        }
    }

    /** gpu:integrate without files. */
    private static final class Ours implements AutoCloseable {

        private final Frames frames;
        private final String name;
        private final StreamIntegration integration;
        private final Loan loan;
        private final int block;
        private double[] first;

        Ours(Frames frames, String method, String backend, DevicePool pool, WorkPool threads) throws Exception {
            this.frames = frames;
            name = backend + ", method " + method;
            IntegrationOptions options = new IntegrationOptions();
            options.setMethod(method);
            options.setNpt(BINS);
            integration = StreamIntegration.prepare(
                    frames.poni, options, frames.rows, frames.columns, NumberType.UINT16, new BitSet(), threads);
            loan = pool.borrow(
                    backend,
                    integration.leastDeviceBytes(),
                    integration.bestDeviceBytes(),
                    threads,
                    Duration.ofMinutes(5));
            integration.start(loan.compute());
            block = Math.min(STORED, integration.framesPerBlock());
        }

        Took run(int count) throws Exception {
            double processor = Machine.processorSeconds();
            long begin = System.nanoTime();
            for (int done = 0; done < count; done += block) {
                int some = Math.min(block, count - done);
                // from the first stored frame on, so that the first pattern is that of the peer
                FrameBlock next = new FrameBlock(
                        done,
                        some,
                        frames.rows,
                        frames.columns,
                        NumberType.UINT16,
                        frames.values.duplicate().order(ByteOrder.LITTLE_ENDIAN));
                integration.integrate(next, this::take);
            }
            integration.finish(this::take);
            return new Took((System.nanoTime() - begin) / 1e9, Machine.processorSeconds() - processor);
        }

        private void take(int frame, double[] intensity, double[] deviation) {
            if (frame == 0) {
                first = intensity.clone();
            }
        }

        void requireEqual(double[] expected) {
            int different = 0;
            for (int i = 0; i < expected.length; i++) {
                if (!(Math.abs(first[i] - expected[i]) <= TOLERANCE * Math.abs(expected[i]))
                        && !(Double.isNaN(first[i]) && expected[i] == 0)) {
                    different++;
                }
            }
            // pixels on the very edge of a bin may count for its neighbour
            if (different > expected.length / 50) {
                throw new IllegalStateException(
                        name + " has another pattern than pyFAI in " + different + " of " + expected.length + " bins");
            }
        }

        @Override
        public void close() {
            integration.close();
            loan.close();
        }
    }

    /** pyFAI in a process that stays. */
    private static final class Peer implements AutoCloseable {

        private final Path folder;
        private final Process process;
        private final Writer orders;
        private final BufferedReader answers;
        private String said = "";

        Peer(Frames frames) throws IOException {
            folder = frames.folder;
            Path script = folder.resolve("integration.py");
            try (InputStream in = IntegrationBenchmark.class.getResourceAsStream("integration.py")) {
                Files.write(script, in.readAllBytes());
            }
            // Debian's own python has Debian's packages, whatever comes first on the path
            Path debian = Path.of("/usr/bin/python3");
            process = new ProcessBuilder(
                            Files.isExecutable(debian) ? debian.toString() : "python3",
                            script.toString(),
                            frames.file.toString(),
                            String.valueOf(frames.rows),
                            String.valueOf(frames.columns),
                            frames.poni.toString(),
                            String.valueOf(BINS),
                            folder.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            orders = process.outputWriter();
            answers = process.inputReader();
        }

        boolean isPossible(String method, String implementation) throws IOException {
            said = ask(method, implementation, 1);
            return said.matches("[0-9.e-]+ [0-9.e-]+");
        }

        Took run(String method, String implementation, int count) throws IOException {
            String[] answer = ask(method, implementation, count).split(" ");
            return new Took(Double.parseDouble(answer[0]), Double.parseDouble(answer[1]));
        }

        private String ask(String method, String implementation, int count) throws IOException {
            orders.write(method + " " + implementation + " " + count + "\n");
            orders.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IOException("pyFAI ended");
            }
            return answer;
        }

        double[] pattern(String method, String implementation) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(
                            Files.readAllBytes(folder.resolve(method + "-" + implementation + ".f8")))
                    .order(ByteOrder.nativeOrder());
            double[] values = new double[bytes.remaining() / Double.BYTES];
            bytes.asDoubleBuffer().get(values);
            return values;
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
