package org.lightpipe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.transfer.LocalDestination;

/**
 * From a directory to a storage on the same disk: the engine of the hub against {@code rsync -a} and
 * {@code sha256sum} of both sides, and against what the machine can do at all.
 */
final class LocalBenchmark implements Benchmark {

    private static final FileSets SETS = new FileSets(
            new FileSet("small", 20_000, 10_000),
            new FileSet("medium", 2_000, 1_000_000),
            new FileSet("large", 4, 2_000_000_000));

    private static final String RSYNC = "rsync + sha256sum";
    private static final String CACHE = "hub";
    private static final String FSYNC = "hub fsync";
    private static final String DIRECT = "hub fsync direct";
    private static final String COPY = "cp";
    private static final String BARE = "bare";

    private final Progress progress = new Progress();

    @Override
    public String about() {
        return "directory to storage on one disk, with digest and proof, against rsync and sha256sum";
    }

    @Override
    public Report run(Options options) throws Exception {
        int pairs = options.integer("pairs", 5);
        double scale = options.number("scale", 1);
        long seed = options.integer("seed", 1);
        List<String> wanted = options.words("sets", SETS.names());
        TransferPolicy standard = TransferPolicy.standard();
        int workers = options.integer("workers", standard.concurrency());
        int group = options.integer("group", standard.group());
        Path directory = options.directory();
        List<String> ways = options.words("ways", List.of(RSYNC, CACHE, FSYNC, DIRECT, COPY, BARE));
        options.end();
        Tool.need("rsync", "find", "xargs", "sha256sum", "cp", "sync");

        List<FileSet> sets = SETS.chosen(wanted, scale);
        FileSets.makeRoom(directory, sets, 8_000_000_000L);

        Report report = new Report("Local to local, with digest and proof");
        report.line("Directory and storage on one " + Machine.fileSystem(directory) + "; sources in the page cache; "
                + "medians of " + pairs + " rounds, in which all ways take turns; seed " + seed + "; " + workers
                + " workers, groups of " + group + ".");
        List<List<String>> times = new ArrayList<>();
        List<List<String>> processor = new ArrayList<>();
        List<List<String>> ratios = new ArrayList<>();
        for (FileSet set : sets) {
            Path work = Files.createTempDirectory(directory, "local-");
            try {
                Contest contest = contest(set, work, seed, workers, group, ways);
                contest.run(set.title(), pairs, set.bytes() < 4_000_000_000L);
                times.add(row(set, ways, contest::median));
                processor.add(row(set, ways, contest::processor));
                ratios.add(ratios(set, contest, ways));
            } finally {
                FileSet.delete(work);
            }
        }
        List<String> heads = new ArrayList<>(List.of("files"));
        heads.addAll(ways);
        report.table(heads, times);
        if (ways.size() == 6) {
            report.table(
                    List.of(
                            "files",
                            "rsync / hub",
                            "price of fsync",
                            "and of direct",
                            "cp / hub",
                            "share of the limit",
                            "files/s",
                            "MB/s"),
                    ratios);
        }
        report.line(
                "rsync + sha256sum: `rsync -a`, then `find -print0 | xargs -0 sha256sum` of both sides, as durable as"
                        + " \"hub\". Price: how many times longer it takes than without. Limit (bare): the same number"
                        + " of workers, each one read, one SHA-256, one write and one read of every file, and nothing else.");
        return report;
    }

    private Contest contest(FileSet set, Path work, long seed, int workers, int group, List<String> ways)
            throws IOException {
        progress.say("writing " + set.title());
        Path source = work.resolve("source");
        set.write(source, seed);
        Contest contest = new Contest(progress);
        for (String way : ways) {
            contest.add(
                    way,
                    switch (way) {
                        case RSYNC -> new Rsync(work, set, source);
                        case CACHE ->
                            new Hub(work, set, source, Engine.policy(workers, group, Durability.CACHE, Proof.READ));
                        case FSYNC ->
                            new Hub(work, set, source, Engine.policy(workers, group, Durability.FSYNC, Proof.READ));
                        case DIRECT ->
                            new Hub(work, set, source, Engine.policy(workers, group, Durability.FSYNC, Proof.DIRECT));
                        case COPY -> new Copy(work, set, source);
                        case BARE -> new Bare(work, set, source, workers);
                        default -> throw new UsageException("--ways: there is no way '" + way + "'");
                    });
        }
        return contest;
    }

