package org.lightpipe.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.Monitors;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.Beamline;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.core.ConflictException;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.storage.StorageSession;
import org.lightpipe.storage.Storages;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Records experiments and makes their directories. Thread-safe. */
public final class Experiments {

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Work work;
    private final LiveConfiguration configuration;
    private final Storages storages;
    private final Monitors monitors;
    private final Audit audit;
    private final ObjectMapper json = new ObjectMapper();

    public Experiments(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages,
            Monitors monitors,
            Audit audit) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.work = work;
        this.configuration = configuration;
        this.storages = storages;
        this.monitors = monitors;
        this.audit = audit;
    }

    /**
     * Records an experiment from its form; its directories are made by the experiment step.
     *
     * @param source name of the file or request, for findings
     * @param form the form, YAML or JSON
     * @param who who handed it in
     * @return name of the experiment
     * @throws org.lightpipe.core.InvalidInputException when the form is wrong; nothing is recorded
     * @throws ConflictException when there is an experiment of that name, or its directory is monitored already
     */
    public String record(String source, String form, String who) {
        ExperimentForm parsed = ExperimentForm.parse(source, form, configuration.get());
        Beamline beamline = configuration.beamline(parsed.beamline());
        watchOf(parsed, beamline).ifPresent(directory -> {
            monitors.refuseUnusable(source, "watch", directory);
            // Here, while somebody reads the answer, rather than when the experiment is prepared.
            monitors.refuseWatched(parsed.name(), directory);
        });
        try {
            transactions.executeWithoutResult(status -> insert(parsed, beamline, who));
        } catch (DuplicateKeyException e) {
            throw new ConflictException("experiment '" + parsed.name() + "' exists already; choose another name");
        }
        return parsed.name();
    }

    private void insert(ExperimentForm form, Beamline beamline, String who) {
        Long id = jdbc.queryForObject(
                "insert into experiment (name, station, beamline, type, title, description, start_date, end_date,"
                        + " root_path, form, created_by) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?) returning id",
                Long.class,
                form.name(),
                beamline.station(),
                form.beamline(),
                form.type(),
                form.title(),
                form.description(),
                form.start().orElse(null),
                form.end().orElse(null),
                form.rootPath(),
                asJson(form.written()),
                who);
        for (ExperimentForm.User user : form.users()) {
            jdbc.update("insert into experiment_user values (?, ?, ?)", id, user.name(), user.role());
        }
        audit.record(who, "experiment recorded", form.name());
    }

    /**
     * Makes the directories of a recorded experiment and starts its monitor, if it has one.
     *
     * @param row the claimed row: id, name, beamline, root_path, form
     */
    public void prepare(Map<String, Object> row) throws IOException {
        long id = ((Number) row.get("id")).longValue();
        String name = (String) row.get("name");
        Beamline beamline = configuration.beamline((String) row.get("beamline"));
        try (StorageSession storage = storages.open(beamline.storage())) {
            storage.createDirectories(row.get("root_path") + "/data");
            storage.createDirectories(row.get("root_path") + "/analysis");
        }
        Optional<String> watch = watch(row, beamline, name);
        transactions.executeWithoutResult(status -> {
            if (work.done(Step.EXPERIMENT, id)) {
                jdbc.update("update experiment set ready_at = now() where id = ?", id);
                boolean hasUsers = Boolean.TRUE.equals(jdbc.queryForObject(
                        "select exists (select 1 from experiment_user where experiment_id = ?)", Boolean.class, id));
                if (hasUsers && storages.localRoot(beamline.storage()).isPresent()) {
                    giveToUsers(id, (String) row.get("created_by"));
                }
                watch.ifPresent(directory -> monitors.start(name, directory, (String) row.get("created_by")));
            }
        });
    }

    private Optional<String> watch(Map<String, Object> row, Beamline beamline, String name) {
        Object own = row.get("own_watch");
        return own == null
                ? beamline.acquire().watch().map(directory -> directory.replace("{experiment}", name))
                : Optional.of((String) own);
    }

    private static Optional<String> watchOf(ExperimentForm form, Beamline beamline) {
        return form.watch()
                .or(() -> beamline.acquire().watch().map(directory -> directory.replace("{experiment}", form.name())));
    }

    /** Who may see the data of an experiment, by name. @throws NotFoundException when there is no such experiment */
    public List<Map<String, Object>> users(String experiment) {
        return jdbc.queryForList(
                "select username as name, role from experiment_user where experiment_id = ? order by username",
                id(experiment));
    }

    /**
     * Changes who may see the data of an experiment; its files follow, step by step, in the background.
     *
     * @param request <code>{add: [{name, role}], remove: [name]}</code>
     * @param who who wants it
     * @throws org.lightpipe.core.InvalidInputException when the request is wrong
     * @throws NotFoundException when there is no such experiment
     * @throws ConflictException when one who is to be removed is none of its users; nothing is changed
     */
    public void changeUsers(String experiment, String request, String who) {
        UsersChange change = UsersChange.parse(request);
        long id = id(experiment);
        boolean mounted = storages.localRoot(configuration
                        .beamline(jdbc.queryForObject("select beamline from experiment where id = ?", String.class, id))
                        .storage())
                .isPresent();
        transactions.executeWithoutResult(status -> {
            for (String name : change.remove()) {
                if (jdbc.update("delete from experiment_user where experiment_id = ? and username = ?", id, name)
                        == 0) {
                    throw new ConflictException("'" + name + "' is not a user of experiment '" + experiment + "'");
                }
                audit.record(who, "user removed", experiment + " " + name);
            }
            for (ExperimentForm.User user : change.add()) {
                jdbc.update(
                        "insert into experiment_user values (?, ?, ?)"
                                + " on conflict (experiment_id, username) do update set role = excluded.role",
                        id,
                        user.name(),
                        user.role());
                audit.record(who, "user added", experiment + " " + user.name() + " " + user.role());
            }
            if (mounted) {
                giveToUsers(id, who);
            }
        });
    }

    private long id(String experiment) {
        return jdbc.queryForList("select id from experiment where name = ?", Long.class, experiment).stream()
                .findFirst()
                .orElseThrow(() -> new NotFoundException("there is no experiment '" + experiment + "'"));
    }

    /** Asks for a walk that gives the files to the users; one that has not begun yet will see these users too. */
    private void giveToUsers(long id, String who) {
        jdbc.update(
                "insert into permission_run (experiment_id, action, requested_by)"
                        + " select ?, 'USERS', ? on conflict do nothing",
                id,
                who);
    }

    /** All experiments that a person may see, newest first, at most 1,000. */
    public List<Map<String, Object>> list(String username, boolean operator) {
        return jdbc.queryForList(
                "select name, beamline, station, type, title, state, reason, start_date, end_date, root_path from experiment e"
                        + " where ? or exists (select 1 from experiment_user u where u.experiment_id = e.id and u.username = ?)"
                        + " order by id desc limit 1000",
                operator,
                username);
    }

    private String asJson(Map<String, Object> form) {
        try {
            return json.writeValueAsString(dated(form));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> dated(Map<String, Object> form) {
        form.replaceAll((key, value) -> value instanceof LocalDate ? value.toString() : value);
        return form;
    }
}
