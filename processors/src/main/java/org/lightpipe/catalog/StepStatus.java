package org.lightpipe.catalog;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;

/** How many items wait, run and are held at each step, over all hubs. Thread-safe. */
public final class StepStatus {

    private static final long FRESH_NANOS = 1_000_000_000L;
    private static final String QUERY = Arrays.stream(Step.values())
            .map(step -> String.format(
                    "select '%s', count(*) filter (where state = '%s'), count(*) filter (where state = '%s'),"
                            + " count(*) filter (where state = 'FAILED' and failed_from = '%s'),"
                            + " coalesce(extract(epoch from now() - min(since) filter (where state = '%s')), 0)::bigint,"
                            + " step_is_paused('%s') from %s where state in ('%s', '%s', 'FAILED')",
                    step.label(),
                    step.waiting(),
                    step.busy(),
                    step.waiting(),
                    step.waiting(),
                    step.label(),
                    step.table(),
                    step.waiting(),
                    step.busy()))
            .collect(Collectors.joining(" union all "));

    private final JdbcTemplate jdbc;
    private List<Line> last = List.of();
    private long lastNanos;

    public StepStatus(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

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

    /** All steps, at most a second old: consoles ask often. */
    public synchronized List<Line> lines() {
        long now = System.nanoTime();
        if (last.isEmpty() || now - lastNanos > FRESH_NANOS) {
            last = jdbc.query(
                    QUERY,
                    (rows, index) -> new Line(
                            rows.getString(1),
                            rows.getLong(2),
                            rows.getLong(3),
                            rows.getLong(4),
                            rows.getLong(5),
                            rows.getBoolean(6)));
            lastNanos = now;
        }
        return last;
    }

    /** One step, at most a second old. */
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
