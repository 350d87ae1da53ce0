package org.lightpipe.hub.reload;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.RoutesLoader;
import org.apache.camel.support.PluginHelper;

/**
 * Takes routes out of the running context and puts others in. Not thread-safe; nothing else may change
 * routes meanwhile.
 */
final class RouteSwap {

    /** Kamelets may use Kamelets; a bound for those that go in a circle. */
    private static final int MAX_KAMELETS = 20;

    private final ModelCamelContext live;
    private final Duration drain;
    private final UnaryOperator<String> pathOf;

    /**
     * @param drain how long a route may take to finish what it has begun before the swap is given up
     * @param pathOf path of a file by its name
     */
    RouteSwap(ModelCamelContext live, Duration drain, UnaryOperator<String> pathOf) {
        this.live = live;
        this.drain = drain;
        this.pathOf = pathOf;
    }

    /** Ids of the running context's routes that come from these items. */
    Set<String> routes(Collection<Item> items) {
        Set<String> ids = new LinkedHashSet<>();
        Set<String> wholeFiles = items.stream()
                .filter(item -> item.kind().equals("rest"))
                .map(Item::file)
                .collect(Collectors.toSet());
        for (Item item : items) {
            if (item.isRoute() && !item.id().startsWith("#")) {
                ids.add(live.resolvePropertyPlaceholders(item.id()));
            }
        }
        // Routes made from rest: have ids of Camel's choosing, so they are known by their file.
        for (RouteDefinition route : live.getRouteDefinitions()) {
            if (wholeFiles.stream().anyMatch(file -> isFrom(route.getResource(), file))) {
                ids.add(route.getRouteId());
            }
        }
        return ids;
    }

