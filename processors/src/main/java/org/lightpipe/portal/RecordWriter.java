package org.lightpipe.portal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.core.Sha256;
import org.springframework.jdbc.core.JdbcTemplate;

/** Writes down what the catalog knows of a dataset, for people. Thread-safe. */
final class RecordWriter {

    /** A dataset can have a million files; these tell enough about the rest. */
    private static final int FILES_READ = 500;

    private static final int MAX_JOBS = 50;
    private static final int MAX_STAGES = 200;
    private static final int MAX_RESULTS = 1000;

    private final JdbcTemplate jdbc;
    private final ObjectMapper json;
    private final AnalysisDirectories analysis;

    RecordWriter(JdbcTemplate jdbc, ObjectMapper json, AnalysisDirectories analysis) {
        this.jdbc = jdbc;
        this.json = json;
        this.analysis = analysis;
    }

    /**
     * The record of a publication's dataset as it is now.
     *
     * @throws IOException when the preview cannot be read
     */
    RecordDraft write(long publicationId) throws IOException {
        SearchWords words = new SearchWords();
        ObjectNode record = jdbc.query("""
                select d.id as dataset_id, d.name as dataset, d.part, d.opened_at, d.completed_at, d.last_file_at,
                       d.file_count, d.byte_count, e.name as experiment, e.beamline, e.station, e.type, e.title,
                       e.description, e.start_date, e.end_date, e.root_path
                from publication p join dataset d on d.id = p.dataset_id join experiment e on e.id = d.experiment_id
                where p.id = ?
                """, rows -> rows.next() ? heading(rows, words) : null, publicationId);
        if (record == null) {
            throw new PermanentFailureException("publication " + publicationId + " has no dataset");
        }
        long dataset = record.get("datasetId").longValue();
        String rootPath = record.remove("rootPath").textValue();
        users(record.get("experiment").textValue(), words);
        record.set("jobs", jobs(dataset, words));
        record.set("results", results(dataset));
        record.put("state", state(record.get("jobs")));
        metadata(dataset, record, words);
        Optional<Preview> preview = preview(dataset, record.get("beamline").textValue(), rootPath);
        record.put("preview", preview.isPresent());
        preview.ifPresent(picture -> record.put("previewDigest", picture.digest()));
        return new RecordDraft(record, words.text(), preview);
    }

    private ObjectNode heading(ResultSet row, SearchWords words) throws SQLException {
        ObjectNode record = json.createObjectNode();
        record.put("datasetId", row.getLong("dataset_id"));
        for (String name : List.of("dataset", "experiment", "beamline", "station", "type", "title", "description")) {
            record.put(name, row.getString(name));
            words.add(row.getString(name));
        }
        record.put("part", row.getInt("part"));
        record.put("rootPath", row.getString("root_path"));
        record.put("startDate", row.getString("start_date"));
        record.put("endDate", row.getString("end_date"));
        record.put("openedAt", Times.text(row, "opened_at"));
        record.put("completedAt", Times.text(row, "completed_at"));
        record.put("lastFileAt", Times.text(row, "last_file_at"));
        record.put("files", row.getLong("file_count"));
        record.put("bytes", row.getLong("byte_count"));
        return record;
    }

    private void users(String experiment, SearchWords words) {
        jdbc.queryForList(
                        "select u.username from experiment_user u join experiment e on e.id = u.experiment_id"
                                + " where e.name = ? order by u.username limit 1000",
                        String.class,
                        experiment)
                .forEach(words::add);
    }

    private ArrayNode jobs(long dataset, SearchWords words) {
        ArrayNode jobs = json.createArrayNode();
        jdbc.query(
                "select id, workflow, owner, state, submitted_at, started_at, ended_at, reason from job"
                        + " where dataset_id = ? order by id desc limit " + MAX_JOBS,
                row -> {
                    ObjectNode job = jobs.addObject();
                    job.put("id", row.getLong("id"));
                    job.put("workflow", row.getString("workflow"));
                    job.put("owner", row.getString("owner"));
                    job.put("state", row.getString("state"));
                    job.put("submittedAt", Times.text(row, "submitted_at"));
                    job.put("startedAt", Times.text(row, "started_at"));
                    job.put("endedAt", Times.text(row, "ended_at"));
                    job.put("reason", row.getString("reason"));
                    words.add(row.getString("workflow"));
                },
                dataset);
        for (JsonNode job : jobs) {
            ((ObjectNode) job).set("stages", stages(job.get("id").longValue()));
        }
        return jobs;
    }

