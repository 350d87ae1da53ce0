package org.lightpipe.workflow;

import java.sql.PreparedStatement;
import java.util.List;
import java.util.Optional;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.config.WorkflowRule;
import org.springframework.jdbc.core.JdbcTemplate;

/** Datasets and their files as workflows see them. Thread-safe. */
final class DatasetLookup {

    private static final int ROWS_AT_ONCE = 1000;

    private final JdbcTemplate jdbc;

    DatasetLookup(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Dataset> find(long id) {
        return jdbc
                .query(
                        "select d.id, d.name, d.part, d.state, e.name as experiment, e.beamline, e.root_path"
                                + " from dataset d join experiment e on e.id = d.experiment_id where d.id = ?",
                        (rows, n) -> new Dataset(
                                rows.getLong("id"),
                                rows.getString("name"),
                                rows.getInt("part"),
                                rows.getString("state"),
                                rows.getString("experiment"),
                                rows.getString("beamline"),
                                rows.getString("root_path")),
                        id)
                .stream()
                .findFirst();
    }

    Dataset get(long id) {
        return find(id).orElseThrow(() -> new PermanentFailureException("there is no dataset " + id));
    }

    /**
     * The first file on disk, by path, that a rule is about. Reads paths in portions (within a transaction), because a dataset
     * may have a million files.
     */
    Optional<DatasetFile> firstFile(long datasetId, WorkflowRule rule) {
        FileGlobs globs = new FileGlobs(rule.files());
        return jdbc.query(
                connection -> {
                    // every field must be a key of the metadata: ?& is an operator, and ?? is a ? for the driver
                    PreparedStatement statement = connection.prepareStatement(
                            "select path, source, coalesce(digest, '') from file where dataset_id = ?"
                                    + " and state in ('CATALOGUED', 'ARCHIVED', 'RECALLED') and metadata ??& ? order by path collate \"C\"");
                    statement.setFetchSize(ROWS_AT_ONCE);
                    statement.setLong(1, datasetId);
                    statement.setArray(
                            2, connection.createArrayOf("text", rule.has().toArray()));
                    return statement;
                },
                rows -> {
                    while (rows.next()) {
                        String path = rows.getString(1);
                        if (globs.match(path)) {
                            return Optional.of(new DatasetFile(path, rows.getString(2), rows.getString(3)));
                        }
                    }
                    return Optional.empty();
                });
    }

    /** The first file by path, whatever it is. */
    Optional<DatasetFile> firstFile(long datasetId) {
        return firstFile(datasetId, new WorkflowRule("", List.of(), List.of(), java.util.Map.of()));
    }
}
