package org.lightpipe.catalog;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * How a step ends what it has claimed. Every change of state is a compare-and-set on the busy state and on this run of
 * the hub, so that a hub that was taken for dead cannot undo what another did meanwhile. Thread-safe.
 */
public final class Work {

    private static final Logger LOG = LoggerFactory.getLogger(Work.class);
    private static final int REASON_LENGTH = 2000;

    private final JdbcTemplate jdbc;
    private final long hubRun;
    private final RetryPolicy retry;
    private final Hints hints;
    private final Map<Step, AtomicLong> done = new EnumMap<>(Step.class);
    private final Map<Step, AtomicLong> failures = new EnumMap<>(Step.class);
    private final Set<Item> active = ConcurrentHashMap.newKeySet();
    private final Set<Item> suspects = new HashSet<>();

    /**
     * @param jdbc the catalog
     * @param hubRun id of this run of the hub
     * @param retry how often and when a failed item is tried again
     */
    public Work(JdbcTemplate jdbc, long hubRun, RetryPolicy retry) {
        this(jdbc, hubRun, retry, new Hints());
    }

    /** As above; the step after one that is done with a row is woken. */
    public Work(JdbcTemplate jdbc, long hubRun, RetryPolicy retry, Hints hints) {
        this.jdbc = jdbc;
        this.hubRun = hubRun;
        this.retry = retry;
        this.hints = hints;
        for (Step step : Step.values()) {
            done.put(step, new AtomicLong());
            failures.put(step, new AtomicLong());
        }
    }

    private record Item(Step step, long id) {}

    /**
     * A batch has been claimed. From now until its end each row counts as worked on by this run of the hub.
     *
     * @param step label of the step
     * @param rows the claimed rows, each with its id
     */
    public void claimed(String step, List<Map<String, Object>> rows) {
        Step known = Step.of(step);
        rows.forEach(row -> active.add(new Item(known, ((Number) row.get("id")).longValue())));
    }

    /** Nobody in this run of the hub works on the row any more. */
    public void ended(Step step, long id) {
        active.remove(new Item(step, id));
    }

    /**
     * Frees what this run has claimed in the catalog but does not work on: the answer to a claim was lost, or the end
     * of an attempt could not be written down. Such a row is freed when it is met twice, so that a claim that is just
     * under way is left alone. To be called now and then by one thread.
     *
     * @return how many rows were freed
     */
    public int freeOrphans() {
        Set<Item> met = new HashSet<>();
        for (Step step : Step.values()) {
            jdbc.queryForList(
                            "select id from " + step.table() + " where state = ? and claimed_by = ?",
                            Long.class,
                            step.busy(),
                            hubRun)
                    .forEach(id -> met.add(new Item(step, id)));
        }
        met.removeAll(active);
        int freed = 0;
        for (Item item : met) {
            if (suspects.contains(item)) {
                freed += jdbc.update(
                        "update " + item.step().table() + " set state = ?, claimed_by = null"
                                + " where id = ? and state = ? and claimed_by = ?",
                        item.step().waiting(),
                        item.id(),
                        item.step().busy(),
                        hubRun);
            }
        }
        suspects.clear();
        suspects.addAll(met);
        return freed;
    }

    /** Patience with failures: from {@code first} doubling up to {@code longest}, at most {@code attempts} times. */
    public record RetryPolicy(int attempts, Duration first, Duration longest) {}

    /**
     * The row is done with. Its step's own results are written by the caller in the same transaction.
     *
     * @return false when this run of the hub no longer holds the row: nothing was changed
     */
    public boolean done(Step step, long id) {
        return done(step, id, step.done());
    }

    /** As {@link #done(Step, long)}, into another state than the usual one. */
    public boolean done(Step step, long id, String state) {
        ended(step, id);
        boolean held = jdbc.update(
                        "update " + step.table()
                                + " set state = ?, claimed_by = null, attempts = 0, since = now(), reason = null,"
                                + " failed_from = null where id = ? and state = ? and claimed_by = ?",
                        state,
                        id,
                        step.busy(),
                        hubRun)
                == 1;
        if (held) {
            done.get(step).incrementAndGet();
            step.next().ifPresent(hints::wake);
        } else {
            LOG.warn("{} {}: another hub has taken over {} {}; its result stands", step.label(), id, step.table(), id);
        }
        return held;
    }

    /**
     * As {@link #done(Step, long)}, for many rows in one statement.
     *
     * @return those that this run of the hub held, and that are done with now
     */
    public Set<Long> doneAll(Step step, Collection<Long> ids) {
        return doneAll(step, ids, step.done());
    }

