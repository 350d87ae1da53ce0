package org.lightpipe.api;

import java.util.List;
import java.util.Map;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.core.NotFoundException;
import org.springframework.jdbc.core.JdbcTemplate;

/** Datasets and their way through the steps, for those who may see them. */
public final class DatasetsApi {

    private static final String VISIBLE =
            " and (? or exists (select 1 from experiment_user u where u.experiment_id = e.id and u.username = ?))";

    private final JdbcTemplate jdbc;

    public DatasetsApi(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** The newest 1,000 datasets of an experiment. */
    public List<Map<String, Object>> list(
            @Header("experiment") String experiment, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        return jdbc.queryForList(
                "select d.id, d.name, d.part, d.state, d.reason, d.file_count, d.byte_count, d.completed_at, d.archived_at"
                        + " from dataset d join experiment e on e.id = d.experiment_id where e.name = ?" + VISIBLE
                        + " order by d.id desc limit 1000",
                experiment,
                caller.operator(),
                caller.username());
    }

    /** One dataset with its files (the first 1,000), jobs, publication and bag. */
    public Map<String, Object> dataset(@Header("id") String id, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        long number = number(id);
        List<Map<String, Object>> found = jdbc.queryForList(
                "select d.id, d.name, d.part, d.state, d.reason, d.file_count, d.byte_count, d.completed_at, d.archived_at,"
                        + " e.name as experiment, e.root_path, e.beamline"
                        + " from dataset d join experiment e on e.id = d.experiment_id where d.id = ?" + VISIBLE,
                number,
                caller.operator(),
                caller.username());
        if (found.isEmpty()) {
            throw new NotFoundException("there is no dataset " + id);
        }
        Map<String, Object> dataset = found.get(0);
        dataset.put(
                "files",
                jdbc.queryForList(
                        "select id, path, size, digest, state, reason, detected_at, stored_at, catalogued_at from file"
                                + " where dataset_id = ? order by id limit 1000",
                        number));
        dataset.put(
                "jobs",
                jdbc.queryForList(
                        "select id, workflow, state, reason, stage, submitted_at, started_at, ended_at from job"
                                + " where dataset_id = ? order by id",
                        number));
        dataset.put(
                "results",
                jdbc.queryForList(
                        "select r.path, r.kind, r.size, r.digest from result r join job j on j.id = r.job_id"
                                + " where j.dataset_id = ? order by r.id",
                        number));
        dataset.put(
                "publications",
                jdbc.queryForList(
                        "select id, state, reason, published_at from publication where dataset_id = ?", number));
        dataset.put(
                "bags",
                jdbc.queryForList(
                        "select id, state, reason, tape, path, algorithm, size, digest, verified_at, released_at from bag"
                                + " where dataset_id = ?",
                        number));
        return dataset;
    }

    /**
     * The number of a dataset that the caller may see.
     *
     * @throws NotFoundException when there is none, or the caller may not see it
     */
    long visible(String id, Caller caller) {
        long number = number(id);
        Long count = jdbc.queryForObject(
                "select count(*) from dataset d join experiment e on e.id = d.experiment_id where d.id = ?" + VISIBLE,
                Long.class,
                number,
                caller.operator(),
                caller.username());
        if (count == null || count == 0) {
            throw new NotFoundException("there is no dataset " + id);
        }
        return number;
    }

    static long number(String id) {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException e) {
            throw new NotFoundException("'" + id + "' is not the number of anything");
        }
    }
}
