package org.lightpipe.catalog;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/** How many items wait, run and are held at each step, over all hubs. Thread-safe. */
public final class StepStatus {

    /** Answers get at least this old before they are asked for anew, and take at most a twentieth of the time. */
    private static final long FRESH_NANOS = 1_000_000_000L;

    private static final int REST = 20;
    private static final String HELD = "FAILED";

    private final JdbcTemplate jdbc;
    private final LongSupplier clock;
    private final Map<String, List<Step>> tables = new LinkedHashMap<>();
    private List<Line> last = List.of();
    private long next;

    public StepStatus(JdbcTemplate jdbc) {
        this(jdbc, System::nanoTime);
    }

    /** @param clock a monotonic clock in nanoseconds */
    StepStatus(JdbcTemplate jdbc, LongSupplier clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        for (Step step : Step.values()) {
            tables.computeIfAbsent(step.table(), table -> new ArrayList<>()).add(step);
        }
    }

    /** Rows of a table in one state, and since when the first of them is in it. */
    private record Group(String state, String failedFrom, long count, long oldestSeconds) {}

    /**
     * One step.
     *
     * @param step its label
     * @param waiting items that wait for it
     * @param busy items in its work
     * @param failed items that it holds for a person
     * @param oldestSeconds for how long the oldest item has waited, in seconds
     * @param paused whether an operator has paused it
     */
    public record Line(String step, long waiting, long busy, long failed, long oldestSeconds, boolean paused) {}

    /**
     * All steps. Consoles ask often: an answer is a second old, or older where a million items wait and counting them
     * takes long.
     */
    public synchronized List<Line> lines() {
        long begin = clock.getAsLong();
        if (last.isEmpty() || begin - next >= 0) {
            last = ask();
            long end = clock.getAsLong();
            next = end + Math.max(FRESH_NANOS, REST * (end - begin));
        }
        return last;
    }

    private List<Line> ask() {
        Set<String> paused = new HashSet<>(jdbc.queryForList("select name from step where paused", String.class));
        Map<Step, Line> lines = new EnumMap<>(Step.class);
        tables.forEach((table, steps) -> {
            List<Group> groups = jdbc.query(
                    query(table, steps),
                    (rows, index) -> new Group(rows.getString(1), rows.getString(2), rows.getLong(3), rows.getLong(4)));
            steps.forEach(step -> lines.put(step, line(step, groups, paused.contains(step.label()))));
        });
        return List.copyOf(lines.values());
    }

    /**
     * One pass over what waits, for all steps of a table. The states are written out, and are those of the table's
     * partial index: what is done with is not read.
     */
    private static String query(String table, List<Step> steps) {
        return "select state, failed_from, count(*), coalesce(extract(epoch from now() - min(since)), 0)::bigint"
                + " from " + table + " where state in ("
                + Stream.concat(steps.stream().flatMap(step -> Stream.of(step.waiting(), step.busy())), Stream.of(HELD))
                        .distinct()
                        .map(state -> "'" + state + "'")
                        .collect(Collectors.joining(", "))
                + ") group by state, failed_from";
    }

    private static Line line(Step step, List<Group> groups, boolean paused) {
        long waiting = 0;
        long busy = 0;
        long failed = 0;
        long oldest = 0;
        for (Group group : groups) {
            if (group.state().equals(step.waiting())) {
                waiting += group.count();
                oldest = Math.max(oldest, group.oldestSeconds());
            } else if (group.state().equals(step.busy())) {
                busy += group.count();
            } else if (group.state().equals(HELD) && step.waiting().equals(group.failedFrom())) {
                failed += group.count();
            }
        }
        return new Line(step.label(), waiting, busy, failed, oldest, paused);
    }

    /** One step, as fresh as {@link #lines()}. */
    public Line line(Step step) {
        return lines().stream()
                .filter(line -> line.step().equals(step.label()))
                .findFirst()
                .orElseThrow();
    }

    /** Pauses a step on every hub, or lets it go on; it stays so over restarts. */
    public void pause(String step, boolean paused) {
        jdbc.update(
                "insert into step (name, paused) values (?, ?) on conflict (name) do update set paused = excluded.paused",
                step,
                paused);
        synchronized (this) {
            last = List.of();
        }
    }

    /** True when an operator has paused the step. */
    public boolean isPaused(String step) {
        return Boolean.TRUE.equals(jdbc.queryForObject("select step_is_paused(?)", Boolean.class, step));
    }
}
