package org.lightpipe.catalog;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;

/** What is held for a person, and why. Thread-safe. */
public final class Held {

    /**
     * Paths and numbers differ from one item to the next though the reason is the same: each becomes a '*', so that what
     * is shown is a glob that matches every reason of its group. What would be a wildcard in a reason is one that
     * matches itself.
     */
    private static final String ALIKE =
            "regexp_replace(regexp_replace(regexp_replace(coalesce(t.reason, ''), '\\*', '?', 'g'),"
                    + " '(/[^/\\s'':;,()]+)+/?', '*', 'g'), '\\d+', '*', 'g')";

    /** Of the highest id. */
    private static final int ID_DIGITS = 19;

    private static final Map<String, String> NAMES = Map.of(
            "experiment", "t.name",
            "file", "(select e.name from experiment e where e.id = t.experiment_id) || '/' || t.path",
            "file_copy",
                    "(select e.name || '/' || f.path from file f join experiment e on e.id = f.experiment_id"
                            + " where f.id = t.file_id and f.experiment_id = t.experiment_id) || ' in ' || t.storage",
            "dataset", "(select e.name from experiment e where e.id = t.experiment_id) || '/' || t.name",
            "job", "t.workflow || ' on dataset ' || t.dataset_id",
            "publication", "'dataset ' || t.dataset_id",
            "announcement", "'publication ' || t.publication_id",
            "bag", "t.path",
            "recall", "'bag ' || t.bag_id",
            "verification",
                    "coalesce((select e.name from experiment e where e.id = t.experiment_id), 'all') || '/' || t.path");

    private final JdbcTemplate jdbc;

    public Held(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Items that a step holds for the same reason.
     *
     * @param step label of the step
     * @param reason a glob that matches the reason of each of them
     * @param count how many
     * @param oldest since when the oldest of them has waited
     * @param example reason of the first of them, in full
     * @param exampleId its id
     */
    public record Group(String step, String reason, long count, Instant oldest, String example, long exampleId) {}

    /**
     * One held item.
     *
     * @param id its id
     * @param name what it is
     * @param attempts how often it was tried
     * @param since when it began to wait
     * @param reason why it is held
     */
    public record Item(long id, String name, int attempts, Instant since, String reason) {}

    /** The reasons for which anything is held, the most frequent first; of one step or of all. */
    public List<Group> groups(Optional<Step> step) {
        List<Step> steps = step.map(List::of).orElseGet(() -> Arrays.asList(Step.values()));
        String query = steps.stream()
                .map(each -> "select '" + each.label() + "' as step, " + ALIKE + " as alike, count(*) as count,"
                        + " min(t.since) as oldest, min(lpad(t.id::text, 19, '0') || coalesce(t.reason, '')) as first"
                        + " from " + each.table() + " t where t.state = 'FAILED' and t.failed_from = '"
                        + each.waiting() + "' group by 2")
                .collect(Collectors.joining(" union all "));
        return jdbc.query(
                "select * from (" + query + ") held order by count desc, step, alike limit 1000",
                (rows, index) -> new Group(
                        rows.getString(1),
                        rows.getString(2).replaceAll("\\*(\\*)+", "*"),
                        rows.getLong(3),
                        rows.getObject(4, OffsetDateTime.class).toInstant(),
                        rows.getString(5).substring(ID_DIGITS),
                        Long.parseLong(rows.getString(5).substring(0, ID_DIGITS))));
    }

    /**
     * What a step holds, in the order of ids.
     *
     * @param reasonLike a LIKE pattern, as {@link #like} makes it; empty for any reason
     * @param after only items with a higher id
     * @param limit most items
     */
    public List<Item> items(Step step, Optional<String> reasonLike, long after, int limit) {
        return jdbc.query(
                "select t.id, " + NAMES.get(step.table()) + ", t.attempts, t.since, coalesce(t.reason, '') from "
                        + step.table() + " t where t.state = 'FAILED' and t.failed_from = ? and t.id > ?"
                        + " and coalesce(t.reason, '') like ? order by t.id limit ?",
                (rows, index) -> new Item(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getInt(3),
                        rows.getObject(4, OffsetDateTime.class).toInstant(),
                        rows.getString(5)),
                step.waiting(),
                after,
                reasonLike.orElse("%"),
                limit);
    }

    /** One line for each held item, for consoles; the first 1,000. */
    public List<String> lines(Step step) {
        List<String> lines = new ArrayList<>();
        items(step, Optional.empty(), 0, 1000)
                .forEach(item -> lines.add(item.id() + " " + item.name() + ": " + item.reason()));
        return List.copyOf(lines);
    }

    /** A glob, in which '*' stands for any text and '?' for one character, as a LIKE pattern. */
    public static String like(String glob) {
        return glob.replace("\\", "\\\\")
                .replace("%", "\\%")
                .replace("_", "\\_")
                .replace('*', '%')
                .replace('?', '_');
    }
}
