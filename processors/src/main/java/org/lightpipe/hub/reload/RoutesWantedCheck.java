package org.lightpipe.hub.reload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.SuspendableService;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Up when every wanted route is running. Camel's own check only looks at the routes that are there, so
 * it stays up when a route is gone.
 */
public final class RoutesWantedCheck extends AbstractHealthCheck {

    private final Supplier<Set<String>> wanted;

    /** @param wanted ids of the routes that must run, such as {@link SafeReloader#wantedRoutes()} */
    public RoutesWantedCheck(Supplier<Set<String>> wanted) {
        super("lightpipe", "routes-wanted");
        this.wanted = wanted;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        List<String> missing = missing(getCamelContext(), wanted.get());
        if (missing.isEmpty()) {
            builder.up();
        } else {
            builder.detail("routes.missing", String.join(", ", missing));
            builder.message("not running: " + String.join(", ", missing)).down();
        }
    }

    /** The wanted routes that do not run, sorted, each with its state. */
    static List<String> missing(CamelContext context, Set<String> wanted) {
        return wanted.stream()
                .sorted()
                .filter(id -> status(context, id) != ServiceStatus.Started)
                .map(id -> id + " (" + (context.getRoute(id) == null ? "gone" : status(context, id)) + ")")
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static ServiceStatus status(CamelContext context, String id) {
        Route route = context.getRoute(id);
        // A route may be started and take in nothing, because its consumer alone was suspended.
        if (route != null && route.getConsumer() instanceof SuspendableService consumer && consumer.isSuspended()) {
            return ServiceStatus.Suspended;
        }
        return context.getRouteController().getRouteStatus(id);
    }
}
