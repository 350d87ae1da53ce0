package org.lightpipe.archive;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.lightpipe.core.InvalidInputException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Requests to bring datasets back from tape. Thread-safe. */
public final class Recalls {

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;

    /**
     * @param jdbc the catalog
     * @param transactions transactions on it
     */
    public Recalls(JdbcTemplate jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /**
     * A recall as people see it.
     *
     * @param id its id
     * @param dataset id of the dataset
     * @param experiment name of the experiment
     * @param name name of the dataset
     * @param part part of the dataset
     * @param state REQUESTED, STAGING, ONLINE or FAILED
     * @param reason why it waits or failed, if it does
     * @param requestedBy who asked for it
     * @param requestedAt when
     * @param onlineAt when all files were back in storage
     */
    public record View(
            long id,
            long dataset,
            String experiment,
            String name,
            int part,
            String state,
            Optional<String> reason,
            String requestedBy,
            Instant requestedAt,
            Optional<Instant> onlineAt) {}

    /**
     * Asks for a dataset. Asking again while it is on its way gives the same recall; asking again after it failed tries it
     * again.
     *
     * @param datasetId the dataset
     * @param who who asks
     * @return id of the recall
     * @throws InvalidInputException when there is no such dataset, or it has no proved bag on tape
     */
    public long request(long datasetId, String who) {
        Long id = transactions.execute(status -> requested(datasetId, who));
        if (id == null) {
            throw new IllegalStateException("the transaction gave no recall");
        }
        return id;
    }

    /** The recall of that id. */
    public Optional<View> view(long id) {
        List<View> found = jdbc.query(
                """
                select recall.id, recall.state, recall.reason, recall.requested_by, recall.requested_at,
                       recall.online_at, dataset.id as dataset, dataset.name, dataset.part,
                       experiment.name as experiment
                from recall
                join bag on bag.id = recall.bag_id
                join dataset on dataset.id = bag.dataset_id
                join experiment on experiment.id = dataset.experiment_id
                where recall.id = ?
                """,
                (row, number) -> new View(
                        row.getLong("id"),
                        row.getLong("dataset"),
                        row.getString("experiment"),
                        row.getString("name"),
                        row.getInt("part"),
                        row.getString("state"),
                        Optional.ofNullable(row.getString("reason")),
                        row.getString("requested_by"),
                        row.getObject("requested_at", OffsetDateTime.class).toInstant(),
                        Optional.ofNullable(row.getObject("online_at", OffsetDateTime.class))
                                .map(OffsetDateTime::toInstant)),
                id);
        return found.stream().findFirst();
    }

    private long requested(long datasetId, String who) {
        long bag = provedBag(datasetId);
        List<Long> made = jdbc.queryForList(
                "insert into recall (bag_id, requested_by) values (?, ?)"
                        + " on conflict (bag_id) where state <> 'ONLINE' do nothing returning id",
                Long.class,
                bag,
                who);
        if (!made.isEmpty()) {
            audit(who, made.get(0), datasetId);
            return made.get(0);
        }
        List<Long> open = jdbc.queryForList(
                "select id from recall where bag_id = ? and state <> 'ONLINE' for update", Long.class, bag);
        if (open.isEmpty()) {
            // it came online between the two statements, so it can be asked for anew
            return requested(datasetId, who);
        }
        int again = jdbc.update(
                "update recall set state = 'REQUESTED', failed_from = null, attempts = 0, not_before = now(), since = now(),"
                        + " reason = null where id = ? and state = 'FAILED'",
                open.get(0));
        if (again == 1) {
            audit(who, open.get(0), datasetId);
        }
        return open.get(0);
    }

    /** A bag is proved from the first proof on, whatever became of its disk copy or of an attempt to release that. */
    private long provedBag(long datasetId) {
        List<Long> bags = jdbc.queryForList(
                "select id from bag where dataset_id = ? and verified_at is not null", Long.class, datasetId);
        if (!bags.isEmpty()) {
            return bags.get(0);
        }
        Integer datasets = jdbc.queryForObject("select count(*) from dataset where id = ?", Integer.class, datasetId);
        boolean exists = datasets != null && datasets == 1;
        throw InvalidInputException.of(
                "recall",
                "dataset",
                exists ? "dataset " + datasetId + " is not on tape yet" : "there is no dataset " + datasetId,
                exists ? "its files are still in storage" : "give the id of a dataset that is on tape");
    }

    private void audit(String who, long recall, long datasetId) {
        jdbc.update(
                "insert into audit_event (who, what, detail) values (?, 'recall', ?)",
                who,
                "recall " + recall + " of dataset " + datasetId);
    }
}
