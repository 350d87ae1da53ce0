package org.lightpipe.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.lightpipe.gpu.Input;
import org.lightpipe.gpu.ProgressListener;
import org.lightpipe.gpu.Reduced;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.hdf5.Hdf5Writer;
import org.lightpipe.gpu.tomography.SlicesAlone;
import org.lightpipe.gpu.tomography.Tomography;
import org.lightpipe.gpu.tomography.TomographyOptions;

/**
 * What a slice costs, from the counts in a file to the slice in a file, for each algorithm and backend, against
 * scikit-image's back projection of the same sinogram, and how the time grows with the number of slices.
 */
final class TomographyBenchmark implements Benchmark {

    private static final List<String> ALGORITHMS = List.of("fbp", "linerec", "gridrec", "fourierrec");

    /** Debian's, which has the packages; another python3 may come first on the path. */
    private static final String PYTHON = "/usr/bin/python3";

    /** gridrec of tomopy, built with gcc, two slices of a scan of 640 columns and 181 projections in 0.09 s, 2 cores. */
    private static final double GRIDREC = 0.045;

    private static final String PEER = """
            import sys, time
            import numpy as np
            from skimage.transform import iradon
            projections, columns, rounds = map(int, sys.argv[2:5])
            sinogram = np.fromfile(sys.argv[1], '<f4').reshape(projections, columns).T.astype('f8')
            theta = np.arange(projections) * 180.0 / projections
            for _ in range(rounds):
                start = time.perf_counter()
                iradon(sinogram, theta=theta, filter_name='shepp-logan', circle=True)
                print(time.perf_counter() - start)
            """;

    private final Progress progress = new Progress();

    /** One size of a scan. */
    private record Scan(int columns, int projections, int slices) {
        String title() {
            return columns + "² × " + projections;
        }
    }

    @Override
    public String about() {
        return "tomographic slices by every algorithm and backend, against scikit-image's iradon";
    }

