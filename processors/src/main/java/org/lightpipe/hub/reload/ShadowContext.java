package org.lightpipe.hub.reload;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Route;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.ExplicitCamelContextNameStrategy;
import org.apache.camel.spi.ComponentResolver;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.support.ResourceHelper;
import org.lightpipe.hub.check.RouteTexts;
import org.lightpipe.hub.check.ThreadPools;

/**
 * Builds routes aside, in a context of its own that starts no consumer, so that whatever Camel itself
 * would refuse is refused there. It sees the running hub's beans and properties and configures its own
 * components in the same way.
 */
public final class ShadowContext {

    private static final long SHUTDOWN_SECONDS = 5;

    private final CamelContext live;

    /** @param live the running context; it is only read */
    public ShadowContext(CamelContext live) {
        this.live = live;
    }

    /**
     * Builds all routes and throws them away again.
     *
     * @return ids of the routes that should run
     * @throws Exception what Camel says about the first thing that it refuses
     */
    public Set<String> build(RouteTexts texts) throws Exception {
        try (DefaultCamelContext shadow =
                new DefaultCamelContext(new DefaultRegistry(new LiveBeans(live.getRegistry())))) {
            prepare(shadow);
            List<Resource> resources = new ArrayList<>();
            for (Map.Entry<String, String> text : texts.texts().entrySet()) {
                Resource resource = resource(texts.path(text.getKey()), text.getValue());
                // Beans first: routes of another file may use them.
                PluginHelper.getRoutesLoader(shadow).preParseRoute(resource, true);
                resources.add(resource);
            }
            PluginHelper.getRoutesLoader(shadow).loadRoutes(resources);
            shadow.start();
            return wanted(shadow);
        }
    }

    /** Ids of the routes that should run: those that start by themselves and that no Kamelet made for its own use. */
    static Set<String> wanted(CamelContext context) {
        Set<String> ids = new TreeSet<>();
        for (Route route : context.getRoutes()) {
            if (!route.isCreatedByKamelet() && route.isAutoStartup()) {
                ids.add(route.getId());
            }
        }
        return ids;
    }

    static Resource resource(Path file, String text) {
        return ResourceHelper.fromString("file:" + file, text);
    }

    private void prepare(DefaultCamelContext shadow) {
        shadow.disableJMX();
        shadow.setNameStrategy(new ExplicitCamelContextNameStrategy(live.getName() + "-shadow"));
        shadow.setAutoStartup(false);
        shadow.setApplicationContextClassLoader(live.getApplicationContextClassLoader());
        shadow.setStreamCaching(live.isStreamCaching());
        shadow.getShutdownStrategy().setTimeout(SHUTDOWN_SECONDS);
        shadow.getShutdownStrategy().setShutdownNowOnTimeout(true);
        shadow.getPropertiesComponent().addPropertiesSource(new LiveProperties());
        threadPoolProfiles()
                .forEach(profile -> shadow.getExecutorServiceManager().registerThreadPoolProfile(profile.clone()));
        shadow.getCamelContextExtension()
                .addContextPlugin(ComponentResolver.class, configured(PluginHelper.getComponentResolver(shadow)));
    }

    /** The thread pools that the properties declare; Camel has no list of them. */
    private List<ThreadPoolProfile> threadPoolProfiles() {
        return ThreadPools.declaredBy(
                        live.getPropertiesComponent().loadProperties().stringPropertyNames())
                .stream()
                .map(live.getExecutorServiceManager()::getThreadPoolProfile)
                .filter(Objects::nonNull)
                .toList();
    }

    private ComponentResolver configured(ComponentResolver resolver) {
        return (name, context) -> {
            Component component = resolver.resolveComponent(name, context);
            if (component == null && live.hasComponent(name) != null) {
                // bound by hand in the running hub, and not on Camel's list of components
                component = context.getInjector()
                        .newInstance(live.hasComponent(name).getClass());
            }
            if (component != null) {
                component.setCamelContext(context);
                Map<String, Object> options = options(name);
                if (name.equals("quartz")) {
                    // its scheduler would take part in the running hub's timers
                    options.put("autoStartScheduler", "false");
                }
                PropertyBindingSupport.build()
                        .withCamelContext(context)
                        .withTarget(component)
                        .withProperties(options)
                        .withIgnoreCase(true)
                        .bind();
            }
            return component;
        };
    }

    private Map<String, Object> options(String component) {
        String prefix = "camel.component." + component + ".";
        Map<String, Object> options = new LinkedHashMap<>();
        live.getPropertiesComponent()
                .loadProperties(name -> name.startsWith(prefix))
                .forEach((name, value) -> options.put(name.toString().substring(prefix.length()), value));
        return options;
    }

    private final class LiveProperties implements PropertiesSource {

        @Override
        public String getName() {
            return "live";
        }

        @Override
        public String getProperty(String name) {
            return live.getPropertiesComponent().resolveProperty(name).orElse(null);
        }
    }
}
