package org.lightpipe.hub;

import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.lightpipe.acquire.LandingEndpoint;
import org.lightpipe.acquire.MonitorRoutes;
import org.lightpipe.catalog.StepStatus;

/** The acquire step, whose backlog is what stands unfinished in the watched directories, as an MBean. */
final class AcquireControl implements StepMXBean {

    private final CamelContext camel;
    private final StepStatus status;
    private final Rate rate;

    AcquireControl(CamelContext camel, StepStatus status, java.util.function.LongSupplier clock) {
        this.camel = camel;
        this.status = status;
        this.rate = new Rate(this::getDone, clock);
    }

    Rate rate() {
        return rate;
    }

    private Stream<LandingEndpoint> monitors() {
        return camel.getRoutes().stream()
                .map(org.apache.camel.Route::getEndpoint)
                .filter(LandingEndpoint.class::isInstance)
                .map(LandingEndpoint.class::cast);
    }

    @Override
    public long getBacklog() {
        return monitors().mapToLong(LandingEndpoint::getUnfinished).sum();
    }

    @Override
    public long getInFlight() {
        return monitors().count();
    }

    @Override
    public long getDone() {
        return monitors().mapToLong(LandingEndpoint::getTaken).sum();
    }

    @Override
    public long getFailed() {
        return monitors().filter(monitor -> !monitor.getTrouble().isEmpty()).count();
    }

    @Override
    public long getOldestWaitingSeconds() {
        return monitors().mapToLong(LandingEndpoint::getOldestSeconds).max().orElse(0);
    }

    @Override
    public long getRatePerMinute() {
        return Math.max(0, rate.perMinute());
    }

    @Override
    public boolean isPaused() {
        return status.isPaused(MonitorRoutes.STEP);
    }

    @Override
    public void pause() {
        status.pause(MonitorRoutes.STEP, true);
    }

    @Override
    public void resume() {
        status.pause(MonitorRoutes.STEP, false);
    }

    /** A directory that cannot be read is looked at again all the time: there is nothing to retry. */
    @Override
    public int retryFailed() {
        return 0;
    }

    @Override
    public int retry(long[] ids) {
        return 0;
    }

    @Override
    public int retryReason(String like) {
        return 0;
    }

    /** The directories that cannot be watched now, and why. */
    @Override
    public String[] held() {
        return monitors()
                .filter(monitor -> !monitor.getTrouble().isEmpty())
                .map(monitor -> monitor.getDirectoryName() + ": " + monitor.getTrouble())
                .toArray(String[]::new);
    }
}
