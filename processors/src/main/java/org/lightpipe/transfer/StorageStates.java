package org.lightpipe.transfer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.config.Beamline;
import org.lightpipe.config.Configuration;
import org.lightpipe.config.Storage;
import org.lightpipe.core.NotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What the catalog knows of the storages: whether they take files, and which beamlines lead into them. Every hub and
 * every claim sees the same. Thread-safe.
 */
public final class StorageStates {

    private static final Logger LOG = LoggerFactory.getLogger(StorageStates.class);

    /** A full storage is used again when so much more than its reserve is free, or it would open and close all day. */
    private static final double AGAIN = 1.1;

    private static final int REASON_LENGTH = 2000;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Duration first;
    private final Duration longest;
    private Configuration reconciled;

    /**
     * @param first for how long a storage that failed is left alone at first
     * @param longest and at most
     */
    public StorageStates(JdbcTemplate jdbc, TransactionTemplate transactions, Duration first, Duration longest) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.first = first;
        this.longest = longest;
    }

    /**
     * One storage, for people.
     *
     * @param storage its name
     * @param paused whether an operator has paused it
     * @param full whether less than its reserve is free
     * @param freeBytes bytes that were free at the last look; -1 when it cannot say
     * @param blockedSeconds for how long it is still left alone after it failed; 0 when it is not
     * @param failures how often in a row it failed as a whole
     * @param reason why it takes no files; empty when it does
     * @param concurrency an operator's limit
     * @param bandwidth an operator's limit in bytes a second
     */
    public record State(
            String storage,
            boolean paused,
            boolean full,
            long freeBytes,
            long blockedSeconds,
            int failures,
            String reason,
            Optional<Integer> concurrency,
            Optional<Long> bandwidth) {

        /** Its state in a word: open, paused, full, blocked (it failed and is left alone) or trying. */
        public String word() {
            if (paused) {
                return "paused";
            }
            if (full) {
                return "full";
            }
            if (blockedSeconds > 0) {
                return "blocked";
            }
            return failures > 0 ? "trying" : "open";
        }
    }

    /** Makes the lanes those of the configuration. */
    public synchronized void reconcile(Configuration configuration) {
        if (configuration == reconciled) {
            return;
        }
        List<Object[]> lanes = new ArrayList<>();
        for (Beamline beamline : configuration.beamlines().values()) {
            lanes.add(new Object[] {beamline.name(), beamline.storage().name(), false});
            for (Storage copy : beamline.copies()) {
                lanes.add(new Object[] {beamline.name(), copy.name(), true});
            }
        }
        transactions.executeWithoutResult(status -> {
            jdbc.execute("lock table lane in exclusive mode");
            jdbc.batchUpdate(
                    "insert into storage_state (storage) values (?) on conflict do nothing",
                    configuration.storages().keySet().stream()
                            .map(name -> new Object[] {name})
                            .toList());
            jdbc.update("delete from lane");
            jdbc.batchUpdate("insert into lane (beamline, storage, copy) values (?, ?, ?)", lanes);
        });
        reconciled = configuration;
    }

    /** All storages, by name. */
    public List<State> all() {
        return jdbc.query(
                "select storage, paused, full_since is not null, coalesce(free_bytes, -1),"
                        + " greatest(0, ceil(extract(epoch from coalesce(blocked_until, now()) - now())))::bigint,"
                        + " failures, coalesce(reason, ''), concurrency, bandwidth from storage_state order by storage",
                (rows, index) -> new State(
                        rows.getString(1),
                        rows.getBoolean(2),
                        rows.getBoolean(3),
                        rows.getLong(4),
                        rows.getLong(5),
                        rows.getInt(6),
                        rows.getString(7),
                        Optional.ofNullable(rows.getObject(8, Integer.class)),
                        Optional.ofNullable(rows.getObject(9, Long.class))));
    }

    /**
     * One storage.
     *
     * @throws NotFoundException when there is none of that name
     */
    public State of(String storage) {
        return all().stream()
                .filter(state -> state.storage().equals(storage))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("there is no storage '" + storage + "'"));
    }

    /** The storage as a whole failed: it is left alone for a while, then tried with little, then used as before. */
    void failed(String storage, String reason) {
        String shortened = reason.length() <= REASON_LENGTH ? reason : reason.substring(0, REASON_LENGTH);
        List<Map<String, Object>> now = jdbc.queryForList(
                "update storage_state set failures = failures + 1, reason = ?, updated_at = now(),"
                        + " blocked_until = now() + least(?, ? * power(2, least(failures, 30))) * (0.5 + random() / 2)"
                        + "   * interval '1 millisecond'"
                        // Groups that were on their way together fail together: that is one failure.
                        + " where storage = ? and coalesce(blocked_until, '-infinity') <= now()"
                        + " returning failures, ceil(extract(epoch from blocked_until - now()) * 1000)::bigint as ms",
                shortened,
                longest.toMillis(),
                first.toMillis(),
                storage);
        now.forEach(row -> LOG.warn(
                "storage {} takes no files ({} times in a row), next try in {} ms: {}",
                storage,
                row.get("failures"),
                row.get("ms"),
                reason));
    }

    /** The storage took files. */
    void worked(String storage) {
        if (jdbc.update(
                        "update storage_state set failures = 0, blocked_until = null, reason = null, updated_at = now()"
                                + " where storage = ? and failures > 0",
                        storage)
                > 0) {
            LOG.info("storage {} takes files again", storage);
        }
    }

    /** Notes how much is free; tells aloud when the reserve is reached, and when there is room again. */
    void free(Storage storage, long bytes) {
        long reserve = storage.transfer().reserve();
        // Written only when it is news: an idle hub stays idle.
        List<Boolean> full = jdbc.queryForList(
                "update storage_state set free_bytes = ?, updated_at = now(), full_since ="
                        + " case when ? < ? then coalesce(full_since, now()) when ? >= ? then null else full_since end"
                        + " where storage = ? and (free_bytes is null or abs(free_bytes - ?) > 0.01 * free_bytes"
                        + "   or (? < ? and full_since is null) or (? >= ? and full_since is not null))"
                        + " returning full_since is not null and full_since = now()",
                Boolean.class,
                bytes,
                bytes,
                reserve,
                bytes,
                Math.round(reserve * AGAIN),
                storage.name(),
                bytes,
                bytes,
                reserve,
                bytes,
                Math.round(reserve * AGAIN));
        if (full.contains(Boolean.TRUE)) {
            LOG.error(
                    "storage {} is nearly full: {} bytes are free, {} are kept in reserve. Acquisition into it pauses until"
                            + " there is room: free some, or archive",
                    storage.name(),
                    bytes,
                    reserve);
        }
    }

    /** Pauses a storage on every hub, or lets it take files again at once. */
    public void pause(String storage, boolean paused) {
        set(storage, "paused = ?, blocked_until = null", paused);
    }

    /** Limits a storage on every hub at once; nothing for what is configured. */
    public void limit(String storage, Optional<Integer> concurrency, Optional<Long> bandwidth) {
        if (concurrency.isPresent() && concurrency.get() < 1) {
            throw new IllegalArgumentException("concurrency must be 1 or more; to stop a storage, pause it");
        }
        if (bandwidth.isPresent() && bandwidth.get() < 0) {
            throw new IllegalArgumentException("bandwidth is in bytes a second; 0 means no limit");
        }
        set(storage, "concurrency = ?, bandwidth = ?", concurrency.orElse(null), bandwidth.orElse(null));
    }

    private void set(String storage, String what, Object... values) {
        List<Object> arguments = new ArrayList<>(java.util.Arrays.asList(values));
        arguments.add(storage);
        if (jdbc.update("update storage_state set " + what + " where storage = ?", arguments.toArray()) == 0) {
            throw new NotFoundException("there is no storage '" + storage + "'");
        }
    }
}
