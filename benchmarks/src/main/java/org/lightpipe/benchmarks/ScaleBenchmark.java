package org.lightpipe.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.lightpipe.acquire.Acquire;
import org.lightpipe.acquire.LandedFile;
import org.lightpipe.catalog.Catalog;
import org.lightpipe.catalog.EmbeddedPostgres;
import org.lightpipe.catalog.Hints;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.StepStatus;
import org.lightpipe.config.ConfigurationReader;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.core.Findings;
import org.lightpipe.dataset.DatasetCompletion;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Whether the next files take longer the more there are. Half of the files that are there belong to the experiment that
 * the next ones belong to: its partition is the largest.
 */
final class ScaleBenchmark implements Benchmark {

    private static final String BEAMLINE = "bench";
    private static final int IN_DATASET = 1_000;

    /** A directory's worth of what a monitor hands over at once. */
    private static final int HANDED_OVER = 500;

    /** A group of small files, as the transfer settles it. */
    private static final int GROUP = 64;

    /** What a plan may estimate for reading a partition as a whole, in PostgreSQL's units. */
    private static final double CHEAP = 50;

    private static final Pattern SEQUENTIAL = Pattern.compile("Seq Scan on file.*cost=[0-9.]+\\.\\.([0-9.]+)");
    private static final Pattern PROPERTY = Pattern.compile(":#\\$\\{properties:[^:}]+:(\\d+)}");

    private static final String SEED = """
            insert into file (experiment_id, dataset_id, daq_id, beamline, path, source, size, mtime_ns, inode, digest,
                proved_by, metadata, stored_at, catalogued_at, state)
            select d.experiment_id, d.id, q.id, 'bench', d.name || '/frame_' || lpad(n::text, 7, '0') || '.tif',
                '/detector/' || d.name || '/frame_' || lpad(n::text, 7, '0') || '.tif', 100000, 1700000000000000000 + n, n,
                md5(n::text) || md5((n + 1)::text), 'read back',
                '{"/entry/instrument/detector/count_time": 0.1, "/entry/sample/name": "sample"}', now(), now(), 'CATALOGUED'
            from dataset d join daq q on q.experiment_id = d.experiment_id
            cross join generate_series(1, ?) n
            where d.id between ? and ?
            """;

    /** As the transfer writes down what it has proved. */
    private static final String STORED = """
            update file f set state = 'STORED', claimed_by = null, attempts = 0, since = now(), reason = null,
                failed_from = null, stored_at = now(), digest = v.digest, proved_by = 'read back'
            from unnest(?::bigint[], ?::bigint[], ?::text[]) as v (id, experiment_id, digest)
            where f.id = v.id and f.experiment_id = v.experiment_id and f.state = 'TRANSFERRING'
                and f.claimed_by = this_hub()
            """;

    private static final String CATALOGUED = """
            update file f set state = 'CATALOGUED', claimed_by = null, attempts = 0, since = now(), reason = null,
                failed_from = null, metadata = v.metadata::jsonb, catalogued_at = now()
            from unnest(?::bigint[], ?::bigint[], ?::text[]) as v (id, experiment_id, metadata)
            where f.id = v.id and f.experiment_id = v.experiment_id and f.state = 'CATALOGUING' and f.claimed_by = this_hub()
            """;

    private final Progress progress = new Progress();
    private JdbcTemplate jdbc;
    private Catalog catalog;
    private LiveConfiguration configuration;
    private Path home;
    private long daq;
    private long seeded;
    private boolean explained;

    @Override
    public String about() {
        return "the next 10,000 files, and listings, in a catalogue of 0 to 10,000,000 files";
    }

