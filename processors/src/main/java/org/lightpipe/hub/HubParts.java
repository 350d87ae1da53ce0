package org.lightpipe.hub;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;
import org.lightpipe.acquire.Acquire;
import org.lightpipe.acquire.MonitorRoutes;
import org.lightpipe.api.Access;
import org.lightpipe.api.Answer;
import org.lightpipe.api.DaqsApi;
import org.lightpipe.api.DatasetsApi;
import org.lightpipe.api.ErrorAnswer;
import org.lightpipe.api.ExperimentsApi;
import org.lightpipe.api.FilesApi;
import org.lightpipe.api.HeaderFilter;
import org.lightpipe.api.HealthApi;
import org.lightpipe.api.JobsApi;
import org.lightpipe.api.PermissionsApi;
import org.lightpipe.api.RecallsApi;
import org.lightpipe.api.RecordsApi;
import org.lightpipe.api.StatusApi;
import org.lightpipe.api.StoragesApi;
import org.lightpipe.api.TokensApi;
import org.lightpipe.api.VerificationsApi;
import org.lightpipe.archive.ArchivePlanner;
import org.lightpipe.archive.Archiver;
import org.lightpipe.archive.Recaller;
import org.lightpipe.archive.Recalls;
import org.lightpipe.archive.Releaser;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.Catalog;
import org.lightpipe.catalog.ClaimScheduler;
import org.lightpipe.catalog.FileList;
import org.lightpipe.catalog.Held;
import org.lightpipe.catalog.Hints;
import org.lightpipe.catalog.Monitors;
import org.lightpipe.catalog.StepStatus;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.dataset.Cataloguer;
import org.lightpipe.dataset.DatasetCompletion;
import org.lightpipe.experiment.Experiments;
import org.lightpipe.experiment.Permissions;
import org.lightpipe.portal.Portal;
import org.lightpipe.portal.PortalFiles;
import org.lightpipe.portal.Records;
import org.lightpipe.storage.ExperimentPlaces;
import org.lightpipe.storage.Storages;
import org.lightpipe.transfer.DestinationFactory;
import org.lightpipe.transfer.Destinations;
import org.lightpipe.transfer.StorageStates;
import org.lightpipe.transfer.StorageWatch;
import org.lightpipe.transfer.Transfers;
import org.lightpipe.transfer.command.CommandDestination;
import org.lightpipe.transfer.globus.GlobusDestination;
import org.lightpipe.transfer.http.HttpDestination;
import org.lightpipe.verify.Verifications;
import org.lightpipe.verify.Verifier;
import org.lightpipe.workflow.JobRunner;
import org.lightpipe.workflow.Jobs;
import org.lightpipe.workflow.Rules;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** What a hub is made of, put together, and all beans that a route may name. */
final class HubParts implements AutoCloseable {

    private final Beans beans = new Beans();
    private final Work work;
    private final StepStatus status;
    private final Audit audit;
    private final Access access;
    private final Held held;
    private final Storages storages;
    private final Destinations destinations;
    private final StorageStates storageStates;
    private final Cataloguer cataloguer;
    private final Verifications verifications;
    private final Verifier verifier;

