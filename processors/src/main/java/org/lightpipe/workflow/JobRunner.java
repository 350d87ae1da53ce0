package org.lightpipe.workflow;

import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.lightpipe.catalog.Publications;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.storage.Storages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Bean {@code runner}: runs claimed jobs on threads of its own.
 *
 * <p>A job takes seconds or days. Were it run by the route's own thread, one slow job would hold up the claim of all
 * others, the {@code sql:} consumer would keep its database connection for that long, and the route could be neither
 * stopped nor reloaded meanwhile. So the route only starts a job here. What bounds the number of jobs is the claim: it
 * takes no more rows than this hub has free slots, by the catalog's own count of what the hub is running.
 *
 * <p>How a job ends is written here too, and not by the route's error handler: a job that is held for a person is
 * published in the same transaction, so that the portal shows it. Thread-safe.
 */
public final class JobRunner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final long IDLE_SECONDS = 60;
    private static final long STOP_SECONDS = 20;

    private final JdbcTemplate jdbc;
    private final CamelContext camel;
    private final TransactionTemplate transactions;
    private final Work work;
    private final Publications publications;
    private final ThreadPoolExecutor jobs;
    private final ThreadPoolExecutor endpoints;
    private final ProducerTemplate template;
    private final JobRun run;

    /**
     * The hub that runs the jobs.
     *
     * @param run id of this run of it
     * @param host name of its machine
     * @param state its state directory
     * @param slots jobs that it runs at the same time; the claim statement must take the same number
     */
    public record Hub(long run, String host, Path state, int slots) {}

    public JobRunner(
            CamelContext camel,
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages,
            Hub hub) {
        this.jdbc = jdbc;
        this.camel = camel;
        this.transactions = transactions;
        this.work = work;
        this.publications = new Publications(jdbc);
        // the queue is for a job that is claimed in the moment between the end of another in the catalog and here
        this.jobs = pool("process", hub.slots(), hub.slots(), new ArrayBlockingQueue<>(hub.slots()));
        // as many again, for endpoints that did not stop when their time was over
        this.endpoints = pool("stage", 0, 2 * hub.slots(), new SynchronousQueue<>());
        this.template = camel.createProducerTemplate();
        this.run = new JobRun(
                jdbc,
                transactions,
                work,
                configuration,
                hub,
                new Places(configuration, storages, hub.state()),
                new EndpointStage(template, endpoints));
    }

    private static ThreadPoolExecutor pool(String name, int core, int most, BlockingQueue<Runnable> queue) {
        AtomicInteger count = new AtomicInteger();
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        ThreadPoolExecutor pool = new ThreadPoolExecutor(core, most, IDLE_SECONDS, TimeUnit.SECONDS, queue, threads);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Starts a job and returns at once.
     *
     * @param jobId a job that this hub has claimed for {@link Step#PROCESS}
     */
    public void start(long jobId) {
        try {
            jobs.execute(() -> runToItsEnd(jobId));
        } catch (RejectedExecutionException e) {
            // While the hub stops, the job stays claimed until the hub is gone: given back, it would be claimed again
            // at once by the route that has not stopped yet.
            if (!ending()) {
                work.again(Step.PROCESS, jobId, Duration.ofSeconds(1), "the hub had no free slot");
            }
        }
    }

    private void runToItsEnd(long jobId) {
        try {
            run.run(jobId);
        } catch (TakenOverException e) {
            LOG.warn("{}", e.getMessage());
        } catch (InterruptedException | ClosedByInterruptException e) {
            giveBack(jobId);
        } catch (Throwable e) { // an Error too: a job whose thread died unseen would be RUNNING for ever
            if (ending()) { // an endpoint fails when it is taken down
                giveBack(jobId);
            } else {
                fail(jobId, e);
            }
        }
    }

    private boolean ending() {
        return jobs.isShutdown() || camel.isStopping() || camel.isStopped();
    }

    /** The hub stops: the job goes on where it is, on this hub's next run or on another. */
    private void giveBack(long jobId) {
        Thread.interrupted(); // the connection pool would refuse to give a connection
        try {
            work.again(Step.PROCESS, jobId, Duration.ZERO, "the hub was stopped");
        } catch (DataAccessException e) {
            LOG.warn("job {} is taken over when the lease of this hub is over: {}", jobId, e.getMessage());
        }
    }

    private void fail(long jobId, Throwable failure) {
        try {
            Insistence.on(
                    "job " + jobId,
                    () -> transactions.execute(status -> {
                        work.failed(Step.PROCESS, jobId, failure);
                        jdbc.query(
                                "update job set ended_at = now() where id = ? and state = 'FAILED'"
                                        + " returning dataset_id",
                                rows -> {
                                    publications.request(rows.getLong(1));
                                },
                                jobId);
                        return true;
                    }));
        } catch (InterruptedException e) {
            giveBack(jobId);
        }
    }

    /** Jobs that are being run now. */
    public int active() {
        return jobs.getActiveCount();
    }

    /**
     * Stops: every running stage is ended with all its processes, and its job is given back to be gone on with later.
     * Waits a bounded time. To be called when the Camel context begins to stop, before the database goes.
     */
    @Override
    public void close() {
        jobs.shutdownNow();
        try {
            if (!jobs.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{} jobs did not stop within {} s", jobs.getActiveCount(), STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        endpoints.shutdownNow();
        template.stop();
    }
}