    private ArrayNode stages(long job) {
        ArrayNode stages = json.createArrayNode();
        jdbc.query(
                "select stage, resource, action, state, started_at, ended_at, host, exit_status, metrics::text as metrics"
                        + " from stage_run where job_id = ? order by id limit " + MAX_STAGES,
                row -> {
                    ObjectNode stage = stages.addObject();
                    stage.put("stage", row.getString("stage"));
                    stage.put("resource", row.getString("resource"));
                    stage.put("action", row.getString("action"));
                    stage.put("state", row.getString("state"));
                    stage.put("startedAt", Times.text(row, "started_at"));
                    stage.put("endedAt", Times.text(row, "ended_at"));
                    stage.put("host", row.getString("host"));
                    stage.put("exitStatus", row.getObject("exit_status", Integer.class));
                    MergedMetadata metrics = new MergedMetadata();
                    metrics.add(parsed(row.getString("metrics")));
                    stage.set("metrics", metrics.merged());
                },
                job);
        return stages;
    }

    private ArrayNode results(long dataset) {
        ArrayNode results = json.createArrayNode();
        jdbc.query(
                "select r.job_id, r.path, r.kind, r.size, r.digest from result r join job j on j.id = r.job_id"
                        + " where j.dataset_id = ? order by r.job_id desc, r.path limit " + MAX_RESULTS,
                row -> {
                    ObjectNode result = results.addObject();
                    result.put("job", row.getLong("job_id"));
                    result.put("path", row.getString("path"));
                    result.put("kind", row.getString("kind"));
                    result.put("size", row.getLong("size"));
                    result.put("digest", row.getString("digest"));
                },
                dataset);
        return results;
    }

    /** The dataset's metadata, and what its first files say; the files' names are found by a search as well. */
    private void metadata(long dataset, ObjectNode record, SearchWords words) {
        MergedMetadata metadata = new MergedMetadata();
        metadata.add(
                parsed(jdbc.queryForObject("select metadata::text from dataset where id = ?", String.class, dataset)));
        List<String> paths = new ArrayList<>();
        jdbc.query(
                "select path, metadata::text as metadata from file where dataset_id = ? order by path limit "
                        + FILES_READ,
                row -> {
                    paths.add(row.getString("path"));
                    metadata.add(parsed(row.getString("metadata")));
                },
                dataset);
        ObjectNode merged = metadata.merged();
        record.set("metadata", merged);
        record.put(
                "metadataShortened",
                metadata.isShortened() || record.get("files").longValue() > FILES_READ);
        merged.properties().forEach(field -> words.add(field.getKey()).add(words(field.getValue())));
        paths.forEach(words::add);
    }

    /** The newest picture that a workflow declared and made. */
    /** The picture of the workflow that the rules name first, from its newest run. */
    private Optional<Preview> preview(long dataset, String beamline, String rootPath) throws IOException {
        List<Preview> found = new ArrayList<>();
        List<String[]> declared = jdbc.query(
                "select r.path, r.digest from result r join job j on j.id = r.job_id"
                        + " where j.dataset_id = ? and r.kind = 'preview' order by"
                        + " (select min(k.id) from job k where k.dataset_id = j.dataset_id and k.workflow = j.workflow),"
                        + " j.id desc, r.path limit 1",
                (row, index) -> new String[] {row.getString("path"), row.getString("digest")},
                dataset);
        for (String[] file : declared) {
            byte[] png = PreviewFile.read(analysis.of(beamline, rootPath), file[0], file[1]);
            found.add(new Preview(png, Sha256.of(png)));
        }
        return found.stream().findFirst();
    }

    /** In one word for a list: a failure is shown first, then what still runs. */
    private static String state(JsonNode jobs) {
        List<String> states = new ArrayList<>();
        jobs.forEach(job -> states.add(job.get("state").textValue()));
        if (states.isEmpty()) {
            return "STORED";
        }
        if (states.contains("FAILED")) {
            return "FAILED";
        }
        return states.contains("PENDING") || states.contains("RUNNING") ? "PROCESSING" : "PROCESSED";
    }

    private static String words(JsonNode value) {
        if (!value.isArray()) {
            return value.asText();
        }
        StringBuilder text = new StringBuilder();
        value.forEach(item -> text.append(words(item)).append(' '));
        return text.toString();
    }

    private JsonNode parsed(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the database holds JSON that is none", e);
        }
    }
}
