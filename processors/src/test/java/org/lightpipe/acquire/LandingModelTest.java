package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.config.AcquirePolicy.Complete;
import org.lightpipe.config.AcquirePolicy.Events;
import org.lightpipe.core.RawName;

/**
 * Whatever is done to a tree: when it is quiet, the last that was told of each file that is there is what is there.
 */
class LandingModelTest {

    @TempDir
    private Path directory;

    private Path root;
    private SplittableRandom random;
    private int made;

    @ParameterizedTest
    @CsvSource({
        "ON, STABLE, 100000, 100000",
        "ON, CLOSED, 100000, 100000",
        "ON, STABLE, 20, 10",
        "OFF, STABLE, 100000, 100000",
        "OFF, CLOSED, 20, 10",
        "ON, RENAME, 100000, 100000"
    })
    void theLastThatIsToldIsWhatIsThere(Events events, Complete complete, int waiting, int remembered)
            throws Exception {
        long seed = Long.getLong("lightpipe.seed", System.nanoTime());
        random = new SplittableRandom(seed);
        root = Files.createDirectory(directory.resolve("watched"));
        Files.createDirectory(directory.resolve("outside"));
        try (Watched watched = Watched.with(root, options -> {
            options.waiting = waiting;
            options.remembered = remembered;
            options.sweep = events == Events.OFF ? Duration.ofMillis(500) : Duration.ofHours(1);
            options.quiet = Duration.ofMillis(20);
            options.events = events;
            return options.complete(complete);
        })) {
            for (int i = 0; i < 600; i++) {
                change();
                if (random.nextInt(4) == 0) {
                    watched.look();
                }
            }
            try {
                watched.until(() -> told(watched).equals(there()));
            } finally {
                assertThat(told(watched)).as("-Dlightpipe.seed=" + seed).isEqualTo(there());
            }
        }
    }

    /** Of every file that is there, what was told of it last. */
    private TreeMap<String, LandedFile> told(Watched watched) {
        TreeMap<String, LandedFile> last = watched.last();
        last.keySet().retainAll(there().keySet());
        return last;
    }

    private TreeMap<String, LandedFile> there() {
        TreeMap<String, LandedFile> there = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                FileStatus status = FileStatus.of(path);
                String name = RawName.text(root.relativize(path));
                there.put(name, new LandedFile(name, status.size(), status.mtimeNs(), status.inode()));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return there;
    }

    private void change() throws IOException {
        List<Path> directories = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.forEach(path -> (Files.isDirectory(path) ? directories : files).add(path));
        }
        Path in = any(directories);
        String name = "n" + made++;
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> Files.writeString(in.resolve("f" + name), "1");
            case 3 -> Files.createDirectories(in.resolve(name));
            case 4 ->
                Files.writeString(
                        Files.createDirectories(in.resolve(name + "/x/y")).resolve("f"), "1");
            case 5 -> onto(files, file -> Files.writeString(file, "more", StandardOpenOption.APPEND));
            case 6 -> onto(files, file -> Files.writeString(file, "over" + made));
            case 7 -> onto(files, Files::delete);
            case 8 -> onto(files, file -> Files.move(file, in.resolve("m" + name)));
            case 9 ->
                onto(files, file -> {
                    Path other = Files.writeString(directory.resolve("outside/" + name), "2");
                    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                });
            case 10 -> move(any(directories), in.resolve("d" + name));
            default -> move(any(directories), directory.resolve("outside/" + name));
        }
    }

    private void move(Path from, Path to) throws IOException {
        if (!from.equals(root) && !to.startsWith(from)) {
            Files.move(from, to);
        }
    }

    private interface Change {
        void to(Path file) throws IOException;
    }

    private void onto(List<Path> files, Change change) throws IOException {
        if (!files.isEmpty()) {
            change.to(any(files));
        }
    }

    private Path any(List<Path> paths) {
        return paths.get(random.nextInt(paths.size()));
    }
}
