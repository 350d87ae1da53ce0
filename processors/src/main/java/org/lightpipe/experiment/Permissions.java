package org.lightpipe.experiment;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.Beamline;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.core.ConflictException;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.os.Accounts;
import org.lightpipe.os.Held;
import org.lightpipe.os.NoAclsException;
import org.lightpipe.storage.AccessRule;
import org.lightpipe.storage.PermissionWalk;
import org.lightpipe.storage.Storages;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Group, mode and access control lists of what experiments have in mounted storages: checked, and restored, by walks that
 * the catalog remembers. Thread-safe; once closed, a walk that is under way stops and begins anew at the next start.
 */
public final class Permissions implements AutoCloseable {

    /** Findings in one answer. */
    private static final int PAGE = 500;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Work work;
    private final LiveConfiguration configuration;
    private final Storages storages;
    private final Audit audit;
    private volatile boolean closed;

    public Permissions(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages,
            Audit audit) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.work = work;
        this.configuration = configuration;
        this.storages = storages;
        this.audit = audit;
    }

    /** What a walk does. */
    public enum Action {
        /** Tells what is not as it should be. */
        CHECK,
        /** Mends it. */
        RESTORE,
        /** Mends it, because the users of the experiment changed. */
        USERS
    }

    /** A walk that was asked for. */
    public record Requested(long id, String experiment) {}

    /**
     * Asks for a walk.
     *
     * @throws NotFoundException when there is no such experiment
     * @throws ConflictException when none of its storages is mounted here
     */
    public Requested request(String experiment, Action action, String who) {
        List<Map<String, Object>> rows =
                jdbc.queryForList("select id, beamline from experiment where name = ?", experiment);
        if (rows.isEmpty()) {
            throw new NotFoundException("there is no experiment '" + experiment + "'");
        }
        String beamline = (String) rows.get(0).get("beamline");
        if (mounted(configuration.beamline(beamline)).isEmpty()) {
            throw new ConflictException("the storage of beamline '" + beamline
                    + "' is not a mounted file system: its server says who may do what");
        }
        long experimentId = ((Number) rows.get(0).get("id")).longValue();
        return transactions.execute(status -> {
            audit.record(who, "permissions " + action.name().toLowerCase(Locale.ROOT), experiment);
            return new Requested(insert(experimentId, action, who), experiment);
        });
    }

    /** Asks for a walk through every experiment that has a mounted storage. */
    public List<Requested> requestAll(Action action, String who) {
        List<String> beamlines = configuration.get().beamlines().values().stream()
                .filter(beamline -> !mounted(beamline).isEmpty())
                .map(Beamline::name)
                .toList();
        return transactions.execute(status -> {
            audit.record(who, "permissions " + action.name().toLowerCase(Locale.ROOT), "all experiments");
            List<Requested> requested = new ArrayList<>();
            for (Map<String, Object> row :
                    jdbc.queryForList("select id, name from experiment where beamline = any(?) order by id", (Object)
                            beamlines.toArray(String[]::new))) {
                requested.add(new Requested(
                        insert(((Number) row.get("id")).longValue(), action, who), (String) row.get("name")));
            }
            return requested;
        });
    }

    private long insert(long experiment, Action action, String who) {
        // What earlier walks found is of no use for long.
        jdbc.update(
                "delete from permission_run where experiment_id = ? and ended_at < now() - interval '1 day'",
                experiment);
        return jdbc.queryForObject(
                "insert into permission_run (experiment_id, action, requested_by) values (?, ?, ?) returning id",
                Long.class,
                experiment,
                action.name(),
                who);
    }

    /**
     * How far a walk is, and what it found.
     *
     * @param after number of the last finding that is known already; 0 for none
     * @throws NotFoundException when there is no such walk
     */
    public Map<String, Object> show(long id, long after) {
        List<Map<String, Object>> rows = jdbc.queryForList(
                "select r.id, e.name as experiment, r.action, r.state, r.seen, r.wrong, r.mended, r.note, r.reason,"
                        + " r.requested_by as \"requestedBy\" from permission_run r"
                        + " join experiment e on e.id = r.experiment_id where r.id = ?",
                id);
        if (rows.isEmpty()) {
            throw new NotFoundException("there is no walk " + id + " through permissions");
        }
        Map<String, Object> view = new LinkedHashMap<>(rows.get(0));
        view.put(
                "findings",
                jdbc.queryForList(
                        "select n, path, what, found, wanted, trouble from permission_finding"
                                + " where run_id = ? and n > ? order by n limit " + PAGE,
                        id,
                        after));
        return view;
    }

    /**
     * Does one walk.
     *
     * @param row the claimed row: id, action, experiment_id, name, beamline, root_path
     * @throws PermanentFailureException when a person has to change something first
     */
    public void walk(Map<String, Object> row) throws IOException {
        long id = ((Number) row.get("id")).longValue();
        Action action = Action.valueOf((String) row.get("action"));
        Findings findings =
                new Findings(jdbc, id, () -> closed || Thread.currentThread().isInterrupted());
        findings.begin();
        Set<String> notes = new TreeSet<>();
        try {
            Beamline beamline = configuration.beamline((String) row.get("beamline"));
            Set<String> users = new TreeSet<>(jdbc.queryForList(
                    "select username from experiment_user where experiment_id = ?",
                    String.class,
                    row.get("experiment_id")));
            for (Map.Entry<Storage, Path> storage : mounted(beamline).entrySet()) {
                walk(storage.getKey(), storage.getValue(), row, users, action, findings, notes);
            }
        } catch (PermissionWalk.StoppedException e) {
            work.again(Step.PERMISSIONS, id, Duration.ZERO, "it was stopped, and begins anew");
            return;
        } catch (UnsupportedOperationException e) {
            throw new PermanentFailureException(e.getMessage(), e);
        }
        findings.write();
        if (action == Action.USERS && findings.wrong() > 0) {
            throw new PermanentFailureException(findings.wrong() + " of " + findings.count()
                    + " files and directories could not be given to the users, the first: " + findings.first());
        }
        transactions.executeWithoutResult(status -> {
            if (work.done(Step.PERMISSIONS, id)) {
                findings.progress();
                jdbc.update(
                        "update permission_run set ended_at = now(), note = ? where id = ?",
                        String.join("; ", notes),
                        id);
            }
        });
    }

    private void walk(
            Storage storage,
            Path root,
            Map<String, Object> row,
            Set<String> users,
            Action action,
            Findings findings,
            Set<String> notes)
            throws IOException, PermissionWalk.StoppedException {
        String rootPath = (String) row.get("root_path");
        try (Held mount = Held.of(root)) {
            AccessRule rule = rule(storage, root, mount, users, notes);
            new PermissionWalk(rule, action != Action.CHECK, findings)
                    .below(mount, root.toString(), List.of(rootPath.split("/")));
            if (rule.users().filter(entries -> !entries.isEmpty()).isPresent()) {
                for (String closed : findings.closed()) {
                    notes.add("a user who is not of its group cannot pass " + closed
                            + ": let others pass it (chmod o+x), which shows them nothing");
                }
            }
        } catch (NoSuchFileException e) {
            notes.add("nothing is stored yet in " + root + "/" + rootPath);
        }
    }

    private static AccessRule rule(Storage storage, Path root, Held mount, Set<String> users, Set<String> notes)
            throws IOException {
        OptionalInt group = OptionalInt.empty();
        if (storage.group().isPresent()) {
            group = Accounts.group(storage.group().get());
            if (group.isEmpty()) {
                throw new PermanentFailureException("group '" + storage.group().get()
                        + "' does not exist on this machine; create it or change 'group' of storage '"
                        + storage.name() + "'");
            }
        }
        TransferPolicy transfer = storage.transfer();
        return new AccessRule(
                group,
                storage.directoryMode(),
                storage.fileMode(),
                transfer.keep().contains(TransferPolicy.Keep.MODE),
                transfer.keep().contains(TransferPolicy.Keep.GROUP),
                transfer.share() == TransferPolicy.Share.HARDLINK,
                entries(storage, root, mount, users, notes));
    }

    /** Numbers of the users, where access control lists are used. */
    private static Optional<Set<Integer>> entries(
            Storage storage, Path root, Held mount, Set<String> users, Set<String> notes) throws IOException {
        if (storage.acl() == Storage.Acl.FALSE) {
            return Optional.empty();
        }
        try {
            mount.acl(false);
        } catch (NoAclsException e) {
            if (storage.acl() == Storage.Acl.TRUE) {
                throw new PermanentFailureException("the file system of " + root
                        + " has no POSIX access control lists; mount it with them, or say 'acl: false' for storage '"
                        + storage.name() + "'");
            }
            if (!users.isEmpty()) {
                notes.add("the file system of " + root
                        + " has no access control lists: users get in by their group only");
            }
            return Optional.empty();
        }
        Set<Integer> numbers = new TreeSet<>();
        for (String user : users) {
            OptionalInt number = Accounts.user(user);
            number.ifPresentOrElse(numbers::add, () -> notes.add("'" + user + "' has no account on this machine"));
        }
        return Optional.of(numbers);
    }

    private Map<Storage, Path> mounted(Beamline beamline) {
        Map<Storage, Path> mounted = new LinkedHashMap<>();
        storages.localRoot(beamline.storage()).ifPresent(root -> mounted.put(beamline.storage(), root));
        for (Storage copy : beamline.copies()) {
            storages.localRoot(copy).ifPresent(root -> mounted.put(copy, root));
        }
        return mounted;
    }

    /** Stops walks that are under way. */
    @Override
    public void close() {
        closed = true;
    }
}