    /** As {@link #doneAll(Step, Collection)}, into another state than the usual one. */
    public Set<Long> doneAll(Step step, Collection<Long> ids, String state) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        Set<Long> held = new HashSet<>(jdbc.queryForList(
                "update " + step.table()
                        + " set state = ?, claimed_by = null, attempts = 0, since = now(), reason = null,"
                        + " failed_from = null where id = any(?) and state = ? and claimed_by = ? returning id",
                Long.class,
                state,
                ids.toArray(Long[]::new),
                step.busy(),
                hubRun));
        counted(step, held.size());
        if (held.size() < ids.size()) {
            LOG.warn(
                    "{}: another hub has taken over {} of {} rows; its results stand",
                    step.label(),
                    ids.size() - held.size(),
                    ids.size());
        }
        return held;
    }

    /** So many rows were ended by a statement of the step's own. */
    public void counted(Step step, int rows) {
        done.get(step).addAndGet(rows);
        if (rows > 0) {
            step.next().ifPresent(hints::wake);
        }
    }

    /** Nobody in this run of the hub works on the rows any more. */
    public void endedAll(Step step, Collection<Long> ids) {
        ids.forEach(id -> ended(step, id));
    }

    /** The rows wait again, as if they had not been claimed: what failed is not theirs. */
    public void againAll(Step step, Collection<Long> ids, String reason) {
        endedAll(step, ids);
        jdbc.update(
                "update " + step.table() + " set state = ?, claimed_by = null, reason = ?"
                        + " where id = any(?) and state = ? and claimed_by = ?",
                step.waiting(),
                shortened(reason),
                ids.toArray(Long[]::new),
                step.busy(),
                hubRun);
    }

    /** The row waits again, as if it had not been claimed, for at least a while. */
    public void again(Step step, long id, Duration after, String reason) {
        ended(step, id);
        jdbc.update(
                "update " + step.table() + " set state = ?, claimed_by = null, reason = ?,"
                        + " not_before = now() + ? * interval '1 millisecond'"
                        + " where id = ? and state = ? and claimed_by = ?",
                step.waiting(),
                shortened(reason),
                after.toMillis(),
                id,
                step.busy(),
                hubRun);
    }

    /** The row failed: it is tried again later, or held for a person when patience is at its end. */
    public void failed(Step step, long id, Throwable cause) {
        failures.get(step).incrementAndGet();
        try {
            writeFailure(step, id, cause);
        } catch (DataAccessException e) {
            LOG.warn(
                    "{}: {} {} failed ({}), and the catalog does not answer; it is freed once it does",
                    step.label(),
                    step.table(),
                    id,
                    Reason.of(cause));
        } finally {
            ended(step, id);
        }
    }

    private void writeFailure(Step step, long id, Throwable cause) {
        String reason = Reason.of(cause);
        boolean permanent = Reason.isPermanent(cause);
        Integer attempts = jdbc.query(
                "select attempts from " + step.table() + " where id = ? and state = ? and claimed_by = ?",
                rows -> rows.next() ? rows.getInt(1) + 1 : null,
                id,
                step.busy(),
                hubRun);
        if (attempts == null) {
            return;
        }
        boolean hold = permanent || attempts >= retry.attempts();
        long delay = delayMillis(attempts);
        jdbc.update(
                "update " + step.table()
                        + " set state = ?, failed_from = ?, claimed_by = null, attempts = ?, reason = ?,"
                        + " not_before = now() + ? * interval '1 millisecond'"
                        + " where id = ? and state = ? and claimed_by = ?",
                hold ? "FAILED" : step.waiting(),
                hold ? step.waiting() : null,
                attempts,
                shortened(reason),
                hold ? 0 : delay,
                id,
                step.busy(),
                hubRun);
        if (hold) {
            LOG.error("{}: {} {} is held for a person: {}", step.label(), step.table(), id, reason, cause);
        } else {
            LOG.warn(
                    "{}: {} {} failed, attempt {}, next in {} ms: {}",
                    step.label(),
                    step.table(),
                    id,
                    attempts,
                    delay,
                    reason);
        }
    }

    /**
     * Sets everything that this step holds for a person to work again.
     *
     * @return how many rows
     */
    public int retryFailed(Step step) {
        return jdbc.update(
                "update " + step.table() + " set state = failed_from, failed_from = null, attempts = 0,"
                        + " not_before = now() where state = 'FAILED' and failed_from = ?",
                step.waiting());
    }

    /**
     * Sets some of what this step holds for a person to work again.
     *
     * @param ids which rows; empty for all
     * @param reasonLike a LIKE pattern with a backslash as its escape, which their reason matches; empty for any
     * @return how many rows
     */
    public int retryFailed(Step step, List<Long> ids, Optional<String> reasonLike) {
        return jdbc.update(
                "update " + step.table() + " set state = failed_from, failed_from = null, attempts = 0,"
                        + " not_before = now() where state = 'FAILED' and failed_from = ?"
                        + " and (cardinality(?::bigint[]) = 0 or id = any(?)) and coalesce(reason, '') like ?",
                step.waiting(),
                ids.toArray(Long[]::new),
                ids.toArray(Long[]::new),
                reasonLike.orElse("%"));
    }

    /** How many rows this run of the hub has finished. */
    public long doneCount(Step step) {
        return done.get(step).get();
    }

    /** How many attempts failed in this run of the hub. */
    public long failureCount(Step step) {
        return failures.get(step).get();
    }

    /** Doubles from the first delay to the longest, with jitter, so that a thousand failures do not return at once. */
    private long delayMillis(int attempts) {
        double doubled = retry.first().toMillis() * Math.pow(2, Math.min(attempts - 1, 30));
        double bounded = Math.min(doubled, retry.longest().toMillis());
        return Math.round(bounded * ThreadLocalRandom.current().nextDouble(0.5, 1.0));
    }

    /** Why something failed, for a person. */
    public String words(Throwable failure) {
        return Reason.of(failure);
    }

    private static String shortened(String reason) {
        return reason == null || reason.length() <= REASON_LENGTH ? reason : reason.substring(0, REASON_LENGTH) + "…";
    }
}
