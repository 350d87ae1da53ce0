package org.lightpipe.verify;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.FileScope;
import org.lightpipe.core.NotFoundException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** Requests to compare storage with the catalog, and what they have found. Thread-safe. */
public final class Verifications {

    private static final String VIEW = "select v.*, e.name as experiment from verification v"
            + " left join experiment e on e.id = v.experiment_id ";

    private static final RowMapper<View> AS_VIEW = (row, number) -> new View(
            row.getLong("id"),
            Optional.ofNullable(row.getString("experiment")),
            row.getString("path"),
            row.getString("state"),
            Optional.ofNullable(row.getString("reason")),
            row.getLong("rate"),
            row.getString("requested_by"),
            row.getObject("requested_at", OffsetDateTime.class).toInstant(),
            Optional.ofNullable(row.getObject("started_at", OffsetDateTime.class))
                    .map(OffsetDateTime::toInstant),
            Optional.ofNullable(row.getObject("ended_at", OffsetDateTime.class)).map(OffsetDateTime::toInstant),
            row.getLong("total_files"),
            row.getLong("total_bytes"),
            row.getLong("checked_files"),
            row.getLong("checked_bytes"),
            row.getLong("skipped_files"),
            row.getLong("problems"));

    private final JdbcTemplate jdbc;
    private final Audit audit;
    private final long usualRate;

    /** @param usualRate bytes a second where nobody says another rate; 0 for no limit */
    public Verifications(JdbcTemplate jdbc, Audit audit, long usualRate) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.usualRate = usualRate;
    }

    /**
     * A verification as people see it.
     *
     * @param id its id
     * @param experiment name of the experiment; empty for all
     * @param path what lies at or below it; empty for all of the experiment
     * @param state REQUESTED, RUNNING, DONE, CANCELLED or FAILED
     * @param reason why it waits or is held, if it does
     * @param rate most bytes a second; 0 for no limit
     * @param requestedBy who asked for it
     * @param requestedAt when
     * @param startedAt when its first batch began
     * @param endedAt when its last batch ended
     * @param totalFiles files in storage when it began
     * @param totalBytes their bytes
     * @param checkedFiles files compared
     * @param checkedBytes bytes of files that are well
     * @param skippedFiles files that were taken again or released while they were read
     * @param problems how much was found wrong
     */
    public record View(
            long id,
            Optional<String> experiment,
            String path,
            String state,
            Optional<String> reason,
            long rate,
            String requestedBy,
            Instant requestedAt,
            Optional<Instant> startedAt,
            Optional<Instant> endedAt,
            long totalFiles,
            long totalBytes,
            long checkedFiles,
            long checkedBytes,
            long skippedFiles,
            long problems) {}

    /**
     * Something that was found wrong.
     *
     * @param id its id
     * @param experiment name of the experiment
     * @param path path of the file; empty when nothing of the experiment could be compared
     * @param storage name of the storage
     * @param kind MISSING, SIZE, DIGEST, UNREADABLE or ABSENT
     * @param detail in words
     * @param foundAt when
     * @param resolvedAt when it was found well again, or found wrong anew
     */
    public record Rot(
            long id,
            String experiment,
            String path,
            String storage,
            String kind,
            String detail,
            Instant foundAt,
            Optional<Instant> resolvedAt) {}

    /**
     * Asks for a verification. One of the same files that is not through yet goes on, at the rate that is asked for now.
     *
     * @param rate most bytes a second, 0 for no limit; empty for the usual rate
     * @return its id
     */
    public long request(FileScope scope, Optional<Long> rate, String who) {
        Long experiment = scope.experiment().isPresent() ? scope.experiment().getAsLong() : null;
        Long id = jdbc.queryForObject(
                "insert into verification as v (experiment_id, path, rate, requested_by) values (?, ?, ?, ?)"
                        + " on conflict (coalesce(experiment_id, 0), path) where state in ('REQUESTED', 'RUNNING', 'FAILED')"
                        + " do update set rate = case when ? then excluded.rate else v.rate end,"
                        + " state = case when v.state = 'FAILED' then 'REQUESTED' else v.state end,"
                        + " failed_from = null, attempts = case when v.state = 'FAILED' then 0 else v.attempts end"
                        + " returning id",
                Long.class,
                experiment,
                scope.path(),
                rate.orElse(usualRate),
                who,
                rate.isPresent());
        if (id == null) {
            throw new IllegalStateException("the statement gave no verification");
        }
        audit.record(
                who,
                "verification asked for",
                id + " " + view(id).map(Verifications::words).orElse(""));
        return id;
    }

    private static String words(View view) {
        return view.experiment().map(name -> name + "/" + view.path()).orElse("all");
    }

    /** The regular one, of everything. */
    public void scrub() {
        request(new FileScope(java.util.OptionalLong.empty(), ""), Optional.empty(), "hub");
    }

    /** One of them. */
    public Optional<View> view(long id) {
        return jdbc.query(VIEW + "where v.id = ?", AS_VIEW, id).stream().findFirst();
    }

    /** The newest 100. */
    public List<View> list() {
        return jdbc.query(VIEW + "order by v.id desc limit 100", AS_VIEW);
    }

    /** Those that are not through yet, on any hub. */
    public List<View> open() {
        return jdbc.query(VIEW + "where v.state in ('REQUESTED', 'RUNNING', 'FAILED') order by v.id", AS_VIEW);
    }

    /**
     * Ends a verification; what it has found stays.
     *
     * @throws NotFoundException when none of that id is under way
     */
    public void cancel(long id, String who) {
        if (jdbc.update(
                        "update verification set state = 'CANCELLED', claimed_by = null, ended_at = now(),"
                                + " failed_from = null, reason = ? where id = ? and state in ('REQUESTED', 'RUNNING', 'FAILED')",
                        "cancelled by " + who,
                        id)
                == 0) {
            throw new NotFoundException("no verification " + id + " is under way");
        }
        audit.record(who, "verification cancelled", Long.toString(id));
    }

    /** What a verification has found, in the order in which it was found, behind one of them. */
    public List<Rot> rot(long verification, long after, int limit) {
        return jdbc.query(
                "select r.id, e.name, r.path, r.storage, r.kind, r.detail, r.found_at, r.resolved_at from rot r"
                        + " join experiment e on e.id = r.experiment_id"
                        + " where r.verification_id = ? and r.id > ? order by r.id limit ?",
                (row, number) -> new Rot(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getObject(7, OffsetDateTime.class).toInstant(),
                        Optional.ofNullable(row.getObject(8, OffsetDateTime.class))
                                .map(OffsetDateTime::toInstant)),
                verification,
                after,
                limit);
    }

    /** How much is wrong now, as far as anybody has looked. */
    public long openRot() {
        Long count = jdbc.queryForObject("select count(*) from rot where resolved_at is null", Long.class);
        return count == null ? 0 : count;
    }
}
