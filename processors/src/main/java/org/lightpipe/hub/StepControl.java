package org.lightpipe.hub;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.Held;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.StepStatus;
import org.lightpipe.catalog.Work;

/** A step that claims from the catalog, as an MBean. */
final class StepControl implements StepMXBean {

    private final Step step;
    private final Work work;
    private final StepStatus status;
    private final Held held;
    private final Audit audit;
    private final Rate rate;

    StepControl(Step step, Work work, StepStatus status, Held held, Audit audit, Rate rate) {
        this.step = step;
        this.work = work;
        this.held = held;
        this.audit = audit;
        this.status = status;
        this.rate = rate;
    }

    @Override
    public long getBacklog() {
        return status.line(step).waiting();
    }

    @Override
    public long getInFlight() {
        return status.line(step).busy();
    }

    @Override
    public long getDone() {
        return work.doneCount(step);
    }

    @Override
    public long getFailed() {
        return status.line(step).failed();
    }

    @Override
    public long getOldestWaitingSeconds() {
        return status.line(step).oldestSeconds();
    }

    @Override
    public long getRatePerMinute() {
        return rate.perMinute();
    }

    @Override
    public boolean isPaused() {
        return status.line(step).paused();
    }

    @Override
    public void pause() {
        status.pause(step.label(), true);
        audit.record("jmx", "step paused", step.label());
    }

    @Override
    public void resume() {
        status.pause(step.label(), false);
        audit.record("jmx", "step resumed", step.label());
    }

    @Override
    public int retryFailed() {
        return audited("all", work.retryFailed(step));
    }

    @Override
    public int retry(long[] ids) {
        List<Long> wanted = Arrays.stream(ids).boxed().toList();
        // No id at all would mean every one.
        return wanted.isEmpty() ? 0 : audited("ids " + wanted, work.retryFailed(step, wanted, Optional.empty()));
    }

    @Override
    public int retryReason(String like) {
        return audited("reason " + like, work.retryFailed(step, List.of(), Optional.of(Held.like(like))));
    }

    @Override
    public String[] held() {
        return held.lines(step).toArray(String[]::new);
    }

    private int audited(String which, int count) {
        audit.record("jmx", "retried", step.label() + " " + which + ": " + count);
        return count;
    }
}
