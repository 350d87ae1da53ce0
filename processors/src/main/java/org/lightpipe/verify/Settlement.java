package org.lightpipe.verify;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes into the catalog what a batch has found, and the place where the next one goes on. Thread-safe. */
final class Settlement {

    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

    /** Files whose bytes are in storage and proved, of a table {@code file} that is called {@code f}. */
    static final String IN_STORAGE = "(f.state in ('STORED', 'CATALOGUING', 'CATALOGUED', 'ARCHIVED', 'RECALLED')"
            + " or (f.state = 'FAILED' and f.failed_from = 'STORED')) and f.digest is not null";

    private static final int LOGGED = 20;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Work work;

    Settlement(JdbcTemplate jdbc, TransactionTemplate transactions, Work work) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.work = work;
    }

    /**
     * Settles a batch, all or nothing.
     *
     * @param exhausted whether there is no file behind its last one
     * @throws NoLongerHeldException when the verification is somebody else's now; nothing was written
     */
    void settle(long verification, Batch batch, boolean exhausted) throws NoLongerHeldException {
        List<Result> wrong = new ArrayList<>();
        Boolean held = transactions.execute(status -> {
            wrong.clear();
            return settled(verification, batch, exhausted, wrong);
        });
        if (!Boolean.TRUE.equals(held)) {
            throw new NoLongerHeldException(verification);
        }
        wrong.stream()
                .limit(LOGGED)
                .forEach(result -> LOG.error(
                        "ROT in storage {}: {}{} {}",
                        result.storage(),
                        result.file().experiment(),
                        result.isAbsence() ? ":" : "/" + result.file().path(),
                        result.problem().map(Problem::detail).orElse("")));
        if (wrong.size() > LOGGED) {
            LOG.error(
                    "ROT: and {} more in this batch; ./lightpipe verify --show {} lists them",
                    wrong.size() - LOGGED,
                    verification);
        }
    }

    private boolean settled(long verification, Batch batch, boolean exhausted, List<Result> wrong) {
        Set<StoredFile> compared = new HashSet<>();
        Set<StoredFile> notWell = new HashSet<>();
        Set<StoredFile> changed = new HashSet<>();
        List<Result> well = new ArrayList<>();
        long bytes = 0;
        for (Result result : batch.results()) {
            StoredFile file = result.file();
            if (!result.isAbsence() && compared.add(file)) {
                bytes += file.size();
            }
            if (result.problem().isEmpty()) {
                well.add(result);
            } else {
                notWell.add(file);
                if (result.isAbsence() || isStillAsRead(file)) {
                    wrong.add(result);
                } else {
                    changed.add(file);
                }
            }
        }
        compared.removeAll(changed);
        boolean held = jdbc.update(
                        "update verification set checked_files = checked_files + ?, checked_bytes = checked_bytes + ?,"
                                + " skipped_files = skipped_files + ?, problems = problems + ?,"
                                + " last_experiment = coalesce(?, last_experiment), last_path = coalesce(?, last_path),"
                                + " attempts = 0, reason = null, not_before = now()"
                                + " where id = ? and state = 'RUNNING' and claimed_by = this_hub()",
                        compared.size(),
                        bytes,
                        batch.skipped() + changed.size(),
                        wrong.size(),
                        batch.last().map(StoredFile::experimentId).orElse(null),
                        batch.last().map(StoredFile::path).orElse(null),
                        verification)
                == 1;
        if (!held) {
            return false;
        }
        compared.removeAll(notWell);
        verified(List.copyOf(compared));
        resolve(well);
        wrong.forEach(result -> write(verification, result));
        if (exhausted) {
            jdbc.update("update verification set ended_at = now() where id = ?", verification);
            return work.done(Step.VERIFY, verification);
        }
        jdbc.update("update verification set state = 'REQUESTED', claimed_by = null where id = ?", verification);
        work.ended(Step.VERIFY, verification);
        return true;
    }

    /**
     * Whether the catalog still says what it said before the file was read: it may have been taken again or released
     * meanwhile. Waits for who is about to change it.
     */
    private boolean isStillAsRead(StoredFile file) {
        return !jdbc.queryForList(
                        "select 1 from file f where f.id = ? and f.experiment_id = ? and f.generation = ? and f.digest = ? and "
                                + IN_STORAGE + " for share",
                        Integer.class,
                        file.id(),
                        file.experimentId(),
                        file.generation(),
                        file.digest())
                .isEmpty();
    }

    /** Rows that somebody else works on are passed over: this is no reason to wait for them. */
    private void verified(List<StoredFile> files) {
        jdbc.update(
                "update file set verified_at = now() from (select f.id, f.experiment_id"
                        + " from unnest(?::bigint[], ?::bigint[], ?::int[]) w (id, experiment_id, generation)"
                        + " join file f on f.id = w.id and f.experiment_id = w.experiment_id and f.generation = w.generation"
                        + " for no key update of f skip locked) free"
                        + " where file.id = free.id and file.experiment_id = free.experiment_id",
                files.stream().map(StoredFile::id).toArray(Long[]::new),
                files.stream().map(StoredFile::experimentId).toArray(Long[]::new),
                files.stream().map(StoredFile::generation).toArray(Integer[]::new));
    }

    /** A file that is well in a storage shows that the storage is there, too. */
    private void resolve(List<Result> well) {
        jdbc.update(
                "update rot set resolved_at = now() from unnest(?::bigint[], ?::bigint[], ?::text[]) w (id, experiment, storage)"
                        + " where rot.resolved_at is null and rot.experiment_id = w.experiment and rot.storage = w.storage"
                        + " and (rot.file_id is null or rot.file_id = w.id)",
                well.stream().map(result -> result.file().id()).toArray(Long[]::new),
                well.stream().map(result -> result.file().experimentId()).toArray(Long[]::new),
                well.stream().map(Result::storage).toArray(String[]::new));
    }

    private void write(long verification, Result result) {
        StoredFile file = result.file();
        Problem problem = result.problem().orElseThrow();
        Long fileId = result.isAbsence() ? null : Long.valueOf(file.id());
        jdbc.update(
                "update rot set resolved_at = now() where resolved_at is null and experiment_id = ? and storage = ?"
                        + " and file_id is not distinct from ?::bigint",
                file.experimentId(),
                result.storage(),
                fileId);
        jdbc.update(
                "insert into rot (verification_id, experiment_id, file_id, path, storage, kind, detail)"
                        + " values (?, ?, ?, ?, ?, ?, ?)",
                verification,
                file.experimentId(),
                fileId,
                result.isAbsence() ? "" : file.path(),
                result.storage(),
                problem.kind().name(),
                problem.detail());
    }
}
