package org.lightpipe.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.lightpipe.catalog.Step;
import org.lightpipe.config.Digest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** Files on their way from the detector to the storage of their beamline. */
final class FileSettlement implements Settlement {

    private static final Logger LOG = LoggerFactory.getLogger(FileSettlement.class);

    private static final String STORED =
            "update file f set state = 'STORED', claimed_by = null, attempts = 0, since = now(), reason = null,"
                    + " failed_from = null, stored_at = now(), digest = v.digest, digests = v.digests::jsonb,"
                    + " proved_by = v.proved_by, size = v.size, mtime_ns = v.mtime_ns"
                    + " from unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[])"
                    + "   as v (id, experiment_id, digest, digests, proved_by, size, mtime_ns)"
                    + " where f.id = v.id and f.experiment_id = v.experiment_id";

    /** A copy that is under way ends as stale, since the digest that it has is no longer the file's. */
    private static final String PLAN_COPIES =
            "insert into file_copy as c (file_id, experiment_id, beamline, storage, priority)"
                    + " select f.id, f.experiment_id, f.beamline, l.storage, f.priority from file f"
                    + " join lane l on l.beamline = f.beamline and l.copy where f.id = any(?) and f.experiment_id = any(?)"
                    + " on conflict (file_id, experiment_id, storage) do update set attempts = 0, reason = null,"
                    + " failed_from = null, not_before = now(), since = now(),"
                    + " state = case when c.state = 'COPYING' then c.state else 'PLANNED' end";

    private final JdbcTemplate jdbc;
    private final ObjectMapper json = new ObjectMapper();

    FileSettlement(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Step step() {
        return Step.TRANSFER;
    }

    @Override
    public Claimed claimed(Map<String, Object> row) {
        long id = ((Number) row.get("id")).longValue();
        return new Claimed(
                ((Number) row.get("experiment_id")).longValue(),
                ((Number) row.get("generation")).intValue(),
                Item.of(id, id, row));
    }

    @Override
    public Map<Long, Boolean> lock(Map<Long, Proof> proved) {
        Map<Long, Boolean> held = new HashMap<>();
        jdbc.query(
                "select id, generation from file where id = any(?) and experiment_id = any(?) and state = 'TRANSFERRING'"
                        + " and claimed_by = this_hub() order by id for update",
                rows -> {
                    long id = rows.getLong(1);
                    held.put(id, rows.getInt(2) == proved.get(id).claimed().generation());
                },
                proved.keySet().toArray(Long[]::new),
                experiments(proved.values()));
        return held;
    }

    private static Long[] experiments(Collection<Proof> files) {
        return files.stream()
                .map(file -> file.claimed().experiment())
                .distinct()
                .toArray(Long[]::new);
    }

    @Override
    public Set<Long> atRest(Set<Long> ids) {
        return Set.copyOf(jdbc.queryForList(
                "select id from file where id = any(?) and state <> 'TRANSFERRING' order by id for update",
                Long.class,
                (Object) ids.toArray(Long[]::new)));
    }

    @Override
    public void stored(Collection<Proof> stored) {
        List<Outcome.Proved> proved = stored.stream().map(Proof::proved).toList();
        Long[] ids = stored.stream().map(file -> file.claimed().id()).toArray(Long[]::new);
        jdbc.update(
                STORED,
                ids,
                stored.stream().map(file -> file.claimed().experiment()).toArray(Long[]::new),
                proved.stream().map(Outcome.Proved::sha256).toArray(String[]::new),
                proved.stream().map(this::otherDigests).toArray(String[]::new),
                proved.stream().map(Outcome.Proved::provedBy).toArray(String[]::new),
                proved.stream().map(file -> file.source().size()).toArray(Long[]::new),
                proved.stream().map(file -> file.source().mtimeNs()).toArray(Long[]::new));
        jdbc.update(PLAN_COPIES, ids, experiments(stored));
    }

    private String otherDigests(Outcome.Proved proved) {
        Map<String, String> others = new TreeMap<>();
        proved.digests().forEach((digest, value) -> {
            if (digest != Digest.SHA256) {
                others.put(digest.label(), value);
            }
        });
        try {
            return json.writeValueAsString(others);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void stale(Set<Long> ids) {
        free(ids, "DETECTED");
    }

    /**
     * The monitor finds the file anew once it is finished: until then it waits as CHANGED. A file that looks as it did
     * when it was found, because another of the same size and time took its place, it would not find.
     */
    @Override
    public void changed(List<Claimed> files) {
        for (Claimed file : files) {
            LOG.info(
                    "{} changed while it was copied; it is copied again once it is finished",
                    file.item().target());
            boolean looksTheSame = file.item().looksAsFound();
            Integer generation = jdbc.query(
                    "select generation from file where id = ? and experiment_id = ? for update",
                    rows -> rows.next() ? rows.getInt(1) : null,
                    file.id(),
                    file.experiment());
            boolean foundAnew = generation != null && generation != file.generation();
            free(Set.of(file.id()), foundAnew || looksTheSame ? "DETECTED" : "CHANGED");
        }
    }

    private void free(Set<Long> ids, String state) {
        jdbc.update(
                "update file set state = ?, claimed_by = null, reason = 'changed while it was copied'"
                        + " where id = any(?) and state = 'TRANSFERRING' and claimed_by = this_hub()",
                state,
                ids.toArray(Long[]::new));
    }
}
