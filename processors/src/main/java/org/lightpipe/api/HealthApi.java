package org.lightpipe.api;

import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.lightpipe.acquire.MonitorRoutes;

/** Tells whoever watches the hub whether it is well. Says nothing that a stranger may not know. */
public final class HealthApi {

    private final CamelContext camel;

    public HealthApi(CamelContext camel) {
        this.camel = camel;
    }

    /** The body becomes {@code {status, checks, troubles}}; the answer's status is 200 when all is well, and 503 when not. */
    public void answer(Exchange exchange) {
        Map<String, String> troubles = new TreeMap<>();
        int checks = 0;
        for (HealthCheck check : HealthCheckRegistry.get(camel).stream().toList()) {
            // Monitors come and go by themselves, and one that is just going would look like trouble.
            if (!check.getId().contains(":" + MonitorRoutes.PREFIX)) {
                checks++;
                HealthCheck.State state = state(check);
                if (state != HealthCheck.State.UP) {
                    troubles.put(check.getId(), state.name());
                }
            }
        }
        boolean well = !troubles.containsValue(HealthCheck.State.DOWN.name());
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, well ? 200 : 503);
        exchange.getMessage().setBody(Map.of("status", well ? "UP" : "DOWN", "checks", checks, "troubles", troubles));
    }

    private static HealthCheck.State state(HealthCheck check) {
        try {
            return check.call().getState();
        } catch (RuntimeException e) {
            // A check that cannot tell is no good news.
            return HealthCheck.State.DOWN;
        }
    }
}