    @Override
    public Report run(Options options) throws Exception {
        List<Long> sizes = options.words("sizes", List.of("0", "10000", "100000", "1000000", "10000000")).stream()
                .map(Long::parseLong)
                .toList();
        int next = options.integer("next", 10_000);
        int rounds = options.integer("rounds", 3);
        explained = options.is("explain");
        Path directory = options.directory();
        options.end();
        home = Path.of(System.getProperty("lightpipe.home", ".")).toAbsolutePath();
        Files.createDirectories(directory);
        Path work = Files.createTempDirectory(directory, "scale-");
        try (EmbeddedPostgres server = EmbeddedPostgres.start(work.resolve("state"));
                Catalog opened = Catalog.open(
                        new Catalog.Address(server.jdbcUrl(), server.username(), server.password()),
                        "scale",
                        Duration.ofHours(1))) {
            catalog = opened;
            jdbc = catalog.jdbc();
            configuration = configuration(work);
            facility();
            return measured(sizes, next, rounds);
        } finally {
            FileSet.delete(work);
        }
    }

    private Report measured(List<Long> sizes, int next, int rounds) throws IOException {
        Report report = new Report("The next files in a catalogue that grows");
        report.line("The hub's own PostgreSQL with fsync; one thread; medians of " + rounds + " times "
                + String.format("%,d", next) + " files, found " + HANDED_OVER + " at a time and stored " + GROUP
                + " at a time. Half of what is there belongs to the experiment that grows.");
        List<List<String>> rates = new ArrayList<>();
        List<List<String>> listings = new ArrayList<>();
        double empty = 0;
        for (long size : sizes) {
            progress.say(String.format("filling to %,d files", size));
            fill(size);
            List<Map<String, Double>> all = new ArrayList<>();
            pass(next / 10);
            for (int i = 0; i < rounds; i++) {
                progress.say(String.format("%,d files more, round %d", next, i + 1));
                all.add(pass(next));
            }
            List<String> row = new ArrayList<>(List.of(String.format("%,d", size)));
            double total = 0;
            for (String stage : all.get(0).keySet()) {
                double seconds = median(all.stream().map(one -> one.get(stage)).toList());
                total += seconds;
                row.add(String.format("%,.0f", next / seconds));
            }
            empty = empty == 0 ? total : empty;
            row.add(String.format("%,.0f", next / total));
            row.add(Units.times(empty / total));
            rates.add(row);
            progress.say("questions");
            listings.add(questions(size));
            plans(report, size);
            if (explained) {
                explain();
            }
        }
        report.table(
                List.of(
                        "files there",
                        "found",
                        "claimed",
                        "stored",
                        "claimed",
                        "catalogued",
                        "all, files/s",
                        "of the first"),
                rates);
        report.table(
                List.of(
                        "files there",
                        "page of files",
                        "deep page",
                        "file by name",
                        "known again",
                        "datasets",
                        "status",
                        "completion"),
                listings);
        report.line("Questions in milliseconds, medians of 20. Deep page: from the middle of the experiment's largest"
                + " dataset. Known again: 500 files that a monitor tells once more. Status: what every step waits for,"
                + " asked anew. Completion: one look for complete datasets.");
        return report;
    }

    private LiveConfiguration configuration(Path work) throws IOException {
        Path config = Files.createDirectories(work.resolve("config"));
        Files.createDirectories(config.resolve("workflows"));
        Files.writeString(config.resolve("resources.yaml"), "resources:\n  local:\n    type: local\n");
        Files.writeString(
                Files.createDirectories(config.resolve("beamlines")).resolve("bench.yaml"),
                "beamline: bench\nstorage: file:" + work.resolve("storage") + "\ndataset:\n  quiet: 1h\n");
        Findings findings = new Findings();
        var read = new ConfigurationReader(config, text -> text).read(findings);
        findings.refuse();
        return new LiveConfiguration(read);
    }

