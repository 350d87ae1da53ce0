package org.lightpipe.workflow;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/** Attempts at stages in the catalog. Ends are compare-and-set on RUNNING. Thread-safe. */
final class StageRuns {

    private final JdbcTemplate jdbc;

    StageRuns(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * An attempt that never ended in the catalog.
     *
     * @param run its row
     * @param stage key of the stage
     * @param host machine it ran on
     * @param pid process that it started, when that was recorded
     * @param processStarted start of that process
     */
    record Unfinished(StageRun run, String stage, String host, OptionalLong pid, Optional<Instant> processStarted) {}

    StageRun begin(long jobId, String stage, String resource, String action, String host) {
        return jdbc.queryForObject(
                "insert into stage_run (job_id, stage, resource, action, host) values (?, ?, ?, ?, ?)"
                        + " returning id, started_at",
                (rows, n) -> new StageRun(rows.getLong(1), rows.getTimestamp(2).toInstant()),
                jobId,
                stage,
                resource,
                action,
                host);
    }

    void started(StageRun run, long pid, Optional<Instant> started) {
        jdbc.update(
                "update stage_run set pid = ?, pid_started = ? where id = ?",
                pid,
                started.map(Timestamp::from).orElse(null),
                run.id());
    }

    /** @return false when the attempt was ended by someone else; nothing was changed */
    boolean end(StageRun run, String state, OptionalInt exitStatus, String output, Map<String, Object> metrics) {
        return jdbc.update(
                        "update stage_run set state = ?, ended_at = now(), exit_status = ?, output = ?,"
                                + " metrics = ?::jsonb where id = ? and state = 'RUNNING'",
                        state,
                        exitStatus.isPresent() ? exitStatus.getAsInt() : null,
                        output,
                        Arguments.toJson(metrics),
                        run.id())
                == 1;
    }

    List<Unfinished> unfinished(long jobId) {
        return jdbc.query(
                "select id, started_at, stage, coalesce(host, '') as host, pid, pid_started from stage_run"
                        + " where job_id = ? and state = 'RUNNING' order by id",
                (rows, n) -> {
                    long pid = rows.getLong("pid");
                    return new Unfinished(
                            new StageRun(
                                    rows.getLong("id"),
                                    rows.getTimestamp("started_at").toInstant()),
                            rows.getString("stage"),
                            rows.getString("host"),
                            pid == 0 ? OptionalLong.empty() : OptionalLong.of(pid),
                            Optional.ofNullable(rows.getTimestamp("pid_started"))
                                    .map(Timestamp::toInstant));
                },
                jobId);
    }

    /** Keys of the stages of a job that have succeeded. */
    Set<String> done(long jobId) {
        return new HashSet<>(jdbc.queryForList(
                "select distinct stage from stage_run where job_id = ? and state = 'DONE'", String.class, jobId));
    }
}
