package org.lightpipe.catalog;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.support.LoggingExceptionHandler;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The route files of the hub, as they are, in a Camel context that has what every step needs. */
public final class StepRoutes {

    private static final Path ROUTES = Path.of("..", "routes").toAbsolutePath().normalize();

    private StepRoutes() {}

    /**
     * Loads route files, without what answers requests: that has tests of its own, over HTTP.
     *
     * @param files names such as {@code 3-transfer}
     */
    public static void load(CamelContext camel, TestCatalog catalog, Work work, String... files) throws Exception {
        load(camel, catalog, work, new Hints(), files);
    }

    /** As above, with hints that a test may give. */
    public static void load(CamelContext camel, TestCatalog catalog, Work work, Hints hints, String... files)
            throws Exception {
        Properties properties = new Properties();
        properties.setProperty("lightpipe.home", ROUTES.getParent().toString());
        properties.setProperty("claim.delay", "20");
        // Looked at once, at the start: a test says itself what a storage has.
        properties.setProperty("storages.period", "3600000");
        properties.setProperty("datasets.period", "100");
        camel.getPropertiesComponent().setInitialProperties(properties);
        camel.getRegistry().bind("dataSource", catalog.dataSource());
        camel.getRegistry().bind("work", work);
        camel.getRegistry().bindAsPrototype("claimScheduler", ClaimScheduler.class, () -> new ClaimScheduler(hints));
        camel.getRegistry().bind("claimTrouble", new LoggingExceptionHandler(camel, StepRoutes.class));
        for (String pool : List.of("transfer-threads", "archive-threads", "recall-threads")) {
            camel.getExecutorServiceManager()
                    .registerThreadPoolProfile(new ThreadPoolProfileBuilder(pool)
                            .poolSize(2)
                            .maxPoolSize(2)
                            .build());
        }
        camel.addRoutesConfigurations(new RouteConfigurationBuilder() {
            @Override
            public void configuration() {
                routeConfiguration("hold-what-fails")
                        .onException(Throwable.class)
                        .handled(true)
                        .process(exchange -> {
                            Object items = exchange.getProperty("id");
                            for (Object id : items instanceof List<?> several ? several : List.of(items)) {
                                work.failed(
                                        Step.of(exchange.getProperty("step", String.class)),
                                        Long.parseLong(id.toString()),
                                        exchange.getProperty("CamelExceptionCaught", Throwable.class));
                            }
                        });
                routeConfiguration("tick-again").onException(Throwable.class).handled(true);
            }
        });
        add(camel, "templates/claim");
        for (String file : files) {
            add(camel, file);
        }
    }

    private static void add(CamelContext camel, String file) throws Exception {
        ObjectMapper json = new ObjectMapper();
        List<Object> kept = new ArrayList<>();
        String text = Files.readString(ROUTES.resolve(file + ".camel.yaml"));
        for (Object item : (List<?>) new Load(LoadSettings.builder().build()).loadFromString(text)) {
            String written = json.writeValueAsString(item);
            if (!written.startsWith("{\"rest\"") && !written.contains("\"answer-errors\"")) {
                kept.add(item);
            }
        }
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(ResourceHelper.fromString(file + ".camel.yaml", json.writeValueAsString(kept)));
    }
}
