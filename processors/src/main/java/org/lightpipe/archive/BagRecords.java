package org.lightpipe.archive;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.lightpipe.catalog.PermanentFailureException;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the catalog knows of bags and their files. */
final class BagRecords {

    private static final int PAGE = 1000;

    private static final String BAG = """
            select bag.id, bag.claimed_by, bag.dataset_id, bag.tape, bag.path, bag.algorithm, bag.planned_at, bag.size,
                   bag.digest, experiment.name as experiment, experiment.title, experiment.beamline,
                   experiment.root_path, dataset.name as dataset, dataset.part,
                   (select count(*) from file where dataset_id = dataset.id) as files,
                   (select coalesce(sum(size), 0) from file where dataset_id = dataset.id) as bytes
            from bag
            join dataset on dataset.id = bag.dataset_id
            join experiment on experiment.id = dataset.experiment_id
            """;

    private final JdbcTemplate jdbc;

    BagRecords(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** The bag, if this run of the hub holds it in this state. */
    Optional<Bag> held(long id, String state, long run) {
        return jdbc
                .query(
                        BAG + "where bag.id = ? and bag.state = ? and bag.claimed_by = ?",
                        (row, number) -> bag(row),
                        id,
                        state,
                        run)
                .stream()
                .findFirst();
    }

    /** True as long as no other run of the hub has taken the bag over. */
    boolean isHeld(Bag bag, String state) {
        Integer held = jdbc.queryForObject(
                "select count(*) from bag where id = ? and state = ? and claimed_by = ?",
                Integer.class,
                bag.id(),
                state,
                bag.claimedBy());
        return held != null && held == 1;
    }

    /** The bag of a recall, if this run of the hub holds the recall. */
    Optional<Bag> recalled(long recall, long run) {
        return jdbc
                .query(
                        BAG + "join recall on recall.bag_id = bag.id"
                                + " where recall.id = ? and recall.state = 'STAGING' and recall.claimed_by = ?",
                        (row, number) -> bag(row),
                        recall,
                        run)
                .stream()
                .findFirst();
    }

    /** How many files of the dataset are in any other than these states. */
    long filesNotIn(long datasetId, String... states) {
        Long count = jdbc.queryForObject(
                "select count(*) from file where dataset_id = ? and state <> all (string_to_array(?, ','))",
                Long.class,
                datasetId,
                String.join(",", states));
        return count == null ? 0 : count;
    }

    /**
     * The files of a dataset in the order of their ids, fetched a page at a time: no transaction stays open however long
     * it takes to go through them.
     *
     * @throws PermanentFailureException from the iterator, for a file without a digest
     */
    Iterator<PayloadFile> files(long datasetId) {
        return new Pages(datasetId);
    }

    private static Bag bag(ResultSet row) throws SQLException {
        long size = row.getLong("size");
        boolean proved = !row.wasNull();
        return new Bag(
                row.getLong("id"),
                row.getLong("claimed_by"),
                row.getLong("dataset_id"),
                row.getString("tape"),
                row.getString("path"),
                ManifestAlgorithm.of(row.getString("algorithm")),
                row.getObject("planned_at", OffsetDateTime.class).toInstant(),
                proved ? size : -1,
                proved ? row.getString("digest") : "",
                row.getString("experiment"),
                row.getString("title"),
                row.getString("beamline"),
                row.getString("root_path"),
                row.getString("dataset"),
                row.getInt("part"),
                row.getLong("files"),
                row.getLong("bytes"));
    }

    private static PayloadFile file(ResultSet row) throws SQLException {
        String path = row.getString("path");
        String digest = row.getString("digest");
        if (digest == null) {
            throw new PermanentFailureException("file '" + path + "' was catalogued without a digest");
        }
        return new PayloadFile(
                row.getLong("id"),
                path,
                row.getLong("size"),
                Math.floorDiv(row.getLong("mtime_ns"), 1_000_000_000L),
                digest,
                row.getString("state"));
    }

    private final class Pages implements Iterator<PayloadFile> {

        private final long datasetId;
        private final Deque<PayloadFile> page = new ArrayDeque<>();
        private long last = Long.MIN_VALUE;
        private boolean end;

        Pages(long datasetId) {
            this.datasetId = datasetId;
        }

        @Override
        public boolean hasNext() {
            if (page.isEmpty() && !end) {
                List<PayloadFile> next = jdbc.query(
                        "select id, path, size, mtime_ns, digest, state from file where dataset_id = ? and id > ?"
                                + " order by id limit " + PAGE,
                        (row, number) -> file(row),
                        datasetId,
                        last);
                page.addAll(next);
                end = next.size() < PAGE;
            }
            return !page.isEmpty();
        }

        @Override
        public PayloadFile next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            PayloadFile file = page.remove();
            last = file.id();
            return file;
        }
    }
}
