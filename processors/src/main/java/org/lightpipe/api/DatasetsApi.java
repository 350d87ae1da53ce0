package org.lightpipe.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.core.NotFoundException;
import org.springframework.jdbc.core.JdbcTemplate;

/** Datasets and their way through the steps, for those who may see them. */
public final class DatasetsApi {

    /** Ends a query of experiments e: is the caller an operator, or a user of the experiment? */
    static final String VISIBLE =
            " and (? or exists (select 1 from experiment_user u where u.experiment_id = e.id and u.username = ?))";

    private static final long PAGE = 1_000;

    private final JdbcTemplate jdbc;

    public DatasetsApi(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Datasets of an experiment, newest first.
     *
     * @param after only those older than this one; all, when it is not given
     * @param limit how many at most; 1,000 when it is not given
     */
    public List<Map<String, Object>> list(
            @Header("experiment") String experiment,
            @Header("after") String after,
            @Header("limit") String limit,
            @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        return jdbc.queryForList(
                "select d.id, d.name, d.part, d.state, d.reason, d.file_count, d.byte_count, d.completed_at, d.archived_at"
                        + " from dataset d join experiment e on e.id = d.experiment_id where e.name = ?" + VISIBLE
                        + " and d.id < ? order by d.id desc limit ?",
                experiment,
                caller.operator(),
                caller.username(),
                bounded("after", after, Long.MAX_VALUE, Long.MAX_VALUE),
                bounded("limit", limit, PAGE, PAGE));
    }

    /**
     * Files of a dataset in the order in which they were found. A page costs the same wherever it is.
     *
     * @param after only those found after this one; from the first, when it is not given
     * @param limit how many at most; 1,000 when it is not given
     * @return {@code files}, and {@code next}, the {@code after} of the next page, or null when there is none
     */
    public Map<String, Object> files(
            @Header("id") String id,
            @Header("after") String after,
            @Header("limit") String limit,
            @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        long dataset = visible(id, caller);
        long page = bounded("limit", limit, PAGE, PAGE);
        List<Map<String, Object>> files = files(dataset, bounded("after", after, 0, Long.MAX_VALUE), page + 1);
        boolean more = files.size() > page;
        List<Map<String, Object>> shown = more ? files.subList(0, (int) page) : files;
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("files", shown);
        answer.put("next", more ? shown.get(shown.size() - 1).get("id") : null);
        return answer;
    }

    /** The experiment is asked for first: with it, one partition is read and not all. */
    private List<Map<String, Object>> files(long dataset, long after, long limit) {
        return jdbc.queryForList(
                "select id, path, size, digest, state, reason, detected_at, stored_at, catalogued_at from file"
                        + " where experiment_id = (select experiment_id from dataset where id = ?) and dataset_id = ?"
                        + " and id > ? order by id limit ?",
                dataset,
                dataset,
                after,
                limit);
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
        dataset.put("files", files(number, 0, PAGE));
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

    private static long bounded(String name, String text, long otherwise, long most) {
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, with the bounds
        }
        throw InvalidInputException.of(
                "request",
                name,
                "'" + text + "' is not a whole number from 1 to " + most,
                "leave it out or correct it");
    }

    static long number(String id) {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException e) {
            throw new NotFoundException("'" + id + "' is not the number of anything");
        }
    }
}
