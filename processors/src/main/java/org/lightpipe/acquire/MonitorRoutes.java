package org.lightpipe.acquire;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.lightpipe.config.AcquirePolicy;
import org.lightpipe.config.AcquireReader;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.MonitorOptions;
import org.lightpipe.core.Findings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Makes the monitor routes of this hub those that the catalog wants: each running monitor belongs to one hub, and to
 * another when that one is gone. Not thread-safe: one route calls it.
 */
public final class MonitorRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(MonitorRoutes.class);
    /** Name of the step, for pausing it. */
    public static final String STEP = "acquire";

    /** What the ids of the routes of monitors begin with. */
    public static final String PREFIX = "monitor-";

    /** The storages that have no room, of a monitor whose files would go there first; null when there is room. */
    private static final String WANTED = "select d.id, d.directory, d.started_at, d.kind, d.options::text as options,"
            + " e.name, e.beamline, (select string_agg(s.storage || coalesce(' (' || s.reason || ')', ''), ', ')"
            + " from lane l join storage_state s on s.storage = l.storage"
            + " where l.beamline = e.beamline and not l.copy and s.full_since is not null) as full"
            + " from daq d join experiment e on e.id = d.experiment_id"
            + " where d.state = 'RUNNING' and d.claimed_by = this_hub() and not step_is_paused(?)";

    private final CamelContext camel;
    private final JdbcTemplate jdbc;
    private final LiveConfiguration configuration;
    private final Map<String, Map<String, Object>> running = new HashMap<>();
    private final Map<String, String> held = new HashMap<>();

    public MonitorRoutes(CamelContext camel, JdbcTemplate jdbc, LiveConfiguration configuration) {
        this.camel = camel;
        this.jdbc = jdbc;
        this.configuration = configuration;
    }

    /**
     * Starts what should run here and does not, stops what runs and should not, renews what is configured otherwise, and
     * ends what is through.
     */
    public void reconcile() throws Exception {
        jdbc.update(
                "update daq set claimed_by = this_hub() where state = 'RUNNING' and id in (select id from daq"
                        + " where state = 'RUNNING' and (claimed_by is null or hub_is_gone(claimed_by)) for update skip locked)");
        Set<String> routes = new HashSet<>();
        Set<String> known = new HashSet<>();
        for (Map<String, Object> daq : jdbc.queryForList(WANTED, STEP)) {
            String route = PREFIX + daq.get("id");
            known.add(route);
            Optional<MonitorOptions> options = options(route, daq);
            if (options.isPresent() && !isOver(route, daq, options.get()) && hasRoom(route, daq)) {
                routes.add(route);
                run(route, daq, options.get());
            }
        }
        for (Route route : camel.getRoutes()) {
            String id = route.getId();
            if (id.startsWith(PREFIX) && !routes.contains(id)) {
                remove(id);
                LOG.info("{} stopped", id);
            }
        }
        running.keySet().retainAll(routes);
        held.keySet().retainAll(known);
    }

    private void run(String route, Map<String, Object> daq, MonitorOptions options) throws Exception {
        Map<String, Object> parameters = parameters(daq, options);
        if (!parameters.equals(running.get(route)) || camel.getRoute(route) == null) {
            remove(route);
            try {
                camel.addRouteFromTemplate(route, "monitor", parameters);
            } catch (Exception e) {
                // One that cannot be started must not keep the others from running.
                hold(route, "cannot run: " + e.getMessage());
                return;
            }
            running.put(route, parameters);
            LOG.info("{} watches {} for experiment {}", route, daq.get("directory"), daq.get("name"));
        }
    }

    private Optional<MonitorOptions> options(String route, Map<String, Object> daq) {
        AcquirePolicy policy =
                configuration.beamline((String) daq.get("beamline")).acquire();
        Findings findings = new Findings();
        if (daq.get("directory").toString().indexOf('?') >= 0) {
            findings.add(route, 0, "directory", "has a '?' in its name, which no route can carry", "rename it");
        }
        MonitorOptions options =
                AcquireReader.monitor("options of " + route, (String) daq.get("options"), policy, findings);
        if (!findings.all().isEmpty()) {
            hold(route, "cannot run: " + findings.all().get(0));
            return Optional.empty();
        }
        boolean upload = "UPLOAD".equals(daq.get("kind"));
        return Optional.of(
                new MonitorOptions(options.policy(), options.once() || upload, options.maxRuntime(), options.until()));
    }

    /** Its time is over, or everything that it was to take is taken. */
    private boolean isOver(String route, Map<String, Object> daq, MonitorOptions options) {
        Instant started = ((Timestamp) daq.get("started_at")).toInstant();
        Optional<String> reason = options.over(started, Instant.now());
        Route there = camel.getRoute(route);
        if (reason.isEmpty() && there != null && there.getEndpoint() instanceof LandingEndpoint landing) {
            reason = landing.isThrough() ? Optional.of("everything that was there is taken") : Optional.empty();
        }
        reason.ifPresent(why -> {
            jdbc.update(
                    "update daq set state = 'DONE', stopped_at = now(), stopped_reason = ? where id = ? and state = 'RUNNING'",
                    why,
                    daq.get("id"));
            LOG.info("{} is done: {}", route, why);
        });
        return reason.isPresent();
    }

    /** What has no place to go is not even looked for: it stays with the detector, and nothing is half done. */
    private boolean hasRoom(String route, Map<String, Object> daq) {
        String full = (String) daq.get("full");
        if (full != null) {
            hold(route, "waits: there is no room in storage " + full);
            return false;
        }
        if (held.remove(route) != null) {
            LOG.info("{} goes on", route);
        }
        return true;
    }

    private void hold(String route, String reason) {
        if (!reason.equals(held.put(route, reason))) {
            LOG.warn("{} {}", route, reason);
        }
    }

    private static Map<String, Object> parameters(Map<String, Object> daq, MonitorOptions options) {
        AcquirePolicy policy = options.policy();
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("daq", daq.get("id").toString());
        parameters.put("directoryName", encoded((String) daq.get("directory")).replace("%252F", "/"));
        parameters.put("complete", label(policy.complete()));
        parameters.put("quiet", Long.toString(policy.quiet().toMillis()));
        parameters.put("minAge", Long.toString(policy.minimumAge().toMillis()));
        parameters.put("marker", policy.marker());
        parameters.put("include", globs(policy.include()));
        parameters.put("exclude", globs(policy.exclude()));
        parameters.put("includeHiddenFiles", Boolean.toString(policy.hidden()));
        parameters.put("maxDepth", Integer.toString(policy.depth()));
        parameters.put("existing", label(options.once() ? AcquirePolicy.Existing.PROCESS : policy.existing()));
        // Not the start of the route: what came while the hub was down is not what was there before.
        parameters.put("since", Long.toString(((Timestamp) daq.get("started_at")).getTime()));
        parameters.put("unit", label(policy.unit()));
        parameters.put("events", label(policy.events()));
        parameters.put("sweep", Long.toString(policy.sweep().toMillis()));
        parameters.put("once", Boolean.toString(options.once()));
        parameters.put("delay", Long.toString(policy.rescan().toMillis()));
        return parameters;
    }

    /** In one text, in which a comma stands between two: one that belongs to a name goes into brackets. */
    private static String globs(List<String> globs) {
        return globs.stream()
                .map(glob -> LandingEndpoint.BETWEEN_GLOBS.matcher(glob).replaceAll("[,]"))
                .collect(Collectors.joining(","));
    }

    /** It becomes the path of a URI, which Camel decodes when it puts the URI together, and when it takes it apart. */
    private static String encoded(String directory) {
        return onceEncoded(onceEncoded(directory));
    }

    private static String onceEncoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private void remove(String route) throws Exception {
        running.remove(route);
        if (camel.getRoute(route) != null) {
            camel.getRouteController().stopRoute(route);
            camel.removeRoute(route);
        }
    }
}
