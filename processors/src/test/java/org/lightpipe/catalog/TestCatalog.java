package org.lightpipe.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A catalog on a real PostgreSQL, with short ways to put into it what the steps would. One server serves all tests of a
 * JVM; each test, or class of tests, begins with an empty one. All of its connections belong to one run of a hub.
 */
public final class TestCatalog implements AutoCloseable {

    /** The run that every test starts with: an emptied catalog counts from 1 again. */
    private static final long FIRST_RUN = 1;

    private static final String HUB_RUN =
            "insert into hub_run (name, host, pid, lease) values ('test', 'here', 1, interval '1 hour') returning id";

    /** A property of the hub with its default, as routes write it. */
    private static final Pattern PROPERTY = Pattern.compile(":#\\$\\{properties:[^:}]+:(\\d+)}");

    private static final class Shared {
        private static final EmbeddedPostgres SERVER = start();
        private static final TestCatalog CATALOG = first();
    }

    private final String url;
    private final String username;
    private final String password;
    private final long hubRun;
    private final HikariDataSource dataSource;

    private TestCatalog(String url, String username, String password, long hubRun) {
        this.url = url;
        this.username = username;
        this.password = password;
        this.hubRun = hubRun;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(username);
        config.setPassword(password);
        config.setMaximumPoolSize(16);
        config.setMinimumIdle(1);
        config.setConnectionInitSql("set lightpipe.hub_run = '" + hubRun + "'");
        this.dataSource = new HikariDataSource(config);
    }

    /** The catalog, as another test left it. */
    public static TestCatalog shared() {
        return Shared.CATALOG;
    }

    /** The catalog, emptied but for one run of a hub, which lives. */
    public static TestCatalog empty() {
        TestCatalog catalog = Shared.CATALOG;
        catalog.transactions().executeWithoutResult(status -> {
            JdbcTemplate jdbc = catalog.jdbc();
            jdbc.execute("set local lock_timeout = '30s'");
            jdbc.execute("truncate "
                    + jdbc.queryForObject(
                            "select string_agg(quote_ident(tablename), ', ') from pg_tables"
                                    + " where schemaname = 'public' and tablename <> 'flyway_schema_history'",
                            String.class)
                    + " restart identity cascade");
            jdbc.queryForObject(HUB_RUN, Long.class);
        });
        return catalog;
    }

    /** A catalog as one more hub sees it, which lives; perhaps in another process. */
    public static TestCatalog at(List<String> address) {
        JdbcTemplate once =
                new JdbcTemplate(new DriverManagerDataSource(address.get(0), address.get(1), address.get(2)));
        return new TestCatalog(
                address.get(0), address.get(1), address.get(2), once.queryForObject(HUB_RUN, Long.class));
    }

