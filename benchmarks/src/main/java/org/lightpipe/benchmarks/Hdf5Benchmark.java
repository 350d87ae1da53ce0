package org.lightpipe.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.hdf5.Hdf5Dataset;
import org.lightpipe.gpu.hdf5.Hdf5File;

/** Reads stacks of frames in every layout that detectors write, against h5py on the same files. */
final class Hdf5Benchmark implements Benchmark {

    private static final List<String> LAYOUTS =
            List.of("contiguous", "chunked", "gzip1", "shuffle+gzip1", "lzf", "bslz4", "lz4", "virtual");

    private static final int ROWS = 1024;
    private static final int COLUMNS = 512;
    private static final long FRAME_BYTES = 2L * ROWS * COLUMNS;

    private static final String PEER = "h5py";
    private static final String OURS = "hub";
    private static final String ALONE = "hub, one thread";
    private static final String PYTHON = "/usr/bin/python3";

    private final Progress progress = new Progress();

    @Override
    public String about() {
        return "reading HDF5 stacks of every layout, against h5py";
    }

    @Override
    public Report run(Options options) throws Exception {
        int pairs = options.integer("pairs", 5);
        int frames = Math.max(32, (int) (256 * options.number("scale", 1)));
        int threads = options.integer("threads", Runtime.getRuntime().availableProcessors());
        int seed = options.integer("seed", 1);
        List<String> layouts = options.words("layouts", LAYOUTS);
        Path directory = options.directory();
        options.end();
        if (!LAYOUTS.containsAll(layouts)) {
            throw new UsageException("--layouts: there are " + String.join(", ", LAYOUTS));
        }
        Files.createDirectories(directory);
        Path work = Files.createTempDirectory(directory, "hdf5-");
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        Report report = new Report("HDF5 stacks of frames");
        report.line(frames + " frames of " + ROWS + " × " + COLUMNS + " unsigned 16-bit pixels of Poisson counts, one"
                + " chunk a frame, in the page cache; MB/s of decoded data, medians of " + pairs + " rounds, in which"
                + " all ways take turns; seed " + seed + "; " + threads + " threads.");
        try {
            progress.say("writing files");
            try (Python peer = new Python(work, frames, seed)) {
                List<List<String>> rows = new ArrayList<>();
                for (String layout : layouts) {
                    rows.add(row(layout, work, frames, peer, new WorkPool(pool, threads), pairs));
                }
                report.table(List.of("layout", "file", PEER, OURS, ALONE, "hub / h5py", "processor h5py", "hub"), rows);
            }
            report.line("h5py reads blocks of 16 frames into one array, which is the fastest that it can; the hub hands"
                    + " blocks of frames to whoever works on them, and reads the next meanwhile. Processor: seconds of"
                    + " all threads.");
        } finally {
            pool.shutdownNow();
            FileSet.delete(work);
        }
        return report;
    }

    private List<String> row(String layout, Path work, int frames, Python peer, WorkPool pool, int pairs)
            throws Exception {
        Path file = work.resolve(layout + ".h5");
        Contest contest = new Contest(progress);
        long[] sums = {-1, -1, -1};
        contest.add(PEER, reader(sums, 0, () -> peer.read(file)));
        contest.add(OURS, reader(sums, 1, () -> frames(file, pool)));
        contest.add(ALONE, reader(sums, 2, () -> alone(file)));
        contest.run(layout, pairs, true);
        double bytes = frames * FRAME_BYTES;
        return List.of(
                layout,
                Units.bytes(Files.size(file)),
                rate(bytes, contest.median(PEER)),
                rate(bytes, contest.median(OURS)),
                rate(bytes, contest.median(ALONE)),
                Units.times(contest.ratio(PEER, OURS)),
                Units.seconds(peer.processor(layout)),
                Units.seconds(contest.processor(OURS)));
    }

    private static String rate(double bytes, double seconds) {
        return String.format("%,.0f", bytes / seconds / 1e6);
    }

    /** Reads a file and says some sum of its pixels. */
    private interface Reading {
        long read() throws Exception;
    }

