package org.lightpipe.verify;

import java.io.IOException;
import java.sql.Array;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.lightpipe.catalog.FileScope;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.storage.Storages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Compares storage with the catalog, a batch of files at a time; after each the place is written down, so that a restart
 * goes on there. Thread-safe.
 */
public final class Verifier implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);
    private static final int BATCH = 500;
    private static final Duration BEAT = Duration.ofSeconds(2);

    private final JdbcTemplate jdbc;
    private final Work work;
    private final LiveConfiguration configuration;
    private final Storages storages;
    private final Settlement settlement;
    private final Throttle throttle = new Throttle();
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    public Verifier(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages) {
        this.jdbc = jdbc;
        this.work = work;
        this.configuration = configuration;
        this.storages = storages;
        this.settlement = new Settlement(jdbc, transactions, work);
    }

    /** Files that this hub has compared since it started. */
    public long files() {
        return files.get();
    }

    /** Bytes that this hub has compared since it started. */
    public long bytes() {
        return bytes.get();
    }

    /**
     * Compares the next batch of a verification.
     *
     * @param row the claimed row: id, experiment_id, path, rate, attempts, last_experiment, last_path
     * @throws IOException when the storage of the next file cannot be reached
     */
    public void verify(Map<String, Object> row) throws IOException {
        long id = number(row, "id");
        FileScope scope = new FileScope(
                row.get("experiment_id") == null ? OptionalLong.empty() : OptionalLong.of(number(row, "experiment_id")),
                (String) row.get("path"));
        begin(id, scope);
        List<StoredFile> next = next(scope, number(row, "last_experiment"), (String) row.get("last_path"));
        Throttle.Meter meter = throttle.meter();
        Heartbeat heartbeat = new Heartbeat(id, meter);
        try (Batch batch = new Batch(
                storages,
                configuration,
                throttle,
                new StoredBytes(meter, heartbeat),
                (int) number(row, "attempts"),
                absent(id))) {
            heartbeat.beat();
            batch.check(next);
            settlement.settle(id, batch, next.size() < BATCH && batch.passed() == next.size());
            files.addAndGet(batch.passed());
            bytes.addAndGet(batch.results().stream()
                    .mapToLong(result -> result.file().size())
                    .sum());
        } catch (NoLongerHeldException e) {
            LOG.info("{}", e.getMessage());
            work.ended(Step.VERIFY, id);
        }
    }

    private static long number(Map<String, Object> row, String column) {
        return ((Number) row.get(column)).longValue();
    }

    private void begin(long id, FileScope scope) {
        Integer begun = jdbc.queryForObject(
                "select count(*) from verification where id = ? and started_at is not null", Integer.class, id);
        if (begun != null && begun > 0) {
            return;
        }
        FileScope.Condition all = scope.all();
        Map<String, Object> total = jdbc.queryForMap(
                "select count(*) as files, coalesce(sum(f.size), 0)::bigint as bytes from file f where " + all.sql()
                        + " and " + Settlement.IN_STORAGE,
                all.arguments().toArray());
        jdbc.update(
                "update verification set started_at = now(), total_files = ?, total_bytes = ? where id = ?",
                total.get("files"),
                total.get("bytes"),
                id);
    }

    private Set<Batch.Absence> absent(long id) {
        return new HashSet<>(jdbc.query(
                "select experiment_id, storage from rot where verification_id = ? and kind = 'ABSENT'",
                (rows, index) -> new Batch.Absence(rows.getLong(1), rows.getString(2)),
                id));
    }

    private List<StoredFile> next(FileScope scope, long lastExperiment, String lastPath) {
        FileScope.Condition condition = scope.behind(lastExperiment, lastPath);
        return jdbc.query(
                "with n as materialized (select f.id, f.experiment_id, f.path, f.size, f.digest, f.generation from file f"
                        + " where " + condition.sql() + " and " + Settlement.IN_STORAGE
                        + " order by f.experiment_id, f.path limit " + BATCH + ")"
                        + " select n.*, e.name, e.beamline, e.root_path, array(select c.storage from file_copy c"
                        + " where c.file_id = n.id and c.experiment_id = n.experiment_id and c.state = 'STORED'"
                        + " order by c.storage) as copies from n join experiment e on e.id = n.experiment_id"
                        + " order by n.experiment_id, n.path",
                (rows, index) -> {
                    Array copies = rows.getArray("copies");
                    return new StoredFile(
                            rows.getLong("id"),
                            rows.getLong("experiment_id"),
                            rows.getString("name"),
                            rows.getString("beamline"),
                            rows.getString("root_path"),
                            rows.getString("path"),
                            rows.getLong("size"),
                            rows.getString("digest"),
                            rows.getInt("generation"),
                            List.of((String[]) copies.getArray()));
                },
                condition.arguments().toArray());
    }

    /** Asks now and then whether the verification is still ours, and how fast it may be now. */
    private final class Heartbeat implements StoredBytes.Heartbeat {
        private final long id;
        private final Throttle.Meter meter;
        private boolean begun;
        private long last;

        Heartbeat(long id, Throttle.Meter meter) {
            this.id = id;
            this.meter = meter;
        }

        @Override
        public void beat() throws IOException {
            long now = System.nanoTime();
            if (begun && now - last < BEAT.toNanos()) {
                return;
            }
            begun = true;
            last = now;
            List<Long> rate = jdbc.queryForList(
                    "select rate from verification where id = ? and state = 'RUNNING' and claimed_by = this_hub()",
                    Long.class,
                    id);
            if (rate.isEmpty()) {
                throw new NoLongerHeldException(id);
            }
            meter.rate(rate.get(0));
        }
    }

    /** Ends what is being read; the place up to which it was compared is kept. */
    @Override
    public void close() {
        throttle.stop();
    }
}
