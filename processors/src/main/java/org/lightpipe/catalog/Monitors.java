package org.lightpipe.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.core.ConflictException;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.core.NotFoundException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

/** The monitors that should run. Starting and stopping is a row in the catalog: a restart changes nothing. Thread-safe. */
public final class Monitors {

    private final JdbcTemplate jdbc;
    private final Audit audit;
    private final ObjectMapper json = new ObjectMapper();

    public Monitors(JdbcTemplate jdbc, Audit audit) {
        this.jdbc = jdbc;
        this.audit = audit;
    }

    /**
     * Starts a monitor of a directory for an experiment, as its beamline is configured.
     *
     * @return id of the monitor
     * @throws InvalidInputException when there is no such directory
     * @throws NotFoundException when there is no such experiment
     * @throws ConflictException when the directory is monitored already for another experiment
     */
    public long start(String experiment, String directory, String who) {
        return start(
                new MonitorOrder(MonitorOrder.Kind.MONITOR, experiment, directory, MonitorOrder.NORMAL, Map.of()), who);
    }

    /**
     * Starts a monitor or an upload. What runs already in the same way is not started again.
     *
     * @return its id
     * @throws InvalidInputException when there is no such directory
     * @throws NotFoundException when there is no such experiment
     * @throws ConflictException when the directory is monitored already for another experiment or in another way
     */
    public long start(MonitorOrder order, String who) {
        refuseUnusable("request", "directory", order.directory());
        String path = Path.of(order.directory()).normalize().toString();
        Long experimentId = jdbc.query(
                "select id from experiment where name = ?",
                rows -> rows.next() ? rows.getLong(1) : null,
                order.experiment());
        if (experimentId == null) {
            throw new NotFoundException("there is no experiment '" + order.experiment() + "'");
        }
        String options = json(order.options());
        List<Long> same = jdbc.queryForList(
                "select id from daq where directory = ? and state = 'RUNNING' and kind = ? and experiment_id = ?"
                        + " and priority = ? and options = ?::jsonb",
                Long.class,
                path,
                order.kind().name(),
                experimentId,
                order.priority(),
                options);
        if (!same.isEmpty()) {
            return same.get(0);
        }
        if (order.kind() == MonitorOrder.Kind.MONITOR) {
            watchedBy(path).ifPresent(running -> {
                throw new ConflictException(running.refusal(path, order.experiment()));
            });
        }
        try {
            Long id = jdbc.queryForObject(
                    "insert into daq (experiment_id, directory, started_by, kind, priority, options)"
                            + " values (?, ?, ?, ?, ?, ?::jsonb) returning id",
                    Long.class,
                    experimentId,
                    path,
                    who,
                    order.kind().name(),
                    order.priority(),
                    options);
            audit.record(
                    who, order.kind().words() + " started", id + " " + order.experiment() + " " + path + " " + options);
            return id;
        } catch (DuplicateKeyException e) {
            throw new ConflictException(path + " is monitored already");
        }
    }

    private record Running(long id, String experiment) {
        String refusal(String path, String wanted) {
            return path + " is monitored already"
                    + (experiment.equals(wanted)
                            ? " by monitor " + id + " with other options"
                            : " for experiment '" + experiment + "' by monitor " + id)
                    + "; stop that monitor first (./lightpipe daq stop " + id + ")";
        }
    }

    private Optional<Running> watchedBy(String path) {
        return jdbc
                .query(
                        "select d.id, e.name from daq d join experiment e on e.id = d.experiment_id"
                                + " where d.directory = ? and d.state = 'RUNNING' and d.kind = 'MONITOR'",
                        (rows, index) -> new Running(rows.getLong(1), rows.getString(2)),
                        path)
                .stream()
                .findFirst();
    }

    /**
     * Refuses a directory for an experiment that is not recorded yet, when it is monitored already, or will be once
     * another recorded experiment is ready.
     *
     * @throws ConflictException in words
     */
    public void refuseWatched(String experiment, String directory) {
        String path = Path.of(directory).normalize().toString();
        String mend = ", or give experiment '" + experiment + "' another directory";
        // One of the same name is refused for its name.
        watchedBy(path)
                .filter(running -> !running.experiment().equals(experiment))
                .ifPresent(running -> {
                    throw new ConflictException("watch: " + running.refusal(path, experiment) + mend);
                });
        jdbc.queryForList(
                        "select name from experiment where state in ('REQUESTED', 'CREATING', 'FAILED') and name <> ?"
                                + " and form ->> 'watch' = ? limit 1",
                        String.class,
                        experiment,
                        directory)
                .forEach(other -> {
                    throw new ConflictException("watch: " + path + " is to be monitored for experiment '" + other
                            + "', which is recorded already" + mend);
                });
    }

