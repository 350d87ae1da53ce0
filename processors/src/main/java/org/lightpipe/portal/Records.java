package org.lightpipe.portal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * The published records, as far as someone may see them: a user sees the experiments that have him as a user, an
 * operator sees all. A record that may not be seen is a record that does not exist. Thread-safe.
 */
public final class Records {

    /** Patience with one question; a search that takes longer helps nobody and holds a connection. */
    private static final int QUERY_SECONDS = 20;

    private static final int FILES_LISTED = 200;
    private static final int FACET_VALUES = 50;

    /** The end of a question that may be the beginning of a longer word. */
    private static final String LAST_WORD_OPEN = "(^|[&|] )'[^']*'$";

    private final NamedParameterJdbcTemplate jdbc;
    private final ObjectMapper json = new ObjectMapper();

    public Records(DataSource dataSource) {
        JdbcTemplate patient = new JdbcTemplate(dataSource);
        patient.setQueryTimeout(QUERY_SECONDS);
        this.jdbc = new NamedParameterJdbcTemplate(patient);
    }

    /**
     * Searches, newest records first.
     *
     * @param username who asks
     * @param operator true when he may see everything
     * @param q words, "phrases", -exclusions and or; empty for everything
     * @param experiment only this experiment; empty for all
     * @param beamline only this beamline; empty for all
     * @param after only records before this one; {@link Long#MAX_VALUE} for the first page
     * @param limit how many at most
     */
    public RecordPage search(
            String username, boolean operator, String q, String experiment, String beamline, long after, int limit) {
        String words = words(q);
        MapSqlParameterSource values = caller(username, operator)
                .addValue("words", words)
                .addValue("experiment", experiment)
                .addValue("beamline", beamline)
                .addValue("after", after)
                .addValue("limit", limit + 1);
        String found = found(operator, words);
        List<RecordPage.Summary> records = jdbc.query(
                """
                select p.id, d.name, d.part, e.name as experiment, e.beamline, e.title, d.completed_at,
                       p.published_at, d.file_count, d.byte_count, p.record->>'state' as state,
                       p.preview is not null as preview, b.state as tape
                """
                        + found
                        + (experiment.isEmpty() ? "" : " and e.name = :experiment")
                        + (beamline.isEmpty() ? "" : " and e.beamline = :beamline")
                        + " and p.id < :after order by p.id desc limit :limit",
                values,
                Records::summary);
        boolean more = records.size() > limit;
        List<RecordPage.Summary> page = more ? records.subList(0, limit) : records;
        Long next = more ? page.get(limit - 1).id() : null;
        if (after < Long.MAX_VALUE) {
            return new RecordPage(page, next, null, new RecordPage.Facets(List.of(), List.of()));
        }
        return counted(page, next, found, values, experiment, beamline);
    }

    /** A record with all that is known of its dataset, if there is one and it may be seen. */
    public Optional<ObjectNode> record(String username, boolean operator, long id) {
        return jdbc
                .query(
                        "select p.id, p.published_at, p.record::text as record" + visible(operator) + " and p.id = :id",
                        caller(username, operator).addValue("id", id),
                        this::published)
                .stream()
                .findFirst()
                .map(this::withPresent);
    }

    /** The picture of a record, if there is one and it may be seen. */
    public Optional<Preview> preview(String username, boolean operator, long id) {
        return jdbc
                .query(
                        "select p.preview, p.record->>'previewDigest' as digest" + visible(operator)
                                + " and p.id = :id and p.preview is not null",
                        caller(username, operator).addValue("id", id),
                        (row, index) -> new Preview(row.getBytes("preview"), row.getString("digest")))
                .stream()
                .findFirst();
    }

    private static MapSqlParameterSource caller(String username, boolean operator) {
        return new MapSqlParameterSource().addValue("username", username).addValue("operator", operator);
    }

    /** Everything that the caller may see: the one place that decides it. */
    private static String visible(boolean operator) {
        return """
                \s from publication p
                  join dataset d on d.id = p.dataset_id
                  join experiment e on e.id = d.experiment_id
                  left join bag b on b.dataset_id = d.id
                where p.record is not null
                """
                + (operator
                        ? ""
                        : " and e.id in (select experiment_id from experiment_user where username = :username)");
    }

    private static String found(boolean operator, String words) {
        return visible(operator) + (words.isEmpty() ? "" : " and p.search_text @@ cast(:words as tsquery)");
    }

    /**
     * The question in PostgreSQL's words, asked for beforehand: as a constant, it lets PostgreSQL judge whether the index
     * or the newest rows are the shorter way.
     */
    private String words(String q) {
        String question = SearchWords.question(q);
        if (question.isEmpty()) {
            return "";
        }
        // whoever is still typing the last word sees where it leads
        String last = question.endsWith("\"") ? "" : ":*";
        return jdbc.queryForObject(
                "select case when words::text ~ :open then words::text || :last else words::text end"
                        + " from websearch_to_tsquery('simple', :question) words",
                Map.of("open", LAST_WORD_OPEN, "last", last, "question", question),
                String.class);
    }

