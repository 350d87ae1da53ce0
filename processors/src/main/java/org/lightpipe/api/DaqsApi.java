package org.lightpipe.api;

import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.catalog.Monitors;
import org.lightpipe.core.Findings;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;

/** Starts and stops monitors for callers from outside. */
public final class DaqsApi {

    private final Monitors monitors;

    public DaqsApi(Monitors monitors) {
        this.monitors = monitors;
    }

    /** Starts a monitor: {@code {experiment, directory}}. */
    public Map<String, Object> start(@Body String request, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        Findings findings = new Findings();
        Optional<YamlMap> map = YamlSource.map("request", request, findings);
        String experiment = map.map(fields -> fields.text("experiment")).orElse("");
        String directory = map.map(fields -> fields.text("directory")).orElse("");
        map.ifPresent(YamlMap::end);
        findings.refuse();
        return Map.of("id", monitors.start(experiment, directory, caller.username()));
    }

    /** Stops a monitor. */
    public void stop(@Header("id") String id, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        try {
            monitors.stop(Long.parseLong(id), caller.username());
        } catch (NumberFormatException e) {
            throw new NotFoundException("no monitor " + id + " is running");
        }
    }
}
