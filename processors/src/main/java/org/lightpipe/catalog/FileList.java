package org.lightpipe.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.jdbc.core.JdbcTemplate;

/** Lists files of the catalog page by page. Thread-safe. */
public final class FileList {

    /** A page looks through so many rows at most: a rare file among ten million is found in many short requests. */
    private static final int WINDOW = 50_000;

    private static final String FIELDS = "s.id, s.experiment_id, s.path, s.size, s.state, s.digest, s.detected_at,"
            + " s.stored_at, s.catalogued_at, s.verified_at, s.reason, e.name,"
            + " (select r.kind || ': ' || r.detail from rot r where r.experiment_id = s.experiment_id"
            + " and r.file_id = s.id and r.resolved_at is null order by r.id desc limit 1)";

    private final JdbcTemplate jdbc;

    public FileList(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A file as people see it.
     *
     * @param id its id
     * @param experiment name of its experiment
     * @param path its path below the data directory of the experiment
     * @param size in bytes
     * @param state see the catalog
     * @param digest SHA-256 in hexadecimal, once it is stored
     * @param detectedAt when it was found finished
     * @param storedAt when it was proved in storage
     * @param cataloguedAt when its metadata was read
     * @param verifiedAt when the bytes in storage were last compared with the digest
     * @param reason why it waits or is held, if it does
     * @param rot what is wrong with it in storage, if anything was found
     */
    public record Entry(
            long id,
            String experiment,
            String path,
            long size,
            String state,
            Optional<String> digest,
            Instant detectedAt,
            Optional<Instant> storedAt,
            Optional<Instant> cataloguedAt,
            Optional<Instant> verifiedAt,
            Optional<String> reason,
            Optional<String> rot) {}

    /** The place of a file in the order of the list. */
    public record Place(long experiment, String path) {

        /** Before the first. */
        public static final Place FIRST = new Place(0, "");
    }

    /**
     * A part of a list.
     *
     * @param files files, none at all perhaps, though there are more to come
     * @param next where to go on; empty at the end
     */
    public record Page(List<Entry> files, Optional<Place> next) {}

    /**
     * Which files are wanted.
     *
     * @param state only in this state
     * @param since only found since then
     * @param larger only of at least so many bytes
     * @param digest only of this SHA-256
     * @param name only whose path matches this POSIX regular expression
     * @param reader only of experiments that this user may see; empty for all
     */
    public record Filter(
            Optional<String> state,
            Optional<Instant> since,
            Optional<Long> larger,
            Optional<String> digest,
            Optional<String> name,
            Optional<String> reader) {}

    private record Row(Entry entry, long experimentId) {}

    /** The next files of a scope behind a place, in the order of experiments and paths. */
    public Page page(FileScope scope, Filter filter, Place behind, int limit) {
        return scope.experiment().isEmpty() && filter.reader().isPresent()
                ? ofReader(filter.reader().get(), filter, behind, limit)
                : looked(scope, filter, behind, limit);
    }

    /** A user of a few experiments among many: only those are looked through. */
    private Page ofReader(String reader, Filter filter, Place behind, int limit) {
        List<Entry> files = new ArrayList<>();
        for (Long experiment : jdbc.queryForList(
                "select experiment_id from experiment_user where username = ? and experiment_id >= ? order by 1",
                Long.class,
                reader,
                behind.experiment())) {
            Place from = experiment == behind.experiment() ? behind : new Place(experiment, "");
            Page page = looked(new FileScope(OptionalLong.of(experiment), ""), filter, from, limit - files.size());
            files.addAll(page.files());
            if (page.next().isPresent()) {
                return new Page(List.copyOf(files), page.next());
            }
        }
        return new Page(List.copyOf(files), Optional.empty());
    }

    private Page looked(FileScope scope, Filter filter, Place behind, int limit) {
        FileScope.Condition condition = scope.behind(behind.experiment(), behind.path());
        List<Object> arguments = new ArrayList<>(condition.arguments());
        StringBuilder wanted = new StringBuilder("true");
        filter.state().ifPresent(state -> and(wanted, arguments, "s.state = ?", state));
        filter.since().ifPresent(since -> and(wanted, arguments, "s.detected_at >= ?::timestamptz", since.toString()));
        filter.larger().ifPresent(larger -> and(wanted, arguments, "s.size >= ?", larger));
        filter.digest().ifPresent(digest -> and(wanted, arguments, "s.digest = ?", digest));
        filter.name().ifPresent(name -> and(wanted, arguments, "s.path ~ ?", name));
        filter.reader()
                .ifPresent(reader -> and(
                        wanted,
                        arguments,
                        "exists (select 1 from experiment_user u where u.experiment_id = s.experiment_id"
                                + " and u.username = ?)",
                        reader));
        arguments.add(limit);
        List<Row> rows = new ArrayList<>();
        List<Place> end = new ArrayList<>();
        jdbc.query(
                "with s as materialized (select f.* from file f where " + condition.sql()
                        + " order by f.experiment_id, f.path limit " + WINDOW + "),"
                        + " last as (select experiment_id, path from s order by experiment_id desc, path desc limit 1),"
                        + " found as (select " + FIELDS + " from s join experiment e on e.id = s.experiment_id where "
                        + wanted + " order by s.experiment_id, s.path limit ?)"
                        + " select found.*, (select count(*) from s), last.experiment_id, last.path from last"
                        + " left join found on true order by 2, 3",
                result -> {
                    if (end.isEmpty() && result.getLong(14) == WINDOW) {
                        end.add(new Place(result.getLong(15), result.getString(16)));
                    }
                    if (result.getObject(1) != null) {
                        rows.add(new Row(entry(result), result.getLong(2)));
                    }
                },
                arguments.toArray());
        Optional<Place> next = end.stream().findFirst();
        if (rows.size() == limit) {
            Row last = rows.get(limit - 1);
            next = Optional.of(new Place(last.experimentId(), last.entry().path()));
        }
        return new Page(rows.stream().map(Row::entry).toList(), next);
    }

    private static void and(StringBuilder wanted, List<Object> arguments, String condition, Object argument) {
        wanted.append(" and ").append(condition);
        arguments.add(argument);
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getLong(1),
                row.getString(12),
                row.getString(3),
                row.getLong(4),
                row.getString(5),
                Optional.ofNullable(row.getString(6)),
                row.getObject(7, OffsetDateTime.class).toInstant(),
                instant(row, 8),
                instant(row, 9),
                instant(row, 10),
                Optional.ofNullable(row.getString(11)),
                Optional.ofNullable(row.getString(13)));
    }

    private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
