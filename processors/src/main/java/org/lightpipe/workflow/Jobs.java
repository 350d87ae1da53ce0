package org.lightpipe.workflow;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Workflow;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.core.YamlMap;
import org.lightpipe.storage.Storages;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Jobs that people ask for, and how they stand. Thread-safe. */
public final class Jobs {

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final LiveConfiguration configuration;
    private final DatasetLookup datasets;
    private final Submission submission;

    /** @param state state directory of the hub */
    public Jobs(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            LiveConfiguration configuration,
            Storages storages,
            Path state) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.configuration = configuration;
        this.datasets = new DatasetLookup(jdbc);
        this.submission = new Submission(jdbc, new Places(configuration, storages, state));
    }

    /**
     * Asks for a workflow to be run on a complete dataset.
     *
     * @param arguments over the workflow's defaults
     * @param who who asks
     * @param requestKey the same key never starts a second job
     * @return id of the job, which may be an earlier one of the same key
     * @throws InvalidInputException when the dataset, the workflow or an argument cannot be used; nothing was changed
     */
    public long submit(long datasetId, String workflow, Map<String, String> arguments, String who, String requestKey) {
        Map<String, Workflow> workflows = configuration.get().workflows();
        Workflow known = workflows.get(workflow);
        if (known == null) {
            throw InvalidInputException.of(
                    "job",
                    "workflow",
                    "workflow '" + workflow + "' is not known",
                    YamlMap.suggestion(workflow, List.copyOf(workflows.keySet())));
        }
        return transactions.execute(status -> {
            Dataset dataset = datasets.find(datasetId)
                    .filter(found -> !found.state().equals("OPEN"))
                    .orElseThrow(() -> InvalidInputException.of(
                            "job",
                            "dataset",
                            "there is no complete dataset " + datasetId,
                            "wait until it is complete"));
            DatasetFile file = datasets.firstFile(datasetId)
                    .orElseThrow(() -> InvalidInputException.of(
                            "job", "dataset", "dataset " + datasetId + " has no file on disk", "recall it from tape"));
            return submission.submit(dataset, known, arguments, file, who, requestKey);
        });
    }

    /** How a job stands; empty when there is no such job. */
    public Optional<JobView> view(long jobId) {
        List<JobView.StageView> stages = jdbc.query(
                "select * from stage_run where job_id = ? order by id",
                (rows, n) -> new JobView.StageView(
                        rows.getString("stage"),
                        rows.getString("resource"),
                        rows.getString("action"),
                        rows.getString("state"),
                        rows.getTimestamp("started_at").toInstant(),
                        instant(rows, "ended_at"),
                        exitStatus(rows),
                        Optional.ofNullable(rows.getString("output")).orElse(""),
                        rows.getString("metrics")),
                jobId);
        return jdbc
                .query(
                        "select * from job where id = ?",
                        (rows, n) -> new JobView(
                                rows.getLong("id"),
                                rows.getLong("dataset_id"),
                                rows.getString("workflow"),
                                rows.getString("owner"),
                                Arguments.fromJson(rows.getString("arguments")),
                                rows.getString("state"),
                                Optional.ofNullable(rows.getString("stage")),
                                rows.getTimestamp("submitted_at").toInstant(),
                                rows.getString("submitted_by"),
                                instant(rows, "started_at"),
                                instant(rows, "ended_at"),
                                Optional.ofNullable(rows.getString("reason")),
                                stages),
                        jobId)
                .stream()
                .findFirst();
    }

    private static Optional<Instant> instant(ResultSet rows, String column) throws SQLException {
        return Optional.ofNullable(rows.getTimestamp(column)).map(Timestamp::toInstant);
    }

    private static OptionalInt exitStatus(ResultSet rows) throws SQLException {
        int status = rows.getInt("exit_status");
        return rows.wasNull() ? OptionalInt.empty() : OptionalInt.of(status);
    }
}