    /**
     * Stops a monitor or an upload; files that it has found go on.
     *
     * @throws NotFoundException when nothing of that id runs
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

    /**
     * The newest 1,000 monitors and uploads, with what they have found.
     *
     * @param experiment only those of this experiment
     * @param running only those that run
     */
    public List<Map<String, Object>> list(Optional<String> experiment, boolean running) {
        return jdbc.queryForList(
                "select d.id, d.kind, e.name as experiment, d.directory, d.state, d.priority, d.started_by, d.started_at,"
                        + " d.stopped_at, d.stopped_reason, d.found_files as files"
                        + " from daq d join experiment e on e.id = d.experiment_id"
                        + " where (?::text is null or e.name = ?) and (not ? or d.state = 'RUNNING')"
                        + " order by d.id desc limit 1000",
                experiment.orElse(null),
                experiment.orElse(null),
                running);
    }

    /**
     * A monitor or an upload with its counts now: {@code found} files and {@code bytes}, of which {@code waiting} for
     * their transfer or in it, {@code stored} and waiting to be catalogued, {@code catalogued}, {@code changed} (found
     * changed while they were copied, and taken again), {@code held} for a person; {@code rate} is bytes stored a second
     * over the last minute. What waits counts for an upload also when another monitor found it first.
     *
     * @throws NotFoundException when there is none of that id
     */
    public Map<String, Object> show(long id) {
        List<Map<String, Object>> found = jdbc.queryForList(
                "select d.id, d.kind, e.name as experiment, d.directory, d.state, d.priority, d.options::text as options,"
                        + " d.started_by, d.started_at, d.stopped_at, d.stopped_reason, d.experiment_id, d.claimed_by"
                        + " from daq d join experiment e on e.id = d.experiment_id where d.id = ?",
                id);
        if (found.isEmpty()) {
            throw new NotFoundException("there is no monitor " + id);
        }
        Map<String, Object> daq = new LinkedHashMap<>(found.get(0));
        Object experiment = daq.remove("experiment_id");
        daq.put("options", options((String) daq.get("options")));
        daq.putAll(jdbc.queryForMap(
                "select count(*) as found, coalesce(sum(size), 0)::bigint as bytes,"
                        + " count(*) filter (where state in ('CATALOGUED', 'ARCHIVED', 'RELEASED', 'RECALLED')) as catalogued,"
                        + " coalesce(sum(size) filter (where state not in ('DETECTED', 'TRANSFERRING', 'CHANGED')"
                        + " and not (state = 'FAILED' and failed_from = 'DETECTED')), 0)::bigint as stored_bytes,"
                        + " coalesce(sum(size) filter (where stored_at > now() - interval '1 minute'), 0)::bigint / 60 as rate"
                        + " from file where experiment_id = ? and daq_id = ?",
                experiment,
                id));
        // Only what waits is looked at here, and there are small indexes of that.
        daq.putAll(jdbc.queryForMap(
                "select count(*) filter (where state in ('DETECTED', 'TRANSFERRING')) as waiting,"
                        + " count(*) filter (where state in ('STORED', 'CATALOGUING')) as stored,"
                        + " count(*) filter (where state = 'CHANGED') as changed,"
                        + " count(*) filter (where state = 'FAILED') as held"
                        + " from file where experiment_id = ?"
                        + " and state in ('DETECTED', 'TRANSFERRING', 'STORED', 'CATALOGUING', 'CHANGED', 'FAILED')"
                        + " and (daq_id = ? or (? and starts_with(source, ?)))",
                experiment,
                id,
                "UPLOAD".equals(daq.get("kind")),
                daq.get("directory") + "/"));
        daq.put(
                "heldFiles",
                jdbc.queryForList(
                        "select id, path, coalesce(reason, '') as reason,"
                                + " case failed_from when 'DETECTED' then 'transfer' else 'catalog' end as step"
                                + " from file where experiment_id = ? and state = 'FAILED'"
                                + " and (daq_id = ? or (? and starts_with(source, ?))) order by id limit 100",
                        experiment,
                        id,
                        "UPLOAD".equals(daq.get("kind")),
                        daq.get("directory") + "/"));
        return daq;
    }

    private String json(Map<String, Object> options) {
        try {
            return json.writeValueAsString(options);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> options(String text) {
        try {
            return json.readValue(text, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the options of a monitor in the catalog are not JSON", e);
        }
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