    @Override
    public Report run(Options options) throws Exception {
        int rounds = options.integer("rounds", 3);
        List<String> backends = options.words("backends", List.of("java", "opencl", "cuda"));
        List<String> sizes = options.words("sizes", List.of("640x181", "1024x1024"));
        int slices = options.integer("slices", 16);
        int most = options.integer("grow", 100);
        Path directory = options.directory().resolve("tomography");
        options.end();
        FileSet.delete(directory);
        Files.createDirectories(directory);
        int cores = Runtime.getRuntime().availableProcessors();
        ExecutorService executor = Executors.newFixedThreadPool(cores);
        try (org.lightpipe.gpu.Engine engine = org.lightpipe.gpu.Engine.start()) {
            List<String> there = new ArrayList<>(backends);
            there.removeIf(backend -> !backend.equals("java")
                    && engine.devices().devices().stream()
                            .noneMatch(device -> device.getBackend().equals(backend)));
            Report report = new Report("Tomography");
            report.line(
                    "Seconds for a slice, filtered and projected back from memory into memory, as scikit-image's iradon"
                            + " does in the same round with one slice of the same sinogram; and from the counts in an HDF5 file to"
                            + " the slice in another, with dark and flat field, logarithm and writing. Medians of "
                            + rounds
                            + " rounds of " + slices + " slices, shepp filter. Devices: "
                            + String.join("; ", engine.devices().describe()) + ".");
            WorkPool threads = new WorkPool(executor, cores);
            SlicesAlone alone = new SlicesAlone(engine.devices(), threads);
            for (String size : sizes) {
                String[] parts = size.split("x");
                Scan scan = new Scan(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), slices);
                report.table(
                        List.of(
                                scan.title(),
                                "s per slice",
                                "updates/s",
                                "against iradon",
                                "file to file, s per slice"),
                        compare(engine, alone, scan, there, rounds, directory));
            }
            report.line(
                    "For comparison, measured earlier on 2 cores and not in this run: tomopy's gridrec, built with gcc, "
                            + GRIDREC + " s for a slice of 640² × 181.");
            report.table(
                    List.of("640² × 181, fbp, " + there.get(0), "seconds", "s per slice"),
                    grow(engine, there.get(0), most, directory));
            return report;
        } finally {
            executor.shutdownNow();
            FileSet.delete(directory);
        }
    }

    private List<List<String>> compare(
            org.lightpipe.gpu.Engine engine,
            SlicesAlone alone,
            Scan scan,
            List<String> backends,
            int rounds,
            Path directory)
            throws Exception {
        progress.say("making " + scan.slices() + " slices of " + scan.title());
        Path file = write(directory.resolve("scan.h5"), scan);
        Path sinogram = writeSinogram(directory.resolve("sinogram.f32"), scan);
        float[] sinograms = sinograms(scan);
        boolean peer = Files.isExecutable(Path.of(PYTHON));
        Map<String, List<Double>> inMemory = new LinkedHashMap<>();
        Map<String, List<Double>> inFiles = new LinkedHashMap<>();
        List<Double> theirs = new ArrayList<>();
        // the first round warms up
        for (int round = 0; round <= rounds; round++) {
            for (String backend : backends) {
                for (String algorithm : ALGORITHMS) {
                    String name = algorithm + ", " + backend;
                    double memory = alone.seconds(
                                    algorithm, backend, sinograms, scan.slices(), scan.projections(), scan.columns())
                            / scan.slices();
                    double whole = reduce(engine, file, algorithm, backend, scan, directory) / scan.slices();
                    progress.say(String.format(
                            "%s, round %d: %s %.4f s per slice, %.4f s file to file",
                            scan.title(), round, name, memory, whole));
                    if (round > 0) {
                        inMemory.computeIfAbsent(name, key -> new ArrayList<>()).add(memory);
                        inFiles.computeIfAbsent(name, key -> new ArrayList<>()).add(whole);
                    }
                }
            }
            if (peer && round > 0) {
                double took = iradon(sinogram, scan);
                progress.say(String.format("%s, round %d: iradon %.3f s per slice", scan.title(), round, took));
                theirs.add(took);
            }
        }
        double iradon =
                theirs.isEmpty() ? Double.NaN : Median.of(theirs.stream().mapToDouble(d -> d));
        double updates = (double) scan.columns() * scan.columns() * scan.projections();
        List<List<String>> rows = new ArrayList<>();
        inMemory.forEach((name, all) -> {
            double median = Median.of(all.stream().mapToDouble(d -> d));
            double whole = Median.of(inFiles.get(name).stream().mapToDouble(d -> d));
            rows.add(List.of(
                    name,
                    String.format("%.4f", median),
                    String.format("%.2g", updates / median),
                    Double.isNaN(iradon) ? "–" : Units.times(iradon / median),
                    String.format("%.4f", whole)));
        });
        if (!theirs.isEmpty()) {
            rows.add(List.of(
                    "scikit-image iradon",
                    String.format("%.4f", iradon),
                    String.format("%.2g", updates / iradon),
                    "1.00×",
                    "–"));
        }
        return rows;
    }

    private static float[] sinograms(Scan scan) {
        int columns = scan.columns();
        int sinogram = scan.projections() * columns;
        float[] sinograms = new float[scan.slices() * sinogram];
        for (int i = 0; i < sinogram; i++) {
            float value = attenuation(scan, i / columns, i % columns);
            for (int slice = 0; slice < scan.slices(); slice++) {
                sinograms[slice * sinogram + i] = value;
            }
        }
        return sinograms;
    }

    private List<List<String>> grow(org.lightpipe.gpu.Engine engine, String backend, int most, Path directory)
            throws Exception {
        List<List<String>> rows = new ArrayList<>();
        for (int slices = 1; slices <= most; slices *= 10) {
            Scan scan = new Scan(640, 181, slices);
            Path file = write(directory.resolve("grow.h5"), scan);
            double took = Double.MAX_VALUE;
            for (int round = 0; round < 3; round++) {
                took = Math.min(took, reduce(engine, file, "fbp", backend, scan, directory));
            }
            progress.say(String.format("%d slices: %.2f s", slices, took));
            rows.add(List.of(slices + " slices", String.format("%.2f", took), String.format("%.4f", took / slices)));
        }
        return rows;
    }

    private static double reduce(
            org.lightpipe.gpu.Engine engine, Path file, String algorithm, String backend, Scan scan, Path directory)
            throws Exception {
        TomographyOptions options = new TomographyOptions();
        options.algorithm = algorithm;
        options.center = String.valueOf(scan.columns() / 2);
        options.volume = true;
        // the digest of the input is no part of what is measured
        Input input = new Input.File(file, Optional.of("0".repeat(64)));
        Reduced reduced = engine.reducer()
                .reduce(new Tomography(), options, input, directory.resolve("out"), backend, ProgressListener.NONE);
        Object made = reduced.summary().metrics().get("slices");
        if (!made.equals(scan.slices())) {
            throw new IllegalStateException(made + " slices were made, not " + scan.slices());
        }
        return reduced.seconds().total();
    }

    /** A disk off the axis with two smaller ones in it. */
    private static float attenuation(Scan scan, int projection, int column) {
        double angle = Math.PI * projection / scan.projections();
        return through(scan, angle, column, 0.05, 0, 0.35, 1)
                + through(scan, angle, column, 0.15, 0.1, 0.08, 2)
                + through(scan, angle, column, -0.1, 0.05, 0.12, -0.5f);
    }

    private static float through(
            Scan scan, double angle, int column, double x, double y, double radius, double strength) {
        double off = (column - scan.columns() / 2.0) / scan.columns() - x * Math.cos(angle) - y * Math.sin(angle);
        return (float) (strength * 2 * Math.sqrt(Math.max(0, radius * radius - off * off)));
    }

    private static Path write(Path file, Scan scan) throws IOException {
        Files.deleteIfExists(file);
        ByteBuffer line = ByteBuffer.allocate(2 * scan.columns()).order(ByteOrder.LITTLE_ENDIAN);
        try (Hdf5Writer writer = Hdf5Writer.create(file)) {
            Hdf5Writer.Values data = writer.dataset(
                    "/exchange/data", NumberType.UINT16, scan.projections(), scan.slices(), scan.columns());
            for (int projection = 0; projection < scan.projections(); projection++) {
                line.clear();
                for (int column = 0; column < scan.columns(); column++) {
                    line.putShort((short) (100 + 20_000 * Math.exp(-attenuation(scan, projection, column))));
                }
                for (int row = 0; row < scan.slices(); row++) {
                    data.write(line.flip());
                }
            }
            flat(writer, "/exchange/data_white", scan, 20_100);
            flat(writer, "/exchange/data_dark", scan, 100);
            double[] degrees = new double[scan.projections()];
            for (int i = 0; i < degrees.length; i++) {
                degrees[i] = 180.0 * i / degrees.length;
            }
            writer.dataset("/exchange/theta", degrees, "degrees");
        }
        return file;
    }

    private static void flat(Hdf5Writer writer, String path, Scan scan, int counts) throws IOException {
        short[][][] frame = new short[1][scan.slices()][scan.columns()];
        for (short[] row : frame[0]) {
            Arrays.fill(row, (short) counts);
        }
        writer.dataset(path, frame, "");
    }

    private static Path writeSinogram(Path file, Scan scan) throws IOException {
        ByteBuffer values =
                ByteBuffer.allocate(4 * scan.projections() * scan.columns()).order(ByteOrder.LITTLE_ENDIAN);
        for (int projection = 0; projection < scan.projections(); projection++) {
            for (int column = 0; column < scan.columns(); column++) {
                values.putFloat(attenuation(scan, projection, column));
            }
        }
        return Files.write(file, values.array());
    }

    /** @return the seconds of one slice, the start of Python left out; the second of two, the first warms up */
    private static double iradon(Path sinogram, Scan scan) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        PYTHON,
                        "-c",
                        PEER,
                        sinogram.toString(),
                        String.valueOf(scan.projections()),
                        String.valueOf(scan.columns()),
                        "2")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String last = "";
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line;
            }
        }
        if (process.waitFor() != 0) {
            throw new UsageException("scikit-image is needed to measure against; install python3-skimage");
        }
        return Double.parseDouble(last);
    }
}
