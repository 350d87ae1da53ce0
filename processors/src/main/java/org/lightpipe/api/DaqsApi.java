package org.lightpipe.api;

import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.catalog.MonitorOrder;
import org.lightpipe.catalog.Monitors;
import org.lightpipe.core.NotFoundException;

/** Starts, stops and shows monitors and uploads for callers from outside. */
public final class DaqsApi {

    private final Monitors monitors;

    public DaqsApi(Monitors monitors) {
        this.monitors = monitors;
    }

    /**
     * Starts a monitor: {@code {experiment, directory}}, and what is to hold instead of the beamline's policy:
     * {@code priority, existing, unit, include, exclude, complete, quiet, until, maxRuntime, depth, hidden}.
     */
    public Map<String, Object> start(@Body String request, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        return started(request, MonitorOrder.Kind.MONITOR, caller);
    }

    /** Starts an upload: as {@link #start}, without {@code existing}, {@code until} and {@code maxRuntime}. */
    public Map<String, Object> upload(@Body String request, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        return started(request, MonitorOrder.Kind.UPLOAD, caller);
    }

    private Map<String, Object> started(String request, MonitorOrder.Kind kind, Caller caller) {
        return Map.of("id", monitors.start(MonitorForm.read(request, kind), caller.username()));
    }

    /** The newest monitors and uploads: all, those of an experiment, those that run. */
    public List<Map<String, Object>> list(@Header("experiment") String experiment, @Header("running") String running) {
        return monitors.list(RequestValues.text(experiment), RequestValues.flag("running", running));
    }

    /** One of them, with its counts now. */
    public Map<String, Object> show(@Header("id") String id) {
        try {
            return monitors.show(Long.parseLong(id));
        } catch (NumberFormatException e) {
            throw new NotFoundException("there is no monitor " + id);
        }
    }

    /** Stops one of them. */
    public void stop(@Header("id") String id, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        try {
            monitors.stop(Long.parseLong(id), caller.username());
        } catch (NumberFormatException e) {
            throw new NotFoundException("no monitor " + id + " is running");
        }
    }
}
