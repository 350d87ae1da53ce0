package org.lightpipe.dataset;

import java.util.List;
import java.util.Map;
import org.lightpipe.config.Beamline;
import org.lightpipe.config.DatasetRule;
import org.lightpipe.config.LiveConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Closes datasets that are complete. Thread-safe. */
public final class DatasetCompletion {

    private static final Logger LOG = LoggerFactory.getLogger(DatasetCompletion.class);

    /** Complete means: there is something, nothing of it is on its way or held, and the beamline's rule says so. */
    private static final String COMPLETE =
            "update dataset d set state = 'COMPLETE', completed_at = now(), since = now(), not_before = now(),"
                    + " file_count = s.files, byte_count = s.bytes"
                    + " from (select f.dataset_id, count(*) as files, coalesce(sum(f.size), 0) as bytes,"
                    + "   count(*) filter (where f.state in"
                    + "     ('DETECTED', 'TRANSFERRING', 'STORED', 'CATALOGUING', 'CHANGED', 'FAILED')) as pending,"
                    + "   count(*) filter (where regexp_replace(f.path, '^.*/', '') like ?) as markers"
                    + "   from file f where f.dataset_id = any(?) group by f.dataset_id) s"
                    + " where d.id = s.dataset_id and s.pending = 0"
                    + " and (d.last_file_at < now() - ? * interval '1 millisecond' or s.markers > 0 or s.files >= ?)"
                    + " returning d.id, d.name, d.part, d.file_count, d.byte_count";

    /** An open dataset that a batch of files is being written to is left for the next look. */
    private static final String OPEN = "select d.id from dataset d join experiment e on e.id = d.experiment_id"
            + " where d.state = 'OPEN' and e.beamline = ? for update of d skip locked";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final LiveConfiguration configuration;

    public DatasetCompletion(JdbcTemplate jdbc, TransactionTemplate transactions, LiveConfiguration configuration) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.configuration = configuration;
    }

    /** Looks for complete datasets, beamline by beamline. */
    public void complete() {
        for (Beamline beamline : configuration.get().beamlines().values()) {
            transactions.executeWithoutResult(status -> complete(beamline));
        }
    }

    private void complete(Beamline beamline) {
        // Locked first: the second statement then sees every file that came before the lock.
        Long[] open = jdbc.queryForList(OPEN, Long.class, beamline.name()).toArray(Long[]::new);
        if (open.length == 0) {
            return;
        }
        DatasetRule rule = beamline.dataset();
        List<Map<String, Object>> completed = jdbc.queryForList(
                COMPLETE,
                rule.marker().map(DatasetCompletion::like).orElse(""),
                open,
                rule.quiet().toMillis(),
                rule.count().orElse(Integer.MAX_VALUE));
        for (Map<String, Object> dataset : completed) {
            LOG.info(
                    "dataset {} part {} is complete: {} files, {} bytes",
                    dataset.get("name"),
                    dataset.get("part"),
                    dataset.get("file_count"),
                    dataset.get("byte_count"));
        }
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
