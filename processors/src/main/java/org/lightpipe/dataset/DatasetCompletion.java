package org.lightpipe.dataset;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.lightpipe.catalog.Hints;
import org.lightpipe.catalog.Step;
import org.lightpipe.config.Beamline;
import org.lightpipe.config.DatasetRule;
import org.lightpipe.config.LiveConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Closes datasets that are complete: there is something, nothing of it is on its way or held, and the beamline's rule
 * says so. A look costs what is open and what waits, and not what is there: files are counted once, at the end.
 * Thread-safe.
 */
public final class DatasetCompletion {

    private static final Logger LOG = LoggerFactory.getLogger(DatasetCompletion.class);

    /** Datasets closed in one transaction, and transactions of one look. */
    private static final int BATCH = 500;

    private static final int BATCHES = 20;

    /**
     * Those that may be complete. One that a batch of files is being written to is left for the next look. Whether
     * something waits is asked for each by itself, since a join would read all that waits.
     */
    private static final String CANDIDATES = """
            select d.id from dataset d join experiment e on e.id = d.experiment_id
            where d.state = 'OPEN' and e.beamline = ?
                and (d.last_file_at < now() - ? * interval '1 millisecond' or d.marked or d.file_count >= ?)
                and (select f.id from file f where f.experiment_id = d.experiment_id and f.dataset_id = d.id
                    and f.state in ('DETECTED', 'TRANSFERRING', 'STORED', 'CATALOGUING', 'CHANGED', 'FAILED')
                    limit 1) is null
            limit ? for update of d skip locked
            """;

    /** The counts that were kept while files came only chose the candidates; what is written down is counted. */
    private static final String COMPLETE = """
            update dataset d set state = 'COMPLETE', completed_at = now(), since = now(), not_before = now(),
                file_count = s.files, byte_count = s.bytes
            from (select o.id, f.files, f.bytes, f.pending from dataset o cross join lateral (
                select count(*) as files, coalesce(sum(f.size), 0) as bytes,
                    count(*) filter (where f.state in
                        ('DETECTED', 'TRANSFERRING', 'STORED', 'CATALOGUING', 'CHANGED', 'FAILED')) as pending
                from file f where f.experiment_id = o.experiment_id and f.dataset_id = o.id) f
                where o.id = any(?)) s
            where d.id = s.id and s.files > 0 and s.pending = 0
                and (d.last_file_at < now() - ? * interval '1 millisecond' or d.marked or s.files >= ?)
            returning d.id, d.name, d.part, d.file_count, d.byte_count
            """;

    private static final String OPEN = """
            select d.id from dataset d join experiment e on e.id = d.experiment_id
            where d.state = 'OPEN' and e.beamline = ? and (d.marked or ?)
            order by d.experiment_id, d.name collate "C", d.part for update of d
            """;

    private static final String MARK = """
            update dataset d set marked = exists (select 1 from file f
                where f.experiment_id = d.experiment_id and f.dataset_id = d.id and regexp_replace(f.path, '^.*/', '') like ?)
            where d.id = any(?)
            """;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final LiveConfiguration configuration;
    private final Hints hints;
    private final Map<String, String> markers = new ConcurrentHashMap<>();

    /** With nobody to wake: what comes next finds the datasets at its next look. */
    public DatasetCompletion(JdbcTemplate jdbc, TransactionTemplate transactions, LiveConfiguration configuration) {
        this(jdbc, transactions, configuration, new Hints());
    }

    public DatasetCompletion(
            JdbcTemplate jdbc, TransactionTemplate transactions, LiveConfiguration configuration, Hints hints) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.configuration = configuration;
        this.hints = hints;
    }

    /** Looks for complete datasets, beamline by beamline. */
    public void complete() {
        for (Beamline beamline : configuration.get().beamlines().values()) {
            mark(beamline);
            int closed = BATCH;
            for (int i = 0; i < BATCHES && closed == BATCH; i++) {
                closed = transactions.execute(status -> complete(beamline));
            }
        }
    }

    /**
     * Files mark their datasets as they come, by the rule of that moment. When the rule has become another, and once
     * after a start, the files that are there are looked through.
     */
    private void mark(Beamline beamline) {
        String marker = beamline.dataset().marker().orElse("");
        if (marker.equals(markers.get(beamline.name()))) {
            return;
        }
        transactions.executeWithoutResult(status -> {
            // Locked first: the second statement then sees every file that came before the lock.
            Long[] open = jdbc.queryForList(OPEN, Long.class, beamline.name(), !marker.isEmpty())
                    .toArray(Long[]::new);
            jdbc.update(MARK, like(marker), open);
        });
        markers.put(beamline.name(), marker);
    }

    private int complete(Beamline beamline) {
        DatasetRule rule = beamline.dataset();
        long quiet = rule.quiet().toMillis();
        int count = rule.count().orElse(Integer.MAX_VALUE);
        // Locked first: the second statement then sees every file that came before the lock.
        Long[] candidates = jdbc.queryForList(CANDIDATES, Long.class, beamline.name(), quiet, count, BATCH)
                .toArray(Long[]::new);
        if (candidates.length == 0) {
            return 0;
        }
        List<Map<String, Object>> completed = jdbc.queryForList(COMPLETE, candidates, quiet, count);
        for (Map<String, Object> dataset : completed) {
            LOG.info(
                    "dataset {} part {} is complete: {} files, {} bytes",
                    dataset.get("name"),
                    dataset.get("part"),
                    dataset.get("file_count"),
                    dataset.get("byte_count"));
        }
        if (!completed.isEmpty()) {
            hints.wake(Step.TRIGGER);
        }
        return completed.size();
    }

    /** A glob of a name as a pattern of SQL's like. */
    private static String like(String glob) {
        return glob.replace("\\", "\\\\")
                .replace("%", "\\%")
                .replace("_", "\\_")
                .replace("*", "%")
                .replace("?", "_");
    }
}
