package org.lightpipe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.storage.FarStorage;
import org.lightpipe.storage.Storages;
import org.lightpipe.transfer.Destination;
import org.lightpipe.transfer.Item;
import org.lightpipe.transfer.SftpDestination;
import org.lightpipe.transfer.Unproved;

/**
 * To OpenSSH's server on the loopback: the engine of the hub against OpenSSH's {@code sftp} and against {@code rsync}
 * over SSH, which both prove nothing.
 */
final class SftpBenchmark implements Benchmark {

    private static final FileSets SETS = new FileSets(
            new FileSet("small", 20_000, 10_000),
            new FileSet("frames", 2_000, 100_000),
            new FileSet("medium", 2_000, 1_000_000),
            new FileSet("large", 4, 2_000_000_000));

    private static final String SFTP = "sftp";
    private static final String RSYNC = "rsync";
    private static final String UNPROVED = "hub unproved";
    private static final String READ = "hub";
    private static final String REQUESTS = "hub sftp only";
    private static final String FAR = "hub far digest";
    private static final String FSYNC = "hub fsync";

    private static final List<String> WAYS = List.of(SFTP, RSYNC, UNPROVED, READ, REQUESTS, FAR, FSYNC);

    private final Progress progress = new Progress();

    @Override
    public String about() {
        return "directory to a storage behind SFTP, against OpenSSH's sftp and rsync over SSH";
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
        List<String> ways = options.words("ways", WAYS);
        options.end();
        Tool.need("ssh-keygen", "sftp", "rsync", "ssh", "sync");

        List<FileSet> sets = SETS.chosen(wanted, scale);
        long kept = sets.stream()
                .filter(Place::isKept)
                .mapToLong(set -> set.bytes() * ways.size() * (pairs + 1))
                .max()
                .orElse(0);
        FileSets.makeRoom(directory, sets, 200_000_000 + 2 * kept);
        Report report = new Report("To OpenSSH's SFTP server on the loopback");
        report.line("Directory and storage on one " + Machine.fileSystem(directory)
                + "; sources in the page cache; everybody uses aes128-gcm@openssh.com; medians of " + pairs
                + " rounds, in which all ways take turns; seed " + seed + "; " + workers + " workers, groups of "
                + group + ".");
        List<List<String>> times = new ArrayList<>();
        List<List<String>> ratios = new ArrayList<>();
        for (FileSet set : sets) {
            Path work = Files.createTempDirectory(directory, "sftp-");
            Path far = Files.createDirectories(work.resolve("far"));
            try (PrivateSshd server = PrivateSshd.start(work.resolve("server"), far)) {
                progress.say("writing " + set.title());
                Path source = work.resolve("source");
                set.write(source, seed);
                Contest contest = new Contest(progress);
                for (String way : ways) {
                    contest.add(way, contestant(way, new Place(work, far, source, set, server), workers, group));
                }
                contest.run(set.title(), pairs, set.bytes() < 4_000_000_000L);
                List<String> row = new ArrayList<>(List.of(set.title()));
                ways.forEach(way -> row.add(Units.seconds(contest.median(way))));
                times.add(row);
                ratios.add(ratios(set, contest, ways));
            } finally {
                FileSet.delete(work);
            }
        }
        List<String> heads = new ArrayList<>(List.of("files"));
        heads.addAll(ways);
        report.table(heads, times);
        if (ways.equals(WAYS)) {
            report.table(
                    List.of(
                            "files",
                            "sftp / unproved",
                            "rsync / unproved",
                            "sftp / hub",
                            "rsync / hub",
                            "rsync / sftp only",
                            "rsync / far digest",
                            "price of fsync",
                            "files/s unproved",
                            "files/s",
                            "MB/s unproved",
                            "MB/s"),
                    ratios);
        }
        report.line(
                "sftp: `sftp -b` with `put -r`; rsync: `rsync -aW -e ssh`. Both only copy. \"hub\" also takes SHA-256,"
                        + " writes under temporary names, reads everything back over the same connection and compares it, and"
                        + " renames; small files go through the shell of the account, all others, and with \"sftp only\""
                        + " everything, over SFTP. \"unproved\": the same without reading back, which no hub does: it shows what the proof"
                        + " costs. \"far digest\": the far side runs sha256sum. All leave the files in the page cache of the far"
                        + " side, but \"fsync\", which flushes each of them and their directories.");
        return report;
    }

