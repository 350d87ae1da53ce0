package org.lightpipe.hub;

import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.StepStatus;
import org.lightpipe.catalog.Work;

/** A step that claims from the catalog, as an MBean. */
final class StepControl implements StepMXBean {

    private final Step step;
    private final Work work;
    private final StepStatus status;
    private final Rate rate;

    StepControl(Step step, Work work, StepStatus status, Rate rate) {
        this.step = step;
        this.work = work;
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
    }

    @Override
    public void resume() {
        status.pause(step.label(), false);
    }

    @Override
    public int retryFailed() {
        return work.retryFailed(step);
    }
}
