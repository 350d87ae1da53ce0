package org.lightpipe.archive;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.config.ArchivePolicy;
import org.lightpipe.config.Beamline;
import org.lightpipe.config.LiveConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Plans bags for datasets that are due. Planning twice, or on two hubs at once, plans one bag: a dataset has at most one.
 * Thread-safe.
 */
public final class ArchivePlanner {

    private static final Logger LOG = LoggerFactory.getLogger(ArchivePlanner.class);

    private final JdbcTemplate jdbc;
    private final LiveConfiguration configuration;

    /**
     * @param jdbc the catalog
     * @param configuration the beamlines' policies
     */
    public ArchivePlanner(JdbcTemplate jdbc, LiveConfiguration configuration) {
        this.jdbc = jdbc;
        this.configuration = configuration;
    }

    /**
     * The beamlines whose data goes to tape, and after how long: each a map of {@code beamline} and {@code seconds}.
     */
    public List<Map<String, Object>> policies() {
        return configuration.get().beamlines().values().stream()
                .filter(beamline -> beamline.archive().isPresent())
                .sorted(Comparator.comparing(Beamline::name))
                .map(beamline -> Map.<String, Object>of(
                        "beamline",
                        beamline.name(),
                        "seconds",
                        beamline.archive().get().after().toSeconds()))
                .toList();
    }

    /**
     * Plans a bag for each dataset that is due and of which nothing is held for a person.
     *
     * @param beamline their beamline
     * @param due rows with {@code id}, {@code experiment}, {@code dataset}, {@code part} and {@code failed} (the file that
     *     failed, or null)
     */
    public void plan(String beamline, List<Map<String, Object>> due) {
        Optional<ArchivePolicy> policy = Optional.ofNullable(
                        configuration.get().beamlines().get(beamline))
                .flatMap(Beamline::archive);
        if (policy.isEmpty()) {
            return;
        }
        followRelease(beamline, policy.get());
        for (Map<String, Object> row : due) {
            long dataset = ((Number) row.get("id")).longValue();
            if (row.get("failed") == null) {
                plan(dataset, row, policy.get());
            } else {
                block(dataset, row);
            }
        }
    }

    private void plan(long dataset, Map<String, Object> row, ArchivePolicy policy) {
        String path = BagNames.tapePath(
                (String) row.get("experiment"),
                (String) row.get("dataset"),
                ((Number) row.get("part")).intValue(),
                dataset);
        int planned = jdbc.update(
                "insert into bag (dataset_id, tape, path, algorithm, release) values (?, ?, ?, ?, ?)"
                        + " on conflict (dataset_id) do nothing",
                dataset,
                policy.tape(),
                path,
                policy.digest(),
                policy.release());
        jdbc.update("update dataset set reason = null where id = ? and reason is not null", dataset);
        if (planned == 1) {
            LOG.info("archive: dataset {} is due and goes to {}", dataset, path);
        }
    }

    /** A dataset with a file that failed would be archived without it; the dataset says what it waits for. */
    private void block(long dataset, Map<String, Object> row) {
        String reason = "not archived: file " + row.get("failed") + "; mend it and retry";
        int changed = jdbc.update(
                "update dataset set reason = ? where id = ? and reason is distinct from ?", reason, dataset, reason);
        if (changed == 1) {
            LOG.warn("archive: dataset {}/{} is {}", row.get("experiment"), row.get("dataset"), reason);
        }
    }

    /** Bags that wait on tape follow the beamline's policy of today. */
    private void followRelease(String beamline, ArchivePolicy policy) {
        jdbc.update(
                "update bag set release = ? from dataset join experiment on experiment.id = dataset.experiment_id"
                        + " where dataset.id = bag.dataset_id and experiment.beamline = ?"
                        + " and bag.state in ('PLANNED', 'BUILDING', 'VERIFIED') and bag.release <> ?",
                policy.release(),
                beamline,
                policy.release());
    }
}
