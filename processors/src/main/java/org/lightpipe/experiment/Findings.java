package org.lightpipe.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.lightpipe.storage.Deviation;
import org.lightpipe.storage.PermissionWalk;
import org.springframework.jdbc.core.JdbcTemplate;

/** What one walk finds, on its way into the catalog: in batches, and with its progress every second. */
final class Findings implements PermissionWalk.Report {

    private static final int BATCH = 500;
    private static final int LOOK_AT_CLOCK = 64;
    private static final long PROGRESS_NANOS = 1_000_000_000L;

    private final JdbcTemplate jdbc;
    private final long run;
    private final BooleanSupplier stop;
    private final List<Object[]> waiting = new ArrayList<>();
    private long seen;
    private long wrong;
    private long mended;
    private long lastNanos = System.nanoTime();
    private final List<String> closed = new ArrayList<>();
    private String first = "";

    /** @param stop says when the walk has to end */
    Findings(JdbcTemplate jdbc, long run, BooleanSupplier stop) {
        this.jdbc = jdbc;
        this.run = run;
        this.stop = stop;
    }

    /** Forgets what an unfinished walk has left. */
    void begin() {
        jdbc.update("delete from permission_finding where run_id = ?", run);
        jdbc.update("update permission_run set started_at = now(), seen = 0, wrong = 0, mended = 0 where id = ?", run);
    }

    @Override
    public boolean seen() {
        seen++;
        if (seen % LOOK_AT_CLOCK == 0 && System.nanoTime() - lastNanos > PROGRESS_NANOS) {
            write();
            progress();
            lastNanos = System.nanoTime();
        }
        return !stop.getAsBoolean();
    }

    @Override
    public void wrong(Deviation deviation) {
        wrong++;
        if (wrong == 1) {
            first = deviation.path() + ": " + deviation.trouble().orElse(deviation.what() + " is " + deviation.is());
        }
        waiting.add(new Object[] {
            run,
            wrong,
            deviation.path(),
            deviation.what(),
            deviation.is(),
            deviation.should(),
            deviation.trouble().orElse(null)
        });
        if (waiting.size() >= BATCH) {
            write();
        }
    }

    @Override
    public void closed(String path, String mode) {
        closed.add(path + " (mode " + mode + ")");
    }

    @Override
    public void mended(Deviation deviation) {
        mended++;
    }

    /** Puts what waits into the catalog. */
    void write() {
        if (!waiting.isEmpty()) {
            jdbc.batchUpdate(
                    "insert into permission_finding (run_id, n, path, what, found, wanted, trouble)"
                            + " values (?, ?, ?, ?, ?, ?, ?)",
                    waiting);
            waiting.clear();
        }
    }

    void progress() {
        jdbc.update("update permission_run set seen = ?, wrong = ?, mended = ? where id = ?", seen, wrong, mended, run);
    }

    long count() {
        return seen;
    }

    long wrong() {
        return wrong;
    }

    /** Directories above the experiments, through which only owner and group get. */
    List<String> closed() {
        return List.copyOf(closed);
    }

    /** The first thing that is wrong, in words. */
    String first() {
        return first;
    }
}
