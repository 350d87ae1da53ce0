package org.lightpipe.transfer.globus;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.transaction.support.TransactionTemplate;

/** What was handed to Globus, in the catalog. Thread-safe. */
final class Submissions {

    private static final RowMapper<Sent> SENT = (row, number) -> new Sent(
            row.getString("temporary"),
            row.getString("source_path"),
            row.getString("target_path"),
            row.getLong("size"),
            row.getString("sha256"));

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final String storage;

    Submissions(JdbcTemplate jdbc, TransactionTemplate transactions, String storage) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.storage = storage;
    }

    /**
     * One that was, or may have been, handed over.
     *
     * @param id by which Globus knows it as the same
     * @param task the task that it became, where Globus has said so
     */
    record Submission(UUID id, Optional<String> task, Instant deadline) {}

    /**
     * One file of it.
     *
     * @param temporary path below the storage root
     * @param source path in the source collection
     * @param target path in the destination collection
     * @param sha256 in hexadecimal
     */
    record Sent(String temporary, String source, String target, long size, String sha256) {}

    /** A file and what it was handed over with. */
    record Found(Sent file, Submission submission) {}

    /** What these files are on their way with, by their temporary paths. */
    Map<String, Found> find(Collection<String> temporaries) {
        Map<String, Found> found = new HashMap<>();
        jdbc.query(
                "select f.*, s.task_id, s.deadline from globus_file f join globus_submission s using (submission_id)"
                        + " where f.storage = ? and f.temporary = any (?)",
                row -> {
                    found.put(
                            row.getString("temporary"),
                            new Found(
                                    SENT.mapRow(row, 0),
                                    new Submission(
                                            row.getObject("submission_id", UUID.class),
                                            Optional.ofNullable(row.getString("task_id")),
                                            row.getTimestamp("deadline").toInstant())));
                },
                storage,
                temporaries.toArray(String[]::new));
        return found;
    }

    /** All files of a submission. */
    List<Sent> files(UUID submission) {
        return jdbc.query("select * from globus_file where submission_id = ? order by temporary", SENT, submission);
    }

    /** Writes down what is about to be handed over. */
    Submission prepare(UUID id, Instant deadline, List<Sent> files) {
        transactions.executeWithoutResult(status -> {
            jdbc.update(
                    "insert into globus_submission (submission_id, storage, deadline) values (?, ?, ?)",
                    id,
                    storage,
                    Timestamp.from(deadline));
            jdbc.batchUpdate(
                    "insert into globus_file (storage, temporary, submission_id, source_path, target_path, size, sha256)"
                            + " values (?, ?, ?, ?, ?, ?, ?)",
                    files.stream()
                            .map(file -> new Object[] {
                                storage, file.temporary(), id, file.source(), file.target(), file.size(), file.sha256()
                            })
                            .toList());
        });
        return new Submission(id, Optional.empty(), deadline);
    }

    /** Globus said which task it became. */
    void taken(UUID id, String task) {
        jdbc.update("update globus_submission set task_id = ? where submission_id = ?", task, id);
    }

    /** These files are on their way no longer; submissions without files are forgotten. */
    void ended(Collection<String> temporaries) {
        if (temporaries.isEmpty()) {
            return;
        }
        transactions.executeWithoutResult(status -> {
            // Who ends the other files of the same submission waits, or neither would see that they were the last.
            jdbc.queryForList(
                    "select submission_id from globus_submission where submission_id in"
                            + " (select submission_id from globus_file where storage = ? and temporary = any (?))"
                            + " order by submission_id for update",
                    storage,
                    temporaries.toArray(String[]::new));
            List<UUID> touched = jdbc.query(
                    "delete from globus_file where storage = ? and temporary = any (?) returning submission_id",
                    (row, number) -> row.getObject(1, UUID.class),
                    storage,
                    temporaries.toArray(String[]::new));
            jdbc.update(
                    "delete from globus_submission s where submission_id = any (?)"
                            + " and not exists (select from globus_file f where f.submission_id = s.submission_id)",
                    (Object) touched.stream().distinct().toArray(UUID[]::new));
        });
    }
}
