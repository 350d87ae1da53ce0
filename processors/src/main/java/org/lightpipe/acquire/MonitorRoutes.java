package org.lightpipe.acquire;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.lightpipe.config.AcquirePolicy;
import org.lightpipe.config.LiveConfiguration;
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

    private final CamelContext camel;
    private final JdbcTemplate jdbc;
    private final LiveConfiguration configuration;
    private final Map<String, AcquirePolicy> running = new HashMap<>();

    public MonitorRoutes(CamelContext camel, JdbcTemplate jdbc, LiveConfiguration configuration) {
        this.camel = camel;
        this.jdbc = jdbc;
        this.configuration = configuration;
    }

    /** Starts what should run here and does not, stops what runs and should not, renews what is configured otherwise. */
    public void reconcile() throws Exception {
        jdbc.update(
                "update daq set claimed_by = this_hub() where state = 'RUNNING' and id in (select id from daq"
                        + " where state = 'RUNNING' and (claimed_by is null or hub_is_gone(claimed_by)) for update skip locked)");
        List<Map<String, Object>> wanted = jdbc.queryForList(
                "select d.id, d.directory, e.name, e.beamline from daq d"
                        + " join experiment e on e.id = d.experiment_id"
                        + " where d.state = 'RUNNING' and d.claimed_by = this_hub() and not step_is_paused(?)",
                STEP);
        Set<String> routes = new HashSet<>();
        for (Map<String, Object> daq : wanted) {
            String route = PREFIX + daq.get("id");
            routes.add(route);
            AcquirePolicy policy =
                    configuration.beamline((String) daq.get("beamline")).acquire();
            if (!policy.equals(running.get(route)) || camel.getRoute(route) == null) {
                remove(route);
                add(route, daq, policy);
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
    }

    private void add(String route, Map<String, Object> daq, AcquirePolicy policy) throws Exception {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("daq", daq.get("id").toString());
        parameters.put("directoryName", daq.get("directory"));
        parameters.put("complete", policy.complete().name().toLowerCase(java.util.Locale.ROOT));
        parameters.put("quiet", Long.toString(policy.quiet().toMillis()));
        parameters.put("marker", policy.marker());
        parameters.put("include", String.join(",", policy.include()));
        parameters.put("exclude", String.join(",", policy.exclude()));
        parameters.put("delay", Long.toString(policy.rescan().toMillis()));
        camel.addRouteFromTemplate(route, "monitor", parameters);
        running.put(route, policy);
        LOG.info("{} watches {} for experiment {}", route, daq.get("directory"), daq.get("name"));
    }

    private void remove(String route) throws Exception {
        running.remove(route);
        if (camel.getRoute(route) != null) {
            camel.getRouteController().stopRoute(route);
            camel.removeRoute(route);
        }
    }
}
