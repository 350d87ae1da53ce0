package org.lightpipe.catalog;

import org.springframework.jdbc.core.JdbcTemplate;

/** Asks for datasets to be shown in the portal. Thread-safe. */
public final class Publications {

    private final JdbcTemplate jdbc;

    public Publications(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The dataset is to be published, or published again because there is more to show. Call it in the transaction that
     * writes what there is to show: a publication that is being made at that moment loses its claim and is made again,
     * so nothing can be missed.
     */
    public void request(long datasetId) {
        jdbc.update(
                "insert into publication (dataset_id) values (?) on conflict (dataset_id) do update"
                        + " set state = 'PENDING', requested_at = now(), claimed_by = null, attempts = 0,"
                        + " not_before = now(), reason = null, failed_from = null",
                datasetId);
    }
}