    private static EmbeddedPostgres start() {
        try {
            Path state = Files.createTempDirectory("lightpipe-catalog");
            EmbeddedPostgres postgres = EmbeddedPostgres.start(state);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                postgres.close();
                                deleteAll(state);
                            },
                            "stop-test-catalog"));
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestCatalog first() {
        EmbeddedPostgres server = Shared.SERVER;
        TestCatalog catalog = new TestCatalog(server.jdbcUrl(), server.username(), server.password(), FIRST_RUN);
        Flyway.configure().dataSource(catalog.dataSource).load().migrate();
        return catalog;
    }

    private static void deleteAll(Path directory) {
        try (var walk = Files.walk(directory)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same catalog as another hub sees it, which lives too. */
    public TestCatalog otherHub() {
        return at(address());
    }

    /** Stops the server as a crash would, and starts it again. */
    public void restart() {
        Shared.SERVER.restart();
    }

    /** JDBC URL, user and password, for another process. */
    public List<String> address() {
        return List.of(url, username, password);
    }

    public HikariDataSource dataSource() {
        return dataSource;
    }

    public JdbcTemplate jdbc() {
        return new JdbcTemplate(dataSource);
    }

    public TransactionTemplate transactions() {
        return new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    /** The run of the hub that all connections belong to. */
    public long hubRun() {
        return hubRun;
    }

    /** The work of that run: three attempts, at once. */
    public Work work() {
        return work(3);
    }

    public Work work(int attempts) {
        return new Work(jdbc(), hubRun, new Work.RetryPolicy(attempts, Duration.ofMillis(1), Duration.ofMillis(1)));
    }

    public Publications publications() {
        return new Publications(jdbc());
    }

    /** One more hub that lives. */
    public long hub() {
        return jdbc().queryForObject(HUB_RUN, Long.class);
    }

    /** The lease of a hub is over. */
    public void gone(long hub) {
        jdbc().update("update hub_run set heartbeat_at = now() - interval '2 hours' where id = ?", hub);
    }

    /** Claims with the statement of the routes. */
    public List<Map<String, Object>> claim(Step step) {
        try {
            String statement = Files.readString(Path.of("../routes/sql/claim-" + step.label() + ".sql"));
            return jdbc().queryForList(PROPERTY.matcher(statement).replaceAll("$1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A ready experiment. */
    public long experiment(String name, String beamline, String title, String... users) {
        JdbcTemplate jdbc = jdbc();
        long id = jdbc.queryForObject(
                "insert into experiment (name, station, beamline, type, title, root_path, form, created_by, state)"
                        + " values (?, 'sector 2', ?, 'GUP', ?, ?, '{}', 'test', 'READY') returning id",
                Long.class,
                name,
                beamline,
                title,
                name);
        for (String user : users) {
            jdbc.update("insert into experiment_user values (?, ?, 'user')", id, user);
        }
        return id;
    }

    /** The files of a beamline may go into a storage. */
    public void lane(String beamline, String storage) {
        jdbc().update("insert into storage_state (storage) values (?) on conflict do nothing", storage);
        jdbc().update("insert into lane values (?, ?, false) on conflict do nothing", beamline, storage);
    }

    /** A running monitor of an experiment. */
    public long daq(long experiment, Path directory) {
        return jdbc().queryForObject(
                        "insert into daq (experiment_id, directory, started_by) values (?, ?, 'test') returning id",
                        Long.class,
                        experiment,
                        directory.toString());
    }

    /** A dataset that is done with. */
    public long dataset(long experiment, String name, String metadata) {
        return jdbc().queryForObject(
                        "insert into dataset (experiment_id, name, metadata, state, completed_at, file_count, byte_count)"
                                + " values (?, ?, ?::jsonb, 'TRIGGERED', now(), 1, 1000) returning id",
                        Long.class,
                        experiment,
                        name,
                        metadata);
    }

    /** A complete dataset of experiment {@code e1} at beamline {@code 2-BM}, without files. */
    public long dataset(String name, int part) {
        Long experiment = jdbc().queryForObject(
                        "insert into experiment (name, station, beamline, type, title, root_path, form, created_by)"
                                + " values ('e1', 'S', '2-BM', 't', 't', '2026/e1', '{}', 'me')"
                                + " on conflict (name) do update set title = 't' returning id",
                        Long.class);
        return jdbc().queryForObject(
                        "insert into dataset (experiment_id, name, part, state) values (?, ?, ?, 'COMPLETE')"
                                + " returning id",
                        Long.class,
                        experiment,
                        name,
                        part);
    }

    /** A catalogued file of a dataset. */
    public long file(long dataset, String path, Map<String, String> metadata) {
        try {
            return file(dataset, path, new ObjectMapper().writeValueAsString(metadata));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A catalogued file of a dataset. */
    public long file(long dataset, String path, String metadata) {
        JdbcTemplate jdbc = jdbc();
        long daq = jdbc.queryForObject(
                "insert into daq (experiment_id, directory, started_by, state)"
                        + " select experiment_id, '/detector', 'test', 'STOPPED' from dataset where id = ? returning id",
                Long.class,
                dataset);
        return jdbc.queryForObject(
                "insert into file (experiment_id, beamline, dataset_id, daq_id, path, source, size, mtime_ns, digest,"
                        + " metadata, state) select experiment_id, (select beamline from experiment e where e.id ="
                        + " experiment_id), id, ?, ?, ?, 1000, 0, ?, ?::jsonb, 'CATALOGUED'"
                        + " from dataset where id = ? returning id",
                Long.class,
                daq,
                path,
                "/detector/" + path,
                "ab".repeat(32),
                metadata,
                dataset);
    }

    /** A job in any state. */
    public long job(long dataset, String workflow, String state) {
        return jdbc().queryForObject(
                        "insert into job (dataset_id, workflow, owner, arguments, submitted_by, request_key, state,"
                                + " started_at, ended_at) values (?, ?, 'test', '{}', 'rule', gen_random_uuid()::text, ?,"
                                + " now(), now()) returning id",
                        Long.class,
                        dataset,
                        workflow,
                        state);
    }

    /** A job that a hub has claimed. */
    public long claimedJob(long dataset, String workflow, Map<String, String> arguments, long hub) {
        long job = job(dataset, workflow, "RUNNING");
        try {
            jdbc().update(
                            "update job set claimed_by = ?, arguments = ?::jsonb, started_at = null, ended_at = null"
                                    + " where id = ?",
                            hub,
                            new ObjectMapper().writeValueAsString(arguments),
                            job);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
        return job;
    }

    public void stage(long job, String stage, String metrics) {
        jdbc().update(
                        "insert into stage_run (job_id, stage, resource, action, state, exit_status, metrics, ended_at)"
                                + " values (?, ?, 'local', 'command', 'DONE', 0, ?::jsonb, now())",
                        job,
                        stage,
                        metrics);
    }

    public void result(long job, String path, String kind, long size, String digest) {
        jdbc().update(
                        "insert into result (job_id, path, kind, size, digest) values (?, ?, ?, ?, ?)",
                        job,
                        path,
                        kind,
                        size,
                        digest);
    }

    /** Asks for a dataset's record, and claims it as the route would. */
    public long claimed(long dataset) {
        publications().request(dataset);
        return jdbc().queryForObject(
                        "update publication set state = 'PUBLISHING', claimed_by = ? where dataset_id = ? returning id",
                        Long.class,
                        hubRun,
                        dataset);
    }

    public String state(String table, long id) {
        return jdbc().queryForObject("select state from " + table + " where id = ?", String.class, id);
    }

    public List<Map<String, Object>> rows(String query, Object... arguments) {
        return jdbc().queryForList(query, arguments);
    }

    /** Gives the connections back; the server serves the next test. */
    @Override
    public void close() {
        if (this != Shared.CATALOG) {
            dataSource.close();
        }
    }
}
