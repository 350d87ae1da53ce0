package org.lightpipe.archive;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps files from being taken anew while something is done to their copies in storage. A detector may write a file
 * again at any time; the new one then belongs to a later part of the dataset and has the same place in storage, so that
 * without this an old copy could be put over it, or it could be removed in the old one's stead.
 */
final class HeldFiles {

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;

    HeldFiles(JdbcTemplate jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /** Does something with the files that are held. */
    interface Action {
        void with(List<PayloadFile> files) throws IOException;
    }

    /**
     * Does something to those of the files that still belong to the dataset and are in one of these states. What it has
     * written to the catalog is kept even when it fails, because what it did to storage is as well.
     */
    void whileHeld(long datasetId, List<PayloadFile> files, List<String> states, Action action) throws IOException {
        IOException failure = transactions.execute(status -> {
            Set<Long> held = lock(datasetId, files, states);
            try {
                action.with(
                        files.stream().filter(file -> held.contains(file.id())).toList());
                return null;
            } catch (IOException e) {
                return e;
            }
        });
        if (failure != null) {
            throw failure;
        }
    }

    private Set<Long> lock(long datasetId, List<PayloadFile> files, List<String> states) {
        String ids = files.stream().map(file -> String.valueOf(file.id())).collect(Collectors.joining(","));
        return new HashSet<>(jdbc.queryForList(
                "select id from file where id = any (string_to_array(?, ',')::bigint[]) and dataset_id = ?"
                        + " and state = any (string_to_array(?, ',')) order by id for update",
                Long.class,
                ids,
                datasetId,
                String.join(",", states)));
    }
}