    private static Contest.Contestant contestant(String way, Place place, int workers, int group) {
        return switch (way) {
            case SFTP -> new Sftp(place);
            case RSYNC -> new Rsync(place);
            case UNPROVED -> new Hub(place, Engine.policy(workers, group, Durability.CACHE, Proof.READ), false, true);
            case READ -> new Hub(place, Engine.policy(workers, group, Durability.CACHE, Proof.READ), true, true);
            case REQUESTS -> new Hub(place, Engine.policy(workers, group, Durability.CACHE, Proof.READ), true, false);
            case FAR -> new Hub(place, Engine.policy(workers, group, Durability.CACHE, Proof.FAR), true, true);
            case FSYNC -> new Hub(place, Engine.policy(workers, group, Durability.FSYNC, Proof.READ), true, true);
            default -> throw new UsageException("--ways: there is no way '" + way + "'");
        };
    }

    private static List<String> ratios(FileSet set, Contest contest, List<String> ways) {
        List<String> row = new ArrayList<>(List.of(set.title()));
        if (ways.equals(WAYS)) {
            row.add(Units.times(contest.ratio(SFTP, UNPROVED)));
            row.add(Units.times(contest.ratio(RSYNC, UNPROVED)));
            row.add(Units.times(contest.ratio(SFTP, READ)));
            row.add(Units.times(contest.ratio(RSYNC, READ)));
            row.add(Units.times(contest.ratio(RSYNC, REQUESTS)));
            row.add(Units.times(contest.ratio(RSYNC, FAR)));
            row.add(Units.times(contest.ratio(FSYNC, READ)));
            row.add(Units.number(set.count() / contest.median(UNPROVED)));
            row.add(Units.number(set.count() / contest.median(READ)));
            row.add(Units.number(set.bytes() / contest.median(UNPROVED) / 1e6));
            row.add(Units.number(set.bytes() / contest.median(READ) / 1e6));
        }
        return row;
    }

    private record Place(Path work, Path far, Path source, FileSet set, PrivateSshd server) {

        /**
         * True when what was copied stays until everybody is done. Before ext4 makes a file it looks at each that was
         * removed in the last minutes: whoever comes after the removal of many small ones would pay for it.
         */
        private static boolean isKept(FileSet set) {
            return set.bytes() < 1_000_000_000;
        }
    }

    /** Everybody begins with an empty target and a disk that has nothing left to write. */
    private abstract static class Fresh implements Contest.Contestant {

        final Place place;
        private Path target;

        Fresh(Place place) {
            this.place = place;
        }

        @Override
        public void prepare() throws Exception {
            if (target != null && !Place.isKept(place.set())) {
                FileSet.delete(target);
            }
            target = Files.createTempDirectory(place.far(), "target");
            Tool.run(place.work(), "sync");
        }

        /** Where it all goes; there and empty. */
        final Path target() {
            return target;
        }

        @Override
        public void check() throws Exception {
            try (Stream<Path> files = Files.walk(target)) {
                long found = files.filter(file -> Files.isRegularFile(file)
                                && file.toFile().length() == place.set().size())
                        .count();
                if (found != place.set().count()) {
                    throw new IOException(
                            found + " files arrived instead of " + place.set().count());
                }
            }
        }
    }

    private static final class Sftp extends Fresh {

        Sftp(Place place) {
            super(place);
        }

        @Override
        public void run() throws Exception {
            Path batch = place.work().resolve("batch");
            Files.writeString(batch, "put -r " + place.source() + " " + target().getFileName() + "/files\n");
            Tool.run(
                    place.work(),
                    "sftp",
                    "-q",
                    "-F",
                    place.server().clientConfig().toString(),
                    "-b",
                    batch.toString(),
                    "far");
        }
    }

    private static final class Rsync extends Fresh {

        Rsync(Place place) {
            super(place);
        }

        @Override
        public void run() throws Exception {
            Tool.run(
                    place.work(),
                    "rsync",
                    "-aW",
                    "-e",
                    "ssh -F " + place.server().clientConfig(),
                    place.source() + "/",
                    "far:" + target() + "/");
        }
    }

    private static final class Hub extends Fresh {

        private final TransferPolicy policy;
        private final boolean proved;
        private final boolean shell;
        private List<Item> items = List.of();

        Hub(Place place, TransferPolicy policy, boolean proved, boolean shell) {
            super(place);
            this.policy = policy;
            this.proved = proved;
            this.shell = shell;
        }

        @Override
        public void prepare() throws Exception {
            super.prepare();
            items = Engine.items(place.set(), place.source());
        }

        /** Connections are made within what is measured, as those of the peers are. */
        @Override
        public void run() throws Exception {
            Storage storage = new Storage(
                    "benchmark",
                    place.server().uri(target().getFileName().toString()),
                    Optional.empty(),
                    02770,
                    0640,
                    policy,
                    Map.of("shell", Boolean.toString(shell)));
            try (DefaultCamelContext camel = new DefaultCamelContext();
                    Storages storages = new Storages(camel)) {
                FarStorage far = storages.far(storage);
                try (Destination destination =
                        proved ? new SftpDestination(storage, far) : Unproved.sftp(storage, far)) {
                    Engine.run(destination, items, policy);
                }
            }
        }
    }
}
