package org.lightpipe.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Finds a benchmark by its name and prints what it measured. */
public final class Benchmarks {

    private static final String SUFFIX = "Benchmark.class";

    private Benchmarks() {}

    /** @param words name of a benchmark and its options */
    public static void main(String[] words) throws Exception {
        if (words.length == 0 || words[0].startsWith("-")) {
            list();
            return;
        }
        try {
            Options options = new Options(List.of(words).subList(1, words.length));
            boolean save = options.save();
            Report report = byName(words[0]).run(options);
            System.out.println(report);
            if (save) {
                save(words[0], report);
            }
        } catch (UsageException e) {
            System.err.println("benchmarks: " + e.getMessage());
            System.exit(2);
        }
        // A benchmark leaves no threads behind that matter; one of a peer's client must not keep the script.
        System.exit(0);
    }

    private static void save(String name, Report report) throws IOException {
        Path results = Path.of(System.getProperty("lightpipe.home", "."), "benchmarks", "results");
        Files.createDirectories(results);
        Path file = results.resolve(name + ".md");
        Files.writeString(file, report.toString());
        System.err.println("kept in " + file);
    }

    private static Benchmark byName(String name) throws ReflectiveOperationException {
        if (!name.matches("[a-z][a-z0-9]*")) {
            throw new UsageException("'" + name + "' is not a benchmark; benchmarks/run alone lists them");
        }
        String type = Benchmarks.class.getPackageName() + "."
                + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) + "Benchmark";
        try {
            return (Benchmark) Class.forName(type).getDeclaredConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            throw new UsageException("there is no benchmark '" + name + "'; benchmarks/run alone lists them");
        }
    }

    private static void list() throws IOException, URISyntaxException, ReflectiveOperationException {
        System.out.println("benchmarks/run NAME [--option value …], where NAME is one of");
        URI place = Benchmarks.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        try (FileSystem jar = FileSystems.newFileSystem(Path.of(place), Map.of());
                Stream<Path> classes = Files.list(jar.getPath("/org/lightpipe/benchmarks"))) {
            for (Path file : classes.sorted().toList()) {
                String type = file.getFileName().toString();
                if (type.endsWith(SUFFIX) && !type.equals(SUFFIX)) {
                    String name =
                            type.substring(0, type.length() - SUFFIX.length()).toLowerCase(Locale.ROOT);
                    System.out.printf("  %-10s %s%n", name, byName(name).about());
                }
            }
        }
    }
}