    private static List<String> row(FileSet set, List<String> ways, ToDoubleFunction<String> seconds) {
        List<String> row = new ArrayList<>(List.of(set.title()));
        ways.forEach(way -> row.add(Units.seconds(seconds.applyAsDouble(way))));
        return row;
    }

    private static List<String> ratios(FileSet set, Contest contest, List<String> ways) {
        List<String> row = new ArrayList<>(List.of(set.title()));
        if (ways.size() == 6) {
            row.add(Units.times(contest.ratio(RSYNC, CACHE)));
            row.add(Units.times(contest.ratio(FSYNC, CACHE)));
            row.add(Units.times(contest.ratio(DIRECT, FSYNC)));
            row.add(Units.times(contest.ratio(COPY, CACHE)));
            row.add(Units.percent(contest.ratio(BARE, CACHE)));
            row.add(Units.number(set.count() / contest.median(CACHE)));
            row.add(Units.number(set.bytes() / contest.median(CACHE) / 1e6));
        }
        return row;
    }

    /**
     * Everybody begins with an empty target and a disk that has nothing left to write. What was copied before is removed
     * only where it takes much room: ext4 makes new files slowly while it remembers many that were just removed.
     */
    private abstract static class Fresh implements Contest.Contestant {

        private static final long MUCH = 500_000_000;

        final Path work;
        final FileSet set;
        Path target;

        Fresh(Path work, FileSet set) {
            this.work = work;
            this.set = set;
        }

        @Override
        public void prepare() throws Exception {
            target = Files.createTempDirectory(work, "target-");
            Tool.run(work, "sync");
        }

        @Override
        public void check() throws Exception {
            try (Stream<Path> files = Files.walk(target)) {
                long found = files.filter(Files::isRegularFile).count();
                if (found != set.count()) {
                    throw new IOException(found + " files arrived instead of " + set.count());
                }
            }
            if (set.bytes() > MUCH) {
                FileSet.delete(target);
            }
        }
    }

    private static final class Rsync extends Fresh {

        private final Path source;

        Rsync(Path work, FileSet set, Path source) {
            super(work, set);
            this.source = source;
        }

        @Override
        public void run() throws Exception {
            Tool.run(work, "rsync", "-a", source + "/", target + "/");
            sums(source, work.resolve("source.sums"));
            sums(target, work.resolve("target.sums"));
        }

        private static void sums(Path directory, Path output) throws IOException, InterruptedException {
            Tool.pipe(
                    directory,
                    output,
                    List.of(List.of("find", ".", "-type", "f", "-print0"), List.of("xargs", "-0", "sha256sum")));
        }

        @Override
        public void check() throws Exception {
            super.check();
            if (!lines("source.sums").equals(lines("target.sums"))) {
                throw new IOException("rsync's copies are not what the sources are");
            }
        }

        private List<String> lines(String name) throws IOException {
            try (Stream<String> lines = Files.lines(work.resolve(name))) {
                return lines.sorted().toList();
            }
        }
    }

    private static final class Copy extends Fresh {

        private final Path source;

        Copy(Path work, FileSet set, Path source) {
            super(work, set);
            this.source = source;
        }

        @Override
        public void run() throws Exception {
            Tool.run(work, "cp", "-r", "--reflink=never", source.toString(), target.toString());
        }
    }

    private static final class Hub extends Fresh {

        private final Path source;
        private final TransferPolicy policy;
        private List<org.lightpipe.transfer.Item> items;

        Hub(Path work, FileSet set, Path source, TransferPolicy policy) {
            super(work, set);
            this.source = source;
            this.policy = policy;
        }

        @Override
        public void prepare() throws Exception {
            super.prepare();
            items = Engine.items(set, source);
        }

        @Override
        public void run() throws Exception {
            Storage storage =
                    new Storage("benchmark", "file:" + target, Optional.empty(), 02770, 0640, policy, Map.of());
            try (LocalDestination destination = new LocalDestination(storage, target)) {
                Engine.run(destination, items, policy);
            }
        }
    }

    private static final class Bare extends Fresh {

        private final Path source;
        private final int workers;

        Bare(Path work, FileSet set, Path source, int workers) {
            super(work, set);
            this.source = source;
            this.workers = workers;
        }

        @Override
        public void prepare() throws Exception {
            super.prepare();
            for (String path : set.paths()) {
                Files.createDirectories(target.resolve(path).getParent());
            }
        }

        @Override
        public void run() throws Exception {
            new BareLoop(source, target, set.paths(), workers).run();
        }
    }
}