    private RecordPage counted(
            List<RecordPage.Summary> page,
            Long next,
            String found,
            MapSqlParameterSource values,
            String experiment,
            String beamline) {
        List<Group> groups = jdbc.query(
                "select e.name, e.beamline, count(*)" + found + " group by e.name, e.beamline",
                values,
                (row, index) -> new Group(row.getString(1), row.getString(2), row.getLong(3)));
        Predicate<Group> thisExperiment = group -> experiment.isEmpty() || group.experiment.equals(experiment);
        Predicate<Group> thisBeamline = group -> beamline.isEmpty() || group.beamline.equals(beamline);
        long total = groups.stream()
                .filter(thisExperiment.and(thisBeamline))
                .mapToLong(Group::count)
                .sum();
        return new RecordPage(
                page,
                next,
                total,
                new RecordPage.Facets(
                        counts(groups, thisBeamline, Group::experiment),
                        counts(groups, thisExperiment, Group::beamline)));
    }

    private static List<RecordPage.Count> counts(
            List<Group> groups, Predicate<Group> others, Function<Group, String> value) {
        Map<String, Long> counts = groups.stream()
                .filter(others)
                .collect(Collectors.groupingBy(value, LinkedHashMap::new, Collectors.summingLong(Group::count)));
        return counts.entrySet().stream()
                .map(entry -> new RecordPage.Count(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingLong(RecordPage.Count::count)
                        .reversed()
                        .thenComparing(RecordPage.Count::value))
                .limit(FACET_VALUES)
                .toList();
    }

    private static RecordPage.Summary summary(ResultSet row, int index) throws SQLException {
        return new RecordPage.Summary(
                row.getLong("id"),
                row.getString("name"),
                row.getInt("part"),
                row.getString("experiment"),
                row.getString("beamline"),
                row.getString("title"),
                Times.text(row, "completed_at"),
                Times.text(row, "published_at"),
                row.getLong("file_count"),
                row.getLong("byte_count"),
                row.getString("state"),
                row.getBoolean("preview"),
                row.getString("tape"));
    }

    private ObjectNode published(ResultSet row, int index) throws SQLException {
        ObjectNode record = json.createObjectNode();
        record.put("id", row.getLong("id"));
        record.put("publishedAt", Times.text(row, "published_at"));
        try {
            return record.setAll((ObjectNode) json.readTree(row.getString("record")));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("record " + row.getLong("id") + " is not JSON", e);
        }
    }

    /** What goes on after publication is read now: files leave the disk and come back, months later. */
    private ObjectNode withPresent(ObjectNode record) {
        long dataset = record.get("datasetId").longValue();
        record.set("fileList", files(dataset));
        record.set("tape", tape(dataset));
        return record;
    }

    private ArrayNode files(long dataset) {
        ArrayNode files = json.createArrayNode();
        jdbc.query(
                "select * from (select path, size, digest, state from file where experiment_id ="
                        + " (select experiment_id from dataset where id = :dataset) and dataset_id = :dataset"
                        + " order by id limit " + FILES_LISTED + ") f order by path",
                Map.of("dataset", dataset),
                row -> {
                    ObjectNode file = files.addObject();
                    file.put("path", row.getString("path"));
                    file.put("size", row.getLong("size"));
                    file.put("digest", row.getString("digest"));
                    file.put("state", row.getString("state"));
                });
        return files;
    }

    /** The dataset's bag with its newest recall; null when it has no bag. */
    private ObjectNode tape(long dataset) {
        return jdbc.query("""
                        select b.state, b.tape, b.path, b.algorithm, b.size, b.digest, b.planned_at, b.written_at,
                               b.verified_at, b.released_at, b.reason, r.id as recall, r.state as recall_state,
                               r.requested_by, r.requested_at, r.online_at, r.reason as recall_reason
                        from bag b left join recall r on r.bag_id = b.id
                        where b.dataset_id = :dataset order by r.id desc limit 1
                        """, Map.of("dataset", dataset), this::bag).stream()
                .findFirst()
                .orElse(null);
    }

    private ObjectNode bag(ResultSet row, int index) throws SQLException {
        ObjectNode bag = json.createObjectNode();
        bag.put("state", row.getString("state"));
        bag.put("tape", row.getString("tape"));
        bag.put("path", row.getString("path"));
        bag.put("algorithm", row.getString("algorithm"));
        bag.put("size", row.getObject("size", Long.class));
        bag.put("digest", row.getString("digest"));
        bag.put("plannedAt", Times.text(row, "planned_at"));
        bag.put("writtenAt", Times.text(row, "written_at"));
        bag.put("verifiedAt", Times.text(row, "verified_at"));
        bag.put("releasedAt", Times.text(row, "released_at"));
        bag.put("reason", row.getString("reason"));
        Long recallId = row.getObject("recall", Long.class);
        if (recallId == null) {
            return bag.putNull("recall");
        }
        ObjectNode recall = bag.putObject("recall");
        recall.put("id", recallId);
        recall.put("state", row.getString("recall_state"));
        recall.put("requestedBy", row.getString("requested_by"));
        recall.put("requestedAt", Times.text(row, "requested_at"));
        recall.put("onlineAt", Times.text(row, "online_at"));
        recall.put("reason", row.getString("recall_reason"));
        return bag;
    }

    private record Group(String experiment, String beamline, long count) {}
}
