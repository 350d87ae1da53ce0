package org.lightpipe.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lightpipe.catalog.Step;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.core.RootedPath;
import org.lightpipe.storage.Storages;
import org.springframework.jdbc.core.JdbcTemplate;

/** Files that are stored, on their way to a further storage. */
final class CopySettlement implements Settlement {

    private final JdbcTemplate jdbc;
    private final LiveConfiguration configuration;
    private final Storages storages;

    CopySettlement(JdbcTemplate jdbc, LiveConfiguration configuration, Storages storages) {
        this.jdbc = jdbc;
        this.configuration = configuration;
        this.storages = storages;
    }

    @Override
    public Step step() {
        return Step.COPY;
    }

    @Override
    public Claimed claimed(Map<String, Object> row) {
        long id = ((Number) row.get("id")).longValue();
        long file = ((Number) row.get("file_id")).longValue();
        return new Claimed(((Number) row.get("experiment_id")).longValue(), 0, nearest(Item.of(id, file, row), (String)
                row.get("beamline")));
    }

    /** The detector's file while it is there as it was; after that the first copy, if it is mounted here. */
    private Item nearest(Item found, String beamline) {
        if (found.looksAsFound()) {
            return found;
        }
        Optional<Path> root =
                storages.localRoot(configuration.beamline(beamline).storage());
        if (root.isEmpty()) {
            return found;
        }
        Path stored = RootedPath.resolve(root.get(), found.target());
        try {
            SourceStat now = SourceStat.of(stored);
            return new Item(found.id(), stored, found.target(), found.temporary(), now.size(), now.mtimeNs());
        } catch (IOException e) {
            return found;
        }
    }

    @Override
    public Map<Long, Boolean> lock(Map<Long, Proof> proved) {
        Map<Long, Boolean> held = new HashMap<>();
        jdbc.query(
                "select c.id, f.digest from file_copy c"
                        + " join file f on f.id = c.file_id and f.experiment_id = c.experiment_id"
                        + " where c.id = any(?) and c.state = 'COPYING' and c.claimed_by = this_hub()"
                        + " order by c.id for update of c",
                rows -> {
                    long id = rows.getLong(1);
                    held.put(id, proved.get(id).proved().sha256().equals(rows.getString(2)));
                },
                (Object) proved.keySet().toArray(Long[]::new));
        return held;
    }

    @Override
    public Set<Long> atRest(Set<Long> ids) {
        return Set.copyOf(jdbc.queryForList(
                "select id from file_copy where id = any(?) and state <> 'COPYING' order by id for update",
                Long.class,
                (Object) ids.toArray(Long[]::new)));
    }

    @Override
    public void stored(Collection<Proof> stored) {
        jdbc.update(
                "update file_copy c set state = 'STORED', claimed_by = null, attempts = 0, since = now(), reason = null,"
                        + " failed_from = null, stored_at = now(), proved_by = v.proved_by"
                        + " from unnest(?::bigint[], ?::text[]) as v (id, proved_by) where c.id = v.id",
                stored.stream().map(file -> file.claimed().id()).toArray(Long[]::new),
                stored.stream().map(file -> file.proved().provedBy()).toArray(String[]::new));
    }

    @Override
    public void stale(Set<Long> ids) {
        jdbc.update(
                "update file_copy set state = 'PLANNED', claimed_by = null, not_before = now() + interval '1 second',"
                        + " reason = 'its digest is not, or no longer, that of the file'"
                        + " where id = any(?) and state = 'COPYING' and claimed_by = this_hub()",
                (Object) ids.toArray(Long[]::new));
    }

    @Override
    public void changed(List<Claimed> files) {
        stale(files.stream().map(Claimed::id).collect(java.util.stream.Collectors.toSet()));
    }
}