    /** Sixteen experiments; the first is the one that grows. */
    private void facility() {
        for (int i = 0; i < 16; i++) {
            long experiment = number(
                    "insert into experiment (name, station, beamline, type, title, root_path, form, created_by, state)"
                            + " values (?, 's', 'bench', 'GUP', 't', ?, '{}', 'bench', 'READY') returning id",
                    "e" + i,
                    "e" + i);
            number(
                    "insert into daq (experiment_id, directory, started_by) values (?, ?, 'bench') returning id",
                    experiment,
                    "/detector/e" + i);
        }
        daq = number("select min(id) from daq");
        jdbc.update("insert into storage_state (storage) values ('bench')");
        jdbc.update("insert into lane values ('bench', 'bench', false)");
    }

    /** Adds catalogued files, in datasets of a thousand, until there are so many. */
    private void fill(long size) {
        while (seeded < size) {
            long more = Math.min(size - seeded, 200_000);
            long sets = Math.max(1, more / IN_DATASET);
            Long first = number("select coalesce(max(id), 0) + 1 from dataset");
            jdbc.update(
                    "insert into dataset (experiment_id, name, state, completed_at, archived_at, file_count, byte_count)"
                            + " select case when n % 2 = 0 then 1 else 2 + n % 15 end, 'scan_' || lpad((? + n)::text, 7, '0'),"
                            + " 'TRIGGERED', now(), now(), ?, ? * 100000 from generate_series(1, ?) n order by n",
                    first, IN_DATASET, IN_DATASET, sets);
            catalog.transactions().executeWithoutResult(status -> {
                // It is the hub that is measured, and not the filling.
                jdbc.execute("set local synchronous_commit = off");
                jdbc.update(SEED, Math.min(more, IN_DATASET), first, first + sets - 1);
            });
            seeded += sets * Math.min(more, IN_DATASET);
            progress.say(String.format("%,d files", seeded));
        }
        jdbc.execute("vacuum (analyze) file");
        jdbc.execute("analyze");
    }

    /** @return seconds by stage */
    private Map<String, Double> pass(int files) throws IOException {
        Acquire acquire = new Acquire(jdbc, catalog.transactions(), configuration, new Hints());
        Map<String, Double> seconds = new LinkedHashMap<>();
        long scan = System.nanoTime();
        List<LandedFile> landed = IntStream.range(0, files)
                .mapToObj(i -> new LandedFile(
                        String.format("new_%d_%03d/frame_%07d.tif", scan, i / IN_DATASET, i), 100_000, i, i + 1))
                .toList();
        seconds.put("found", timed(() -> {
            for (int from = 0; from < files; from += HANDED_OVER) {
                acquire.detected(daq, landed.subList(from, Math.min(files, from + HANDED_OVER)));
            }
        }));
        String transfer = statement(Step.TRANSFER);
        String cataloging = statement(Step.CATALOG);
        double[] claims = new double[2];
        double stored = 0;
        List<Map<String, Object>> rows = new ArrayList<>();
        do {
            claims[0] += timed(() -> {
                rows.clear();
                rows.addAll(jdbc.queryForList(transfer));
            });
            stored += timed(() -> {
                for (int from = 0; from < rows.size(); from += GROUP) {
                    write(STORED, rows.subList(from, Math.min(rows.size(), from + GROUP)), "ab".repeat(32));
                }
            });
        } while (!rows.isEmpty());
        double catalogued = 0;
        do {
            claims[1] += timed(() -> {
                rows.clear();
                rows.addAll(jdbc.queryForList(cataloging));
            });
            catalogued += timed(() -> {
                if (!rows.isEmpty()) {
                    write(CATALOGUED, rows, "{\"/entry/sample/name\": \"sample\"}");
                }
            });
        } while (!rows.isEmpty());
        seconds.put("claimed", claims[0]);
        seconds.put("stored", stored);
        seconds.put("claimed again", claims[1]);
        seconds.put("catalogued", catalogued);
        if (number("select count(*) from file where daq_id = ? and state <> 'CATALOGUED'", daq) > 0) {
            throw new IllegalStateException("not every file came through");
        }
        return seconds;
    }