    private static Contest.Contestant reader(long[] sums, int index, Reading reading) {
        return new Contest.Contestant() {
            @Override
            public void prepare() {
                sums[index] = -1;
            }

            @Override
            public void run() throws Exception {
                sums[index] = reading.read();
            }

            @Override
            public void check() throws IOException {
                for (long other : sums) {
                    if (other >= 0 && other != sums[index]) {
                        throw new IOException("one reads other pixels than another: " + other + ", " + sums[index]);
                    }
                }
            }
        };
    }

    private static long frames(Path path, WorkPool pool) throws Exception {
        long[] sum = new long[1];
        try (Hdf5File file = Hdf5File.open(path);
                FrameSource frames = file.frames(file.require("/data", "it was written before"), pool)) {
            int pixels = ROWS * COLUMNS;
            frames.forEachBlock(0, frames.frames(), 0, block -> {
                for (int i = 0; i < block.frames(); i++) {
                    sum[0] += ends(block.first() + i, frames.frames(), block.values(), i * pixels);
                }
            });
        }
        return sum[0];
    }

    /** The first pixel of every sixteenth frame and the last one of the frame before the next, as the peer does it. */
    private static long ends(int frame, int frames, ByteBuffer values, int from) {
        long sum = 0;
        if (frame % 16 == 0) {
            sum += values.getShort(2 * from);
        }
        if (frame % 16 == 15 || frame == frames - 1) {
            sum += values.getShort(2 * (from + ROWS * COLUMNS - 1));
        }
        return sum;
    }

    private static long alone(Path path) throws Exception {
        long sum = 0;
        try (Hdf5File file = Hdf5File.open(path)) {
            Hdf5Dataset data = file.require("/data", "it was written before");
            int[] shape = data.shape();
            ByteBuffer block = ByteBuffer.allocate((int) (16 * FRAME_BYTES)).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            for (int first = 0; first < shape[0]; first += 16) {
                int count = Math.min(16, shape[0] - first);
                data.read(new int[] {first, 0, 0}, new int[] {count, ROWS, COLUMNS}, block);
                for (int i = 0; i < count; i++) {
                    sum += ends(first + i, shape[0], block, i * ROWS * COLUMNS);
                }
            }
        }
        return sum;
    }

    /** A Python that has h5py loaded and waits for names of files. */
    private static final class Python implements AutoCloseable {

        private final Process process;
        private final BufferedReader answers;
        private final Writer questions;
        private final List<Double> seconds = new ArrayList<>();
        private String last = "";

        Python(Path work, int frames, int seed) throws IOException {
            Path script = work.resolve("peer.py");
            try (InputStream in = Hdf5Benchmark.class.getResourceAsStream("hdf5_peer.py")) {
                Files.write(script, in.readAllBytes());
            }
            ProcessBuilder builder = new ProcessBuilder(
                            Files.isExecutable(Path.of(PYTHON)) ? PYTHON : "python3",
                            script.toString(),
                            work.toString(),
                            String.valueOf(frames),
                            String.valueOf(ROWS),
                            String.valueOf(COLUMNS),
                            String.valueOf(seed))
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putIfAbsent("HDF5_PLUGIN_PATH", "/usr/lib/x86_64-linux-gnu/hdf5/serial/plugins");
            process = builder.start();
            answers = process.inputReader(StandardCharsets.UTF_8);
            questions = process.outputWriter(StandardCharsets.UTF_8);
            if (!"ready".equals(answers.readLine())) {
                throw new UsageException(
                        "h5py with the filters lz4 and bitshuffle is needed to measure against; install"
                                + " python3-h5py, bitshuffle and hdf5-filter-plugin");
            }
        }

        long read(Path file) throws IOException {
            double before = processor();
            questions.write(file + "\n");
            questions.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IOException("h5py cannot read " + file);
            }
            String name = file.getFileName().toString();
            if (!name.equals(last)) {
                last = name;
                seconds.clear();
            } else {
                // the first one was to warm up
                seconds.add(processor() - before);
            }
            return Long.parseLong(answer);
        }

        private double processor() {
            return process.info().totalCpuDuration().map(d -> d.toNanos() / 1e9).orElse(0.0);
        }

        /** Median of the processor time of reading a file, which was the last one. */
        double processor(String layout) {
            if (!last.equals(layout + ".h5")) {
                throw new IllegalStateException(layout + " was not read");
            }
            return Median.of(seconds.stream().mapToDouble(Double::doubleValue));
        }

        @Override
        public void close() throws IOException {
            questions.close();
            process.destroy();
        }
    }
}
