package org.lightpipe.hub;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.lightpipe.acquire.MonitorRoutes;
import org.lightpipe.catalog.Catalog;
import org.lightpipe.catalog.EmbeddedPostgres;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.Configuration;
import org.lightpipe.config.ConfigurationReader;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.core.Findings;
import org.lightpipe.hub.check.RouteChecker;
import org.lightpipe.hub.check.ThreadPools;
import org.lightpipe.hub.reload.RoutesWantedCheck;
import org.lightpipe.hub.reload.SafeReloader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running hub: lock, database, catalog, routes, consoles. Everything is started in that order and stopped in the
 * opposite one.
 */
public final class Hub implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

    /** The operator's token is renewed at every start; this is for a hub that runs for years. */
    private static final Duration TOKEN_AGE = Duration.ofDays(3650);

    private final HubOptions options;
    private final Properties properties;
    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final Main main = new Main();
    private LiveConfiguration configuration;
    private Catalog catalog;
    private EmbeddedPostgres ownDatabase;
    private HubParts parts;

    private Hub(HubOptions options, Properties properties) {
        this.options = options;
        this.properties = properties;
    }

    /**
     * Starts a hub.
     *
     * @throws org.lightpipe.core.InvalidInputException when its configuration is wrong; nothing was started
     * @throws IllegalStateException when another hub uses the state directory
     */
    public static Hub start(HubOptions options) throws Exception {
        long begin = System.nanoTime();
        Hub hub = new Hub(options, Properties.read(options));
        try {
            hub.start();
        } catch (Exception | Error e) {
            hub.close();
            throw e;
        }
        LOG.info("ready in {} ms: {}", (System.nanoTime() - begin) / 1_000_000, hub.url());
        return hub;
    }

    private void start() throws Exception {
        Findings findings = new Findings();
        Configuration first = new ConfigurationReader(options.config(), properties::resolve).read(findings);
        findings.refuse();
        configuration = new LiveConfiguration(first);
        makeStateDirectory();
        closeables.add(StateLock.acquire(options.state()));
        // Early, since settings that would open the hub to everybody are refused here.
        startRemoteJmx();
        openCatalog();
        startCamel();
        registerMBeans();
        startReloader();
        new OperatorToken(options.state())
                .renew(() -> parts.access().create("operator", true, TOKEN_AGE), parts.access()::revoke);
        new HubFile(options.state()).write(url());
        closeables.add(() -> new HubFile(options.state()).remove());
    }

    private void makeStateDirectory() throws IOException {
        Files.createDirectories(options.state());
        Files.createDirectories(options.state().resolve("inbox"));
    }

    private void openCatalog() throws IOException {
        String url = properties.get("lightpipe.database.url", "");
        Catalog.Address address;
        if (url.isEmpty()) {
            ownDatabase = EmbeddedPostgres.start(options.state());
            closeables.add(ownDatabase);
            address = new Catalog.Address(ownDatabase.jdbcUrl(), ownDatabase.username(), ownDatabase.password());
        } else {
            address = new Catalog.Address(url, properties.get("lightpipe.database.user", "lightpipe"), password());
        }
        String name = Catalog.hostname() + ":" + options.state().toRealPath();
        catalog = Catalog.open(address, name, properties.duration("lightpipe.lease"));
        closeables.add(catalog);
    }

    private static String password() throws IOException {
        String file = System.getenv("LIGHTPIPE_DATABASE_PASSWORD_FILE");
        if (file != null) {
            return Files.readString(Path.of(file)).strip();
        }
        return Optional.ofNullable(System.getenv("LIGHTPIPE_DATABASE_PASSWORD")).orElse("");
    }

    private void startCamel() {
        main.setDefaultPropertyPlaceholderLocation("false");
        properties.all().forEach(main::addOverrideProperty);
        main.configure()
                .withRoutesIncludePattern("file:" + options.routes() + "/*.camel.yaml,file:" + options.routes()
                        + "/templates/*.camel.yaml");
        main.configure().withName("lightpipe");
        // The command line decides when the hub stops, and in which order.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeInitialize(BaseMainSupport support) {
                // the overrides have what the JVM was told, and over it the command line; Camel would take the JVM's
                // first
                ((PropertiesComponent) support.getCamelContext().getPropertiesComponent())
                        .setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_FALLBACK);
            }

            @Override
            public void beforeConfigure(BaseMainSupport support) {
                CamelContext camel = support.getCamelContext();
                parts = new HubParts(camel, catalog, configuration, properties, options, facts());
                parts.beans().bind(camel.getRegistry());
            }
        });
        closeables.add(() -> {
            main.stop();
            if (parts != null) {
                parts.close();
            }
        });
        main.start();
    }

    private Map<String, String> facts() {
        String version = Hub.class.getPackage().getImplementationVersion();
        return Map.of(
                "version", version == null ? "development" : version,
                "database", ownDatabase == null ? "external" : "own PostgreSQL",
                "state", options.state().toString());
    }

    private void startReloader() throws IOException {
        SafeReloader reloader = new SafeReloader(
                main.getCamelContext(),
                new SafeReloader.Settings(
                        options.routes(),
                        options.config(),
                        properties.duration("reload.interval"),
                        properties.duration("reload.drain")),
                routeChecker(properties),
                new ConfigurationReader(options.config(), properties::resolve)::read,
                configuration,
                report -> parts.audit()
                        .record(
                                "hub",
                                "reload " + report.outcome(),
                                String.join("; ", report.changedFiles()) + " " + String.join("; ", report.messages())));
        closeables.add(reloader);
        reloader.start();
        HealthCheckRegistry health = HealthCheckRegistry.get(main.getCamelContext());
        if (health != null) {
            RoutesWantedCheck wanted = new RoutesWantedCheck(reloader::wantedRoutes);
            wanted.setCamelContext(main.getCamelContext());
            health.register(wanted);
            RotCheck rot = new RotCheck(parts.verifications()::openRot);
            rot.setCamelContext(main.getCamelContext());
            health.register(rot);
            StoragesCheck storages = new StoragesCheck(parts.storageStates()::all);
            storages.setCamelContext(main.getCamelContext());
            health.register(storages);
        }
    }

    /** Knows the hub's beans and the thread pools that the properties declare. */
    static RouteChecker routeChecker(Properties properties) {
        Map<String, Class<?>> names = new TreeMap<>(Beans.TYPES);
        ThreadPools.declaredBy(properties.all().keySet()).forEach(pool -> names.put(pool, Object.class));
        return new RouteChecker(
                name -> Optional.ofNullable(properties.all().get(name)), names, Hub.class.getClassLoader());
    }

    private void startRemoteJmx() throws IOException {
        if (options.jmx().isPresent()) {
            closeables.add(RemoteJmx.start(options.jmx().get(), ManagementFactory.getPlatformMBeanServer()));
        }
    }

    private void registerMBeans() throws JMException {
        CamelContext camel = main.getCamelContext();
        Work work = parts.work();
        List<Rate> rates = new ArrayList<>();
        for (Step step : Step.values()) {
            Rate rate = new Rate(() -> work.doneCount(step), System::nanoTime);
            rates.add(rate);
            register(step.label(), new StepControl(step, work, parts.status(), parts.held(), parts.audit(), rate));
        }
        AcquireControl acquire = new AcquireControl(camel, parts.status(), System::nanoTime);
        rates.add(acquire.rate());
        register(MonitorRoutes.STEP, acquire);
        register(
                new ObjectName("org.lightpipe:type=Verification"),
                new VerificationControl(parts.verifications(), parts.verifier()));
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "lightpipe-rates");
            thread.setDaemon(true);
            return thread;
        });
        sampler.scheduleAtFixedRate(() -> rates.forEach(Rate::sample), 1, 1, TimeUnit.SECONDS);
        StorageControls controls = new StorageControls(
                ManagementFactory.getPlatformMBeanServer(), configuration, parts.storageStates(), parts.destinations());
        controls.look();
        sampler.scheduleWithFixedDelay(() -> renew(controls), 1, 1, TimeUnit.SECONDS);
        closeables.add(controls);
        long sweep = properties.duration("lightpipe.lease").toMillis() / 2;
        sampler.scheduleWithFixedDelay(() -> freeOrphans(work), sweep, sweep, TimeUnit.MILLISECONDS);
        closeables.add(sampler::shutdownNow);
    }

    private static void renew(StorageControls controls) {
        try {
            controls.look();
        } catch (JMException | RuntimeException e) {
            LOG.warn("the MBeans of the storages are not up to date", e);
        }
    }

    private static void freeOrphans(Work work) {
        try {
            int freed = work.freeOrphans();
            if (freed > 0) {
                LOG.info("{} items that nobody worked on wait again", freed);
            }
        } catch (RuntimeException e) {
            // An exception would end the schedule; the catalog's own heartbeat tells that it does not answer.
            LOG.debug("the catalog does not answer", e);
        }
    }

    private void register(String step, StepMXBean bean) throws JMException {
        register(new ObjectName("org.lightpipe:type=Step,name=" + step), bean);
    }

    private void register(ObjectName name, Object bean) throws JMException {
        var server = ManagementFactory.getPlatformMBeanServer();
        server.registerMBean(bean, name);
        closeables.add(() -> server.unregisterMBean(name));
    }

    /** Address of the API and the portal. */
    public String url() {
        return "http://" + properties.get("camel.server.host", "127.0.0.1") + ":"
                + properties.get("camel.server.port", "8380");
    }

    /** The Camel context, for tests that look inside. */
    CamelContext camel() {
        return main.getCamelContext();
    }

    /** Stops everything, within the bounds that each part has. */
    @Override
    public void close() {
        for (int i = closeables.size() - 1; i >= 0; i--) {
            try {
                closeables.get(i).close();
            } catch (Exception e) {
                LOG.warn("a part of the hub did not stop cleanly: {}", e.toString(), e);
            }
        }
        closeables.clear();
    }
}
