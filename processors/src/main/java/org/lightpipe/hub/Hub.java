package org.lightpipe.hub;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.support.LifecycleStrategySupport;
import org.lightpipe.acquire.Acquire;
import org.lightpipe.acquire.MonitorRoutes;
import org.lightpipe.api.Access;
import org.lightpipe.api.Answer;
import org.lightpipe.api.DaqsApi;
import org.lightpipe.api.DatasetsApi;
import org.lightpipe.api.ErrorAnswer;
import org.lightpipe.api.ExperimentsApi;
import org.lightpipe.api.HeaderFilter;
import org.lightpipe.api.HealthApi;
import org.lightpipe.api.JobsApi;
import org.lightpipe.api.RecallsApi;
import org.lightpipe.api.RecordsApi;
import org.lightpipe.api.StatusApi;
import org.lightpipe.api.TokensApi;
import org.lightpipe.archive.ArchivePlanner;
import org.lightpipe.archive.Archiver;
import org.lightpipe.archive.Recaller;
import org.lightpipe.archive.Recalls;
import org.lightpipe.archive.Releaser;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.Catalog;
import org.lightpipe.catalog.EmbeddedPostgres;
import org.lightpipe.catalog.Monitors;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.StepStatus;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.Configuration;
import org.lightpipe.config.ConfigurationReader;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.core.Findings;
import org.lightpipe.core.YamlMap;
import org.lightpipe.dataset.Cataloguer;
import org.lightpipe.dataset.DatasetCompletion;
import org.lightpipe.experiment.Experiments;
import org.lightpipe.hub.check.RouteChecker;
import org.lightpipe.hub.check.ThreadPools;
import org.lightpipe.hub.reload.RoutesWantedCheck;
import org.lightpipe.hub.reload.SafeReloader;
import org.lightpipe.portal.Portal;
import org.lightpipe.portal.PortalFiles;
import org.lightpipe.portal.Records;
import org.lightpipe.storage.ExperimentPlaces;
import org.lightpipe.storage.Storages;
import org.lightpipe.transfer.Transfer;
import org.lightpipe.workflow.JobRunner;
import org.lightpipe.workflow.Jobs;
import org.lightpipe.workflow.Rules;
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
    private Storages storages;
    private Work work;
    private StepStatus status;
    private Audit audit;
    private Access access;

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
        new OperatorToken(options.state()).renew(() -> access.create("operator", true, TOKEN_AGE), access::revoke);
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
        catalog = Catalog.open(address, name, duration("lightpipe.lease"));
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
            public void beforeConfigure(BaseMainSupport support) {
                bind(support.getCamelContext());
            }
        });
        closeables.add(() -> {
            main.stop();
            if (storages != null) {
                storages.close();
            }
        });
        main.start();
    }

    /** Every bean that a route may name. */
    private void bind(CamelContext camel) {
        var jdbc = catalog.jdbc();
        var transactions = catalog.transactions();
        work = new Work(jdbc, catalog.hubRun(), retryPolicy());
        status = new StepStatus(jdbc);
        audit = new Audit(jdbc);
        Monitors monitors = new Monitors(jdbc, audit);
        access = new Access(jdbc, Clock.systemUTC());
        storages = new Storages(camel);
        Beans beans = new Beans();
        beans.add("dataSource", catalog.dataSource());
        beans.add("claimTrouble", new ClaimTrouble());
        beans.add("failures", new Failures(work));
        beans.add("work", work);
        beans.add("access", access);
        beans.add("status", new StatusApi(status, work, audit, facts(), () -> devices(camel)));
        DatasetsApi datasetsApi = new DatasetsApi(jdbc);
        beans.add("datasetsApi", datasetsApi);
        beans.add("archivePlanner", new ArchivePlanner(jdbc, configuration));
        beans.add("archiver", new Archiver(jdbc, transactions, work, configuration, storages));
        beans.add("releaser", new Releaser(jdbc, transactions, work, configuration, storages));
        beans.add("recaller", new Recaller(jdbc, transactions, work, configuration, storages));
        beans.add("recallsApi", new RecallsApi(new Recalls(jdbc, transactions), datasetsApi));
        beans.add("monitors", monitors);
        beans.add("tokens", new TokensApi(access, audit));
        beans.add("health", new HealthApi(camel));
        beans.add("headerFilter", new HeaderFilter());
        beans.add("daqs", new DaqsApi(monitors));
        Experiments experiments = new Experiments(jdbc, transactions, work, configuration, storages, monitors, audit);
        beans.add("experiments", experiments);
        beans.add("experimentsApi", new ExperimentsApi(experiments));
        beans.add("monitorRoutes", new MonitorRoutes(camel, jdbc, configuration));
        beans.add("acquire", new Acquire(jdbc, transactions, configuration));
        beans.add("transfer", new Transfer(jdbc, transactions, work, configuration, storages));
        beans.add("cataloguer", new Cataloguer(jdbc, transactions, work, configuration, storages));
        beans.add("datasets", new DatasetCompletion(jdbc, transactions, configuration));
        Path state = options.state();
        JobRunner runner = new JobRunner(
                camel,
                jdbc,
                transactions,
                work,
                configuration,
                storages,
                new JobRunner.Hub(
                        catalog.hubRun(),
                        Catalog.hostname(),
                        state,
                        Integer.parseInt(properties.get("process.slots", "2"))));
        beans.add("rules", new Rules(jdbc, transactions, work, configuration, storages, state));
        beans.add("runner", runner);
        Jobs jobs = new Jobs(jdbc, transactions, configuration, storages, state);
        beans.add("jobsApi", new JobsApi(jobs, datasetsApi, audit));
        camel.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStopping(CamelContext stopping) {
                runner.close();
            }
        });
        Answer answer = new Answer();
        beans.add("answer", answer);
        beans.add("errorAnswer", new ErrorAnswer(answer));
        beans.add("recordsApi", new RecordsApi(new Records(catalog.dataSource())));
        beans.add(
                "portal",
                new Portal(jdbc, transactions, work, new ExperimentPlaces(configuration, storages, state)::analysis));
        beans.add("portalFiles", new PortalFiles(options.home().resolve("portal")));
        beans.all().forEach(camel.getRegistry()::bind);
    }

    /** What the gpu: component says of its devices, if it is there. */
    private static String devices(CamelContext camel) {
        return camel.getComponent("gpu") instanceof Supplier<?> described
                ? described.get().toString()
                : "the gpu: component is not on the class path";
    }

    private Map<String, String> facts() {
        String version = Hub.class.getPackage().getImplementationVersion();
        return Map.of(
                "version", version == null ? "development" : version,
                "database", ownDatabase == null ? "external" : "own PostgreSQL",
                "state", options.state().toString());
    }

    private Work.RetryPolicy retryPolicy() {
        return new Work.RetryPolicy(
                Integer.parseInt(properties.get("retry.attempts", "10")),
                duration("retry.first"),
                duration("retry.longest"));
    }

    private Duration duration(String property) {
        String text = properties.get(property, "");
        return YamlMap.parseDuration(text)
                .orElseThrow(() -> new IllegalArgumentException("config/application.properties: " + property + ": '"
                        + text + "' is not a duration (write it as 500ms, 2s, 5min, 12h or 90d)"));
    }

    private void startReloader() throws IOException {
        SafeReloader reloader = new SafeReloader(
                main.getCamelContext(),
                new SafeReloader.Settings(
                        options.routes(), options.config(), duration("reload.interval"), duration("reload.drain")),
                routeChecker(properties),
                new ConfigurationReader(options.config(), properties::resolve)::read,
                configuration,
                report -> audit.record(
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
        List<Rate> rates = new ArrayList<>();
        for (Step step : Step.values()) {
            Rate rate = new Rate(() -> work.doneCount(step), System::nanoTime);
            rates.add(rate);
            register(step.label(), new StepControl(step, work, status, rate));
        }
        AcquireControl acquire = new AcquireControl(camel, status, System::nanoTime);
        rates.add(acquire.rate());
        register(MonitorRoutes.STEP, acquire);
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "lightpipe-rates");
            thread.setDaemon(true);
            return thread;
        });
        sampler.scheduleAtFixedRate(() -> rates.forEach(Rate::sample), 1, 1, TimeUnit.SECONDS);
        long sweep = duration("lightpipe.lease").toMillis() / 2;
        sampler.scheduleWithFixedDelay(() -> freeOrphans(work), sweep, sweep, TimeUnit.MILLISECONDS);
        closeables.add(sampler::shutdownNow);
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
        var server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("org.lightpipe:type=Step,name=" + step);
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
