package org.lightpipe.catalog;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.lightpipe.core.ConflictException;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.core.NotFoundException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

/** The monitors that should run. Starting and stopping is a row in the catalog: a restart changes nothing. Thread-safe. */
public final class Monitors {

    private final JdbcTemplate jdbc;
    private final Audit audit;

    public Monitors(JdbcTemplate jdbc, Audit audit) {
        this.jdbc = jdbc;
        this.audit = audit;
    }

    /**
     * Starts a monitor of a directory for an experiment.
     *
     * @return id of the monitor
     * @throws InvalidInputException when there is no such directory
     * @throws NotFoundException when there is no such experiment
     * @throws ConflictException when the directory is monitored already for another experiment
     */
    public long start(String experiment, String directory, String who) {
        refuseUnusable("request", "directory", directory);
        String path = Path.of(directory).normalize().toString();
        Long experimentId = jdbc.query(
                "select id from experiment where name = ?", rows -> rows.next() ? rows.getLong(1) : null, experiment);
        if (experimentId == null) {
            throw new NotFoundException("there is no experiment '" + experiment + "'");
        }
        List<Map<String, Object>> running =
                jdbc.queryForList("select id, experiment_id from daq where directory = ? and state = 'RUNNING'", path);
        if (!running.isEmpty()) {
            if (!experimentId.equals(running.get(0).get("experiment_id"))) {
                throw new ConflictException(
                        path + " is monitored already for another experiment; stop that monitor first");
            }
            return (Long) running.get(0).get("id");
        }
        try {
            Long id = jdbc.queryForObject(
                    "insert into daq (experiment_id, directory, started_by) values (?, ?, ?) returning id",
                    Long.class,
                    experimentId,
                    path,
                    who);
            audit.record(who, "monitor started", experiment + " " + path);
            return id;
        } catch (DuplicateKeyException e) {
            throw new ConflictException(path + " is monitored already");
        }
    }

    /**
     * Stops a monitor; files that it has found go on.
     *
     * @throws NotFoundException when no monitor of that id runs
     */
    public void stop(long id, String who) {
        if (jdbc.update(
                        "update daq set state = 'STOPPED', stopped_at = now(), stopped_reason = ? where id = ? and state = 'RUNNING'",
                        "stopped by " + who,
                        id)
                == 0) {
            throw new NotFoundException("no monitor " + id + " is running");
        }
        audit.record(who, "monitor stopped", Long.toString(id));
    }

    /** The newest 1,000 monitors, with their counts. */
    public List<Map<String, Object>> list() {
        return jdbc.queryForList("select d.id, e.name as experiment, d.directory, d.state, d.started_by, d.started_at,"
                + " d.stopped_at, d.stopped_reason, (select count(*) from file f where f.daq_id = d.id) as files"
                + " from daq d join experiment e on e.id = d.experiment_id order by d.id desc limit 1000");
    }

    /**
     * Refuses a directory that cannot be watched.
     *
     * @throws InvalidInputException in words
     */
    public void refuseUnusable(String source, String field, String directory) {
        String problem = null;
        try {
            Path path = Path.of(directory);
            if (!path.isAbsolute()) {
                problem = "'" + directory + "' is not an absolute path";
            } else if (!Files.exists(path)) {
                problem = directory + " does not exist on this machine";
            } else if (!Files.isDirectory(path)) {
                problem = directory + " is not a directory";
            } else if (!Files.isReadable(path) || !Files.isExecutable(path)) {
                problem = directory + " cannot be read by this hub";
            }
        } catch (InvalidPathException e) {
            problem = "'" + directory + "' is not a path";
        }
        if (problem != null) {
            throw InvalidInputException.of(source, field, problem, "give an existing directory that the hub can read");
        }
    }
}