    private void write(String statement, List<Map<String, Object>> rows, String value) {
        catalog.transactions()
                .executeWithoutResult(status -> jdbc.update(
                        statement,
                        ids(rows, "id"),
                        ids(rows, "experiment_id"),
                        rows.stream().map(row -> value).toArray(String[]::new)));
    }

    private static Long[] ids(List<Map<String, Object>> rows, String column) {
        return rows.stream().map(row -> (Long) row.get(column)).toArray(Long[]::new);
    }

    private String statement(Step step) throws IOException {
        String text = Files.readString(home.resolve("routes/sql/claim-" + step.label() + ".sql"));
        return PROPERTY.matcher(text).replaceAll("$1");
    }

    private List<String> questions(long size) {
        Long dataset = number("select max(id) from dataset where experiment_id = 1");
        Long deep = number("select coalesce(max(id), 0) / 2 from file where experiment_id = 1");
        String name = jdbc.queryForObject(
                "select path from file where experiment_id = 1 order by id desc limit 1", String.class);
        List<LandedFile> known = jdbc.query(
                "select path, size, mtime_ns, inode from file where experiment_id = 1 order by id desc limit 500",
                (row, index) -> new LandedFile(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4)));
        Acquire acquire = new Acquire(jdbc, catalog.transactions(), configuration, new Hints());
        DatasetCompletion completion = new DatasetCompletion(jdbc, catalog.transactions(), configuration);
        completion.complete();
        List<String> row = new ArrayList<>(List.of(String.format("%,d", size)));
        for (Runnable question : List.<Runnable>of(
                () -> jdbc.queryForList(
                        "select id, path, size, digest, state from file where experiment_id = 1 and dataset_id = ?"
                                + " order by id limit 1000",
                        dataset),
                () -> jdbc.queryForList(
                        "select id, path, size, digest, state from file where experiment_id = 1 and id > ?"
                                + " order by id limit 1000",
                        deep),
                () -> jdbc.queryForList("select * from file where experiment_id = 1 and path = ?", name),
                () -> acquire.detected(daq, known),
                () -> jdbc.queryForList(
                        "select id, name, state, file_count from dataset where experiment_id = 1 order by id desc limit 1000"),
                () -> new StepStatus(jdbc).lines(),
                completion::complete)) {
            List<Double> times = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                times.add(timed(question));
            }
            row.add(String.format("%.2f", median(times) * 1000));
        }
        return row;
    }

    /** Tells of plans that read a whole partition which is not nearly empty. */
    private void plans(Report report, long size) throws IOException {
        for (Step step : List.of(Step.TRANSFER, Step.CATALOG)) {
            List<String> scans = jdbc.queryForList("explain " + statement(step), String.class).stream()
                    .filter(line -> {
                        Matcher cost = SEQUENTIAL.matcher(line);
                        return cost.find() && Double.parseDouble(cost.group(1)) > CHEAP;
                    })
                    .map(String::strip)
                    .toList();
            if (!scans.isEmpty()) {
                report.line(String.format(
                        "With %,d files the claim of %s reads whole partitions: %s", size, step.label(), scans.get(0)));
            }
        }
    }

    /** The plans as they run, for whoever tunes them; nothing of it stays. */
    private void explain() {
        Acquire acquire = new Acquire(jdbc, catalog.transactions(), configuration, new Hints());
        List<LandedFile> landed = IntStream.range(0, 1_000)
                .mapToObj(i -> new LandedFile("explained/f" + i, 1, i, i))
                .toList();
        catalog.transactions().executeWithoutResult(status -> {
            acquire.detected(daq, landed);
            for (Step step : List.of(Step.TRANSFER, Step.CATALOG)) {
                jdbc.update("update file set state = ? where path like 'explained/%'", step.waiting());
                try {
                    jdbc.queryForList("explain (analyze, buffers) " + statement(step), String.class)
                            .forEach(System.err::println);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            status.setRollbackOnly();
        });
    }

    private Long number(String query, Object... values) {
        return jdbc.queryForObject(query, Long.class, values);
    }

    private static double timed(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e9;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
