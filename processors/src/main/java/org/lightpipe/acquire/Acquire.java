package org.lightpipe.acquire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.lightpipe.config.DatasetRule;
import org.lightpipe.config.LiveConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes finished files into the catalog, each with its dataset. Thread-safe. */
public final class Acquire {

    private static final String OPEN_DATASET =
            "insert into dataset (experiment_id, name, part) select ?, ?, coalesce(max(part), 0) + 1 from dataset"
                    + " where experiment_id = ? and name = ?"
                    + " on conflict (experiment_id, name) where state = 'OPEN' do update set last_file_at = now()"
                    + " returning id";

    /**
     * A new file is a new row. A known file whose size or time is another is taken again: it was overwritten, or it
     * changed while it was copied. While its transfer runs only the generation moves on, and the transfer sees that.
     */
    private static final String FILE =
            "insert into file as f (experiment_id, dataset_id, daq_id, path, source, size, mtime_ns)"
                    + " values (?, ?, ?, ?, ?, ?, ?)"
                    + " on conflict (experiment_id, path) do update set size = excluded.size, mtime_ns = excluded.mtime_ns,"
                    + " source = excluded.source, daq_id = excluded.daq_id, generation = f.generation + 1,"
                    + " dataset_id = excluded.dataset_id, attempts = 0, reason = null, failed_from = null, not_before = now(), since = now(),"
                    + " state = case when f.state = 'TRANSFERRING' then f.state else 'DETECTED' end"
                    + " where (f.size, f.mtime_ns) <> (excluded.size, excluded.mtime_ns) or f.state = 'CHANGED'";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final LiveConfiguration configuration;

    public Acquire(JdbcTemplate jdbc, TransactionTemplate transactions, LiveConfiguration configuration) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.configuration = configuration;
    }

    /**
     * Catalogs a batch of finished files.
     *
     * @param daq id of the monitor that found them
     * @param files the files
     */
    public void detected(long daq, List<LandedFile> files) {
        transactions.executeWithoutResult(status -> {
            Map<String, Object> monitor = jdbc.queryForMap(
                    "select d.experiment_id, d.directory, e.beamline from daq d"
                            + " join experiment e on e.id = d.experiment_id where d.id = ?",
                    daq);
            long experiment = ((Number) monitor.get("experiment_id")).longValue();
            DatasetRule rule =
                    configuration.beamline((String) monitor.get("beamline")).dataset();
            List<LandedFile> news = unknown(experiment, files);
            Map<String, Long> datasets = new HashMap<>();
            jdbc.batchUpdate(FILE, news, news.size() + 1, (statement, file) -> {
                statement.setLong(1, experiment);
                statement.setLong(
                        2, datasets.computeIfAbsent(datasetOf(rule, file.path()), name -> open(experiment, name)));
                statement.setLong(3, daq);
                statement.setString(4, file.path());
                statement.setString(5, monitor.get("directory") + "/" + file.path());
                statement.setLong(6, file.size());
                statement.setLong(7, file.mtimeNs());
            });
        });
    }

    /** After a restart every file is told once more: what the catalog knows already must not open a dataset. */
    private List<LandedFile> unknown(long experiment, List<LandedFile> files) {
        Map<String, LandedFile> byPath = new HashMap<>();
        files.forEach(file -> byPath.put(file.path(), file));
        jdbc.query(
                "select path, size, mtime_ns from file where experiment_id = ? and path = any(?) and state <> 'CHANGED'",
                rows -> {
                    LandedFile known = new LandedFile(rows.getString(1), rows.getLong(2), rows.getLong(3));
                    byPath.remove(known.path(), known);
                },
                experiment,
                byPath.keySet().toArray(String[]::new));
        return List.copyOf(byPath.values());
    }

    private long open(long experiment, String name) {
        Long id = jdbc.queryForObject(OPEN_DATASET, Long.class, experiment, name, experiment, name);
        if (id == null) {
            throw new IllegalStateException("dataset " + name + " was not opened");
        }
        return id;
    }

    static String datasetOf(DatasetRule rule, String path) {
        Matcher matcher = rule.name().matcher(path);
        String name = matcher.matches() ? matcher.group("dataset") : null;
        // A file that the rule does not know is not lost: it is a dataset of its own.
        return name == null || name.isEmpty() ? path : name;
    }
}