    /**
     * @param facts what does not change while the hub runs, such as its version
     */
    HubParts(
            CamelContext camel,
            Catalog catalog,
            LiveConfiguration configuration,
            Properties properties,
            HubOptions options,
            Map<String, String> facts) {
        JdbcTemplate jdbc = catalog.jdbc();
        TransactionTemplate transactions = catalog.transactions();
        Hints hints = new Hints();
        work = new Work(
                jdbc,
                catalog.hubRun(),
                new Work.RetryPolicy(
                        properties.number("retry.attempts", 10),
                        properties.duration("retry.first"),
                        properties.duration("retry.longest")),
                hints);
        status = new StepStatus(jdbc);
        audit = new Audit(jdbc);
        held = new Held(jdbc);
        Monitors monitors = new Monitors(jdbc, audit);
        access = new Access(jdbc, Clock.systemUTC());
        storages = new Storages(camel);
        beans.add("dataSource", catalog.dataSource());
        beans.add("claimTrouble", new ClaimTrouble());
        beans.addEach("claimScheduler", () -> new ClaimScheduler(hints));
        beans.add("failures", new Failures(work));
        beans.add("work", work);
        beans.add("access", access);
        beans.add("status", new StatusApi(status, held, work, audit, facts, () -> devices(camel)));
        DatasetsApi datasetsApi = new DatasetsApi(jdbc);
        beans.add("datasetsApi", datasetsApi);
        FilesApi filesApi = new FilesApi(jdbc, new FileList(jdbc));
        beans.add("filesApi", filesApi);
        verifications = new Verifications(jdbc, audit, properties.bytes("verify.rate"));
        verifier = new Verifier(jdbc, transactions, work, configuration, storages);
        beans.add("verifications", verifications);
        beans.add("verificationsApi", new VerificationsApi(verifications, filesApi));
        beans.add("verifier", verifier);
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
        Permissions permissions = new Permissions(jdbc, transactions, work, configuration, storages, audit);
        beans.add("permissions", permissions);
        beans.add("permissionsApi", new PermissionsApi(permissions));
        beans.add("monitorRoutes", new MonitorRoutes(camel, jdbc, configuration));
        beans.add("acquire", new Acquire(jdbc, transactions, configuration, hints));
        cataloguer = new Cataloguer(
                jdbc, transactions, work, configuration, storages, properties.number("catalog.threads", 2));
        beans.add("cataloguer", cataloguer);
        beans.add("datasets", new DatasetCompletion(jdbc, transactions, configuration, hints));
        destinations = new Destinations(
                configuration,
                new DestinationFactory(
                        storages,
                        Map.of(
                                "http", HttpDestination::new,
                                "https", HttpDestination::new,
                                "command", CommandDestination::new,
                                "globus", storage -> new GlobusDestination(storage, jdbc, transactions))));
        storageStates = new StorageStates(
                jdbc, transactions, properties.duration("retry.first"), properties.duration("retry.longest"));
        storageStates.reconcile(configuration.get());
        camel.getRegistry().bind("destinations", destinations);
        beans.add(
                "transfers",
                new Transfers(jdbc, transactions, work, configuration, storages, destinations, storageStates, hints));
        beans.add("storagesApi", new StoragesApi(configuration, storageStates, destinations, audit));
        beans.add("storageWatch", new StorageWatch(configuration, storageStates, destinations));
        Path state = options.state();
        JobRunner runner = new JobRunner(
                camel,
                jdbc,
                transactions,
                work,
                configuration,
                storages,
                new JobRunner.Hub(catalog.hubRun(), Catalog.hostname(), state, properties.number("process.slots", 2)));
        beans.add("rules", new Rules(jdbc, transactions, work, configuration, storages, state));
        beans.add("runner", runner);
        Jobs jobs = new Jobs(jdbc, transactions, configuration, storages, state);
        beans.add("jobsApi", new JobsApi(jobs, datasetsApi, audit));
        camel.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStopping(CamelContext stopping) {
                runner.close();
                verifier.close();
                permissions.close();
                destinations.stopBeginning();
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
    }

    /** What the gpu: component says of its devices, if it is there. */
    private static String devices(CamelContext camel) {
        return camel.getComponent("gpu") instanceof Supplier<?> described
                ? described.get().toString()
                : "the gpu: component is not on the class path";
    }

    /** All beans, to be bound. */
    Beans beans() {
        return beans;
    }

    Work work() {
        return work;
    }

    StepStatus status() {
        return status;
    }

    Audit audit() {
        return audit;
    }

    Access access() {
        return access;
    }

    Held held() {
        return held;
    }

    Destinations destinations() {
        return destinations;
    }

    StorageStates storageStates() {
        return storageStates;
    }

    Verifications verifications() {
        return verifications;
    }

    Verifier verifier() {
        return verifier;
    }

    /** Ends what the routes no longer use. */
    @Override
    public void close() {
        destinations.close();
        cataloguer.close();
        storages.close();
    }
}
