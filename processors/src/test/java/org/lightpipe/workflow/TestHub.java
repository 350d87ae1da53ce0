package org.lightpipe.workflow;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Workflow;
import org.lightpipe.storage.Storages;

/** A runner of jobs with its own run of a hub. */
final class TestHub implements AutoCloseable {

    static final String HOST = "this-machine";

    private final TestCatalog catalog;
    private final long id;
    private final Work work;
    private final JobRunner runner;

    TestHub(TestCatalog catalog, CamelContext camel, Path storage, Workflow... workflows) {
        this(catalog, catalog.hub(), camel, TestSite.of(storage, List.of(), workflows), storage.resolve("state"));
    }

    /** @param id run of the hub that it is */
    TestHub(TestCatalog catalog, long id, CamelContext camel, LiveConfiguration configuration, Path state) {
        this.catalog = catalog;
        this.id = id;
        this.work = new Work(catalog.jdbc(), id, new Work.RetryPolicy(2, Duration.ofMillis(1), Duration.ofMillis(10)));
        this.runner = new JobRunner(
                camel,
                catalog.jdbc(),
                catalog.transactions(),
                work,
                configuration,
                new Storages(camel),
                new JobRunner.Hub(id, HOST, state, 2));
    }

    long id() {
        return id;
    }

    Work work() {
        return work;
    }

    JobRunner runner() {
        return runner;
    }

    /** Claims a job as the route does, starts it, and waits until its attempt is over. */
    String attempt(long job) {
        start(job);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !catalog.state("job", job).equals("RUNNING"));
        return catalog.state("job", job);
    }

    void start(long job) {
        catalog.jdbc().update("update job set state = 'RUNNING', claimed_by = ? where id = ?", id, job);
        runner.start(job);
    }

    /** A new job of that workflow, run once. */
    long run(long dataset, String workflow, Map<String, String> arguments) {
        long job = catalog.claimedJob(dataset, workflow, arguments, id);
        attempt(job);
        return job;
    }

    @Override
    public void close() {
        runner.close();
    }
}
