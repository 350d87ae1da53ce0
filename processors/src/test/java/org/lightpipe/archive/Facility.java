package org.lightpipe.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.AcquirePolicy;
import org.lightpipe.config.ArchivePolicy;
import org.lightpipe.config.Beamline;
import org.lightpipe.config.Configuration;
import org.lightpipe.config.DatasetRule;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.storage.Storages;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A small facility: an empty catalog, a storage and a tape library in a directory, one beamline, one run
 * of the hub. A second process can open it by the same words.
 */
final class Facility implements AutoCloseable {

    static final String BEAMLINE = "2-BM";
    static final String EXPERIMENT = "gup-1";

    private final Path directory;
    private final TestCatalog catalog;
    private final JdbcTemplate jdbc;
    private final Work work;
    private final LiveConfiguration configuration;
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final Storages storages = new Storages(camel);

    private Facility(TestCatalog catalog, Path directory) {
        this.directory = directory;
        this.catalog = catalog;
        jdbc = catalog.jdbc();
        work = new Work(jdbc, catalog.hubRun(), new Work.RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2)));
        configuration = new LiveConfiguration(
                new Configuration(Map.of(BEAMLINE, beamline(Duration.ZERO, true, "sha512")), Map.of(), Map.of()));
    }

    static Facility make(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("storage"));
        return new Facility(TestCatalog.empty().otherHub(), directory);
    }

    static Facility open(List<String> address) {
        return new Facility(TestCatalog.at(address.subList(0, 3)), Path.of(address.get(3)));
    }

    /** The same facility for another process, as a list of words. */
    List<String> address() {
        List<String> address = new ArrayList<>(catalog.address());
        address.add(directory.toString());
        return address;
    }

    @Override
    public void close() {
        storages.close();
        camel.stop();
        catalog.close();
    }

    TestCatalog catalog() {
        return catalog;
    }

    JdbcTemplate jdbc() {
        return jdbc;
    }

    long hubRun() {
        return catalog.hubRun();
    }

    Work work() {
        return work;
    }

    LiveConfiguration configuration() {
        return configuration;
    }

    TransactionTemplate transactions() {
        return catalog.transactions();
    }

    Archiver archiver(Milestones milestones) {
        return new Archiver(jdbc, transactions(), work, configuration, storages, milestones);
    }

    Releaser releaser(Milestones milestones) {
        return new Releaser(jdbc, transactions(), work, configuration, storages, milestones);
    }

    Recaller recaller(Milestones milestones) {
        return new Recaller(jdbc, transactions(), work, configuration, storages, milestones);
    }

    ArchivePlanner planner() {
        return new ArchivePlanner(jdbc, configuration);
    }

    Recalls recalls() {
        return new Recalls(jdbc, transactions());
    }

    void policy(Duration after, boolean release) {
        configuration.replace(
                new Configuration(Map.of(BEAMLINE, beamline(after, release, "sha512")), Map.of(), Map.of()));
    }

    private Beamline beamline(Duration after, boolean release, String digest) {
        return new Beamline(
                BEAMLINE,
                BEAMLINE,
                "",
                new Storage(BEAMLINE, "file:" + directory.resolve("storage"), Optional.empty(), 02770, 0640),
                List.of(),
                new AcquirePolicy(
                        Optional.empty(),
                        AcquirePolicy.Complete.STABLE,
                        Duration.ofSeconds(1),
                        "{name}.done",
                        List.of(),
                        List.of(),
                        Duration.ofSeconds(1)),
                new DatasetRule(
                        Pattern.compile("(?<dataset>.*)"),
                        Duration.ofSeconds(1),
                        Optional.empty(),
                        OptionalInt.empty()),
                List.of(),
                Optional.of(new ArchivePolicy(after, directory.resolve("tape").toString(), digest, release)));
    }

    /** A dataset that is done with, a minute ago, with its files in storage and in the catalog. */
    long dataset(String name, int part, Map<String, byte[]> files) throws IOException {
        jdbc.update(
                "insert into experiment (name, station, beamline, type, title, root_path, form, created_by, state)"
                        + " values (?, ?, ?, 'user', 'Teeth', ?, '{}', 'test', 'READY') on conflict do nothing",
                EXPERIMENT,
                BEAMLINE,
                BEAMLINE,
                "2026/" + EXPERIMENT);
        long experiment = id("select id from experiment where name = '" + EXPERIMENT + "'");
        jdbc.update(
                "insert into daq (experiment_id, directory, started_by) values (?, '/detector', 'test')"
                        + " on conflict do nothing",
                experiment);
        long daq = id("select id from daq");
        long dataset = insert(
                "insert into dataset (experiment_id, name, part, state, completed_at)"
                        + " values (?, ?, ?, 'TRIGGERED', now() - interval '1 minute')",
                experiment,
                name,
                part);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            jdbc.update(
                    "insert into file (experiment_id, beamline, dataset_id, daq_id, path, source, size, mtime_ns, digest,"
                            + " state) values (?, '2-BM', ?, ?, ?, ?, ?, ?, ?, 'CATALOGUED')",
                    experiment,
                    dataset,
                    daq,
                    file.getKey(),
                    "/detector/" + file.getKey(),
                    file.getValue().length,
                    1_700_000_000_123_456_789L,
                    SampleBag.sha256(file.getValue()));
            Path stored = stored(file.getKey());
            Files.createDirectories(stored.getParent());
            Files.write(stored, file.getValue());
        }
        return dataset;
    }

    Path stored(String path) {
        return data().resolve(path);
    }

    Path data() {
        return directory.resolve("storage/2026").resolve(EXPERIMENT).resolve("data");
    }

    Path onTape(String path) {
        return directory.resolve("tape").resolve(path);
    }

    /** Every file of the tape library, temporaries included. */
    List<String> tapeFiles() throws IOException {
        return filesBelow(directory.resolve("tape"));
    }

    /** Every file in storage with its content's digest. */
    Map<String, String> storedFiles() throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (String path : filesBelow(data())) {
            found.put(path, SampleBag.sha256(Files.readAllBytes(data().resolve(path))));
        }
        return found;
    }

    private static List<String> filesBelow(Path root) throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(Files::isRegularFile)
                    .forEach(file -> found.add(root.relativize(file).toString()));
        }
        return found.stream().sorted().toList();
    }

    /** Asks for due datasets and plans, as the route does. */
    void plan() throws IOException {
        for (Map<String, Object> policy : planner().policies()) {
            String beamline = (String) policy.get("beamline");
            String sql = statement("due-for-archive")
                    .replace(":?beamline", "'" + beamline + "'")
                    .replace(":?seconds", policy.get("seconds").toString());
            planner().plan(beamline, jdbc.queryForList(sql));
        }
    }

    /** Claims as the route does. */
    List<Map<String, Object>> claim(String step) throws IOException {
        return jdbc.queryForList(statement("claim-" + step));
    }

    /** Claims and does one item; what fails is held as the route does. */
    void step(String step, Milestones milestones) throws IOException {
        for (Map<String, Object> row : claim(step)) {
            long id = (long) row.get("id");
            long run = (long) row.get("claimed_by");
            try {
                switch (step) {
                    case "archive" -> archiver(milestones).archive(id, run);
                    case "release" -> releaser(milestones).release(id, run);
                    default -> recaller(milestones).recall(id, run);
                }
            } catch (IOException | RuntimeException e) {
                work.failed(org.lightpipe.catalog.Step.of(step), id, e);
            }
        }
    }

    void step(String step) throws IOException {
        step(step, Milestones.NONE);
    }

    /** The hub of another process is dead, as its lease says. */
    void otherHubsAreGone() {
        jdbc.update("update hub_run set stopped_at = now() where id <> ?", catalog.hubRun());
    }

    private String statement(String name) throws IOException {
        return Files.readString(Path.of("../routes/sql/" + name + ".sql"));
    }

    long insert(String sql, Object... arguments) {
        return jdbc.queryForObject(sql + " returning id", Long.class, arguments);
    }

    long id(String sql) {
        return jdbc.queryForObject(sql, Long.class);
    }

    String text(String sql, Object... arguments) {
        return jdbc.queryForObject(sql, String.class, arguments);
    }

    /** The next part that a dataset may have. */
    int part() {
        return (int) id("select max(part) + 1 from dataset");
    }

    /** How many files of a dataset are in each state. */
    Map<String, Long> fileStates(long dataset) {
        Map<String, Long> states = new TreeMap<>();
        jdbc.query(
                "select state, count(*) from file where dataset_id = ? group by state",
                row -> {
                    states.put(row.getString(1), row.getLong(2));
                },
                dataset);
        return states;
    }
}