    /**
     * Stops the routes that these items made, letting each finish what it has begun.
     *
     * @throws RouteDrain.BusyException when one does not finish in time; nothing was changed
     */
    void stop(Set<Item> items) throws Exception {
        Set<String> ids = routes(items);
        Map<String, Item> byId = items.stream()
                .filter(Item::isRoute)
                .collect(Collectors.toMap(
                        item -> live.resolvePropertyPlaceholders(item.id()), item -> item, (one, other) -> one));
        List<Route> running = live.getRoutes().stream()
                .filter(route -> ids.contains(route.getId()) && status(route.getId()) != ServiceStatus.Stopped)
                .toList();
        List<Route> ordered = RouteDrain.inCallOrder(running, (caller, called) -> {
            Item item = byId.get(caller.getId());
            String address = called.getEndpoint().getEndpointBaseUri().replace("://", ":");
            return item != null && item.mentions(address);
        });
        List<Route> all = new ArrayList<>(feeders(ids));
        all.addAll(ordered);
        new RouteDrain(live, drain).drain(all);
        for (Route route : all) {
            live.getRouteController().stopRoute(route.getId(), stopMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** What Kamelets made to feed these routes; it calls them, so it must be quiet before they are. */
    private List<Route> feeders(Set<String> ids) {
        return live.getRoutes().stream()
                .filter(Route::isCreatedByKamelet)
                .filter(route -> !route.getEndpoint().getEndpointUri().startsWith("kamelet:"))
                .filter(route -> parent(live.getRouteDefinition(route.getId()))
                        .filter(ids::contains)
                        .isPresent())
                .filter(route -> status(route.getId()) != ServiceStatus.Stopped)
                .toList();
    }

    private static Optional<String> parent(RouteDefinition route) {
        return Optional.ofNullable(route)
                .map(RouteDefinition::getTemplateParameters)
                .map(parameters -> parameters.get("parentRouteId"))
                .map(Object::toString);
    }

    /** Takes out what the items made; whatever of it still runs is stopped without mercy. */
    void remove(Set<Item> items) throws Exception {
        for (String id : routes(items)) {
            removeRoute(id, 0);
        }
        for (Item item : items) {
            switch (item.kind()) {
                case "routeConfiguration" ->
                    live.getRouteConfigurationDefinitions()
                            .removeIf(one -> item.id().startsWith("#")
                                    ? isFrom(one.getLocation(), item.file()) && !one.hasCustomIdAssigned()
                                    : item.id().equals(one.getId()));
                case "routeTemplate", "kamelet" -> live.removeRouteTemplateDefinitions(item.id());
                case "rest" -> live.getRestDefinitions().removeIf(one -> isFrom(one.getResource(), item.file()));
                case "beans" ->
                    BeanNames.of(item).forEach(name -> live.getRegistry().unbind(name));
                default -> {
                    // belongs to its routes
                }
            }
        }
    }

    private void removeRoute(String id, int depth) throws Exception {
        // Camel leaves behind what a Kamelet made for a route that is gone.
        List<String> children = live.getRouteDefinitions().stream()
                .filter(route -> parent(route).filter(id::equals).isPresent())
                .map(RouteDefinition::getRouteId)
                .toList();
        if (live.getRoute(id) != null) {
            if (status(id) != ServiceStatus.Stopped) {
                live.getRouteController().stopRoute(id, stopMillis(), TimeUnit.MILLISECONDS);
            }
            live.removeRoute(id);
        }
        RouteDefinition left = live.getRouteDefinition(id);
        if (left != null) {
            live.removeRouteDefinition(left);
        }
        for (String child : children) {
            if (depth < MAX_KAMELETS) {
                removeRoute(child, depth + 1);
            }
        }
    }

    /** Puts in what the items describe and starts it; templates first, because routes are made from them. */
    void add(Set<Item> items, Map<String, RouteFile> files) throws Exception {
        List<Resource> templates = new ArrayList<>();
        List<Resource> others = new ArrayList<>();
        for (String name : items.stream().map(Item::file).sorted().distinct().toList()) {
            RouteFile file = files.get(name);
            Set<Item> part = ReloadPlan.withThoseForTheFile(file, items);
            String text = file.only(part).orElseThrow(() -> new IllegalStateException(name + " cannot be taken apart"));
            Resource resource = ShadowContext.resource(Path.of(pathOf.apply(name)), text);
            boolean template = part.stream().anyMatch(Item::isTemplate);
            (template ? templates : others).add(resource);
        }
        RoutesLoader loader = PluginHelper.getRoutesLoader(live);
        for (List<Resource> resources : List.of(templates, others)) {
            for (Resource resource : resources) {
                loader.preParseRoute(resource, true);
            }
            loader.loadRoutes(resources);
        }
    }

    /** Longer than a consumer sleeps between two looks at its queue, which is as long as an idle route takes to stop. */
    private long stopMillis() {
        return Math.max(drain.toMillis(), 5_000);
    }

    private ServiceStatus status(String id) {
        return live.getRouteController().getRouteStatus(id);
    }

    private boolean isFrom(Resource resource, String file) {
        return resource != null && isFrom(resource.getLocation(), file);
    }

    private boolean isFrom(String location, String file) {
        return Optional.ofNullable(location)
                .map(text -> text.replaceFirst("^file:", ""))
                .flatMap(RouteSwap::path)
                .filter(Path.of(pathOf.apply(file))::equals)
                .isPresent();
    }

    private static Optional<Path> path(String text) {
        try {
            return Optional.of(Path.of(text).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** What went wrong, from the outermost message to the innermost that says something new. */
    static String reason(Throwable failure) {
        StringBuilder words = new StringBuilder(firstLine(failure));
        String last = words.toString();
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < 10; depth++) {
            String message = firstLine(cause);
            if (!last.contains(message)) {
                words.append(" <- ").append(message);
            }
            last = message;
            cause = cause.getCause();
        }
        return words.toString();
    }

    private static String firstLine(Throwable failure) {
        String message =
                failure.getMessage() == null ? "" : failure.getMessage().strip();
        String name = failure.getClass().getSimpleName();
        return message.isEmpty() ? name : message.lines().findFirst().orElse(name);
    }
}
