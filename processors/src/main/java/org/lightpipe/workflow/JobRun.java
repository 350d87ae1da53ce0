package org.lightpipe.workflow;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.catalog.Publications;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Workflow;
import org.lightpipe.config.Workflow.Stage;
import org.lightpipe.core.Names;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs the stages of a job in order, from where an earlier attempt came to: a stage that is DONE in the catalog is not
 * run again. Every stage is DONE together with its results, in one transaction, and the job with its publication, in
 * another. Thread-safe.
 */
final class JobRun {

    private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);

    /** By how much two readings of the start of the same process may differ: the kernel's boot time is in seconds. */
    private static final Duration SAME_START = Duration.ofSeconds(2);

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Work work;
    private final LiveConfiguration configuration;
    private final JobRunner.Hub hub;
    private final Publications publications;
    private final DatasetLookup datasets;
    private final Places places;
    private final StageRuns runs;
    private final ResourceSlots slots;
    private final CommandStage commands;
    private final EndpointStage endpoints;

    JobRun(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            JobRunner.Hub hub,
            Places places,
            EndpointStage endpoints) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.work = work;
        this.configuration = configuration;
        this.hub = hub;
        this.publications = new Publications(jdbc);
        this.datasets = new DatasetLookup(jdbc);
        this.places = places;
        this.runs = new StageRuns(jdbc);
        this.slots = new ResourceSlots(configuration);
        this.commands = new CommandStage(runs, System.getenv());
        this.endpoints = endpoints;
    }

    /** What a job is about. */
    private record Job(long id, Dataset dataset, Workflow workflow, Map<String, String> arguments) {}

    /**
     * Runs a job that this hub has claimed, to its end.
     *
     * @throws StageFailedException when a stage failed
     * @throws PermanentFailureException when it cannot succeed as it is
     * @throws TakenOverException when another hub holds it now
     */
    void run(long jobId) throws IOException, InterruptedException, StageFailedException, TakenOverException {
        endUnfinished(jobId);
        Job job = read(jobId);
        Path directory = places.output(job.dataset());
        OutputDirectory.create(directory, places.storage(job.dataset()));
        Results results = new Results(jdbc, jobId, places.analysis(job.dataset()));
        Claim claim = () -> check(jobId);
        begin(jobId);
        Set<String> done = runs.done(jobId);
        for (Stage stage : job.workflow().stages()) {
            if (!done.contains(stage.key())) {
                slots.take(stage.resource(), claim);
                try {
                    run(job, stage, directory, results, claim);
                } finally {
                    slots.free(stage.resource());
                }
            }
        }
        finish(job, results);
    }

    /** Ends what a hub that is gone has left running on this machine, before the same stage runs again. */
    private void endUnfinished(long jobId) throws InterruptedException, StageFailedException {
        for (StageRuns.Unfinished left : runs.unfinished(jobId)) {
            if (left.host().equals(hub.host())) {
                OptionalLong leader = left.pid().isPresent() && isStill(left) ? left.pid() : OptionalLong.empty();
                if (!new ProcessTree(left.run().mark(), leader).kill(GRACE)) {
                    throw new StageFailedException("stage " + left.stage()
                            + ": processes of an earlier attempt cannot be ended; see process " + left.pid());
                }
            }
            Insistence.on(
                    "job " + jobId,
                    () -> runs.end(left.run(), "LOST", OptionalInt.empty(), "its hub went away", Map.of()));
            LOG.warn("job {}: stage {} was left unfinished by a hub that went away; it runs anew", jobId, left.stage());
        }
    }

    /** A process id alone may be another program's by now. */
    private static boolean isStill(StageRuns.Unfinished left) {
        Optional<Instant> started = ProcessHandle.of(left.pid().getAsLong())
                .flatMap(process -> process.info().startInstant());
        return started.isPresent()
                && left.processStarted().isPresent()
                && Duration.between(started.get(), left.processStarted().get())
                                .abs()
                                .compareTo(SAME_START)
                        < 0;
    }

    private Job read(long jobId) {
        return jdbc.queryForObject(
                "select dataset_id, workflow, arguments from job where id = ?",
                (rows, n) -> {
                    Dataset dataset = datasets.get(rows.getLong("dataset_id"));
                    Map<String, String> arguments = new TreeMap<>(Arguments.fromJson(rows.getString("arguments")));
                    arguments.put("outputDirectory", places.output(dataset).toString());
                    arguments.put("jobId", Long.toString(jobId));
                    return new Job(jobId, dataset, workflow(rows.getString("workflow")), Map.copyOf(arguments));
                },
                jobId);
    }

    private Workflow workflow(String name) {
        Workflow workflow = configuration.get().workflows().get(name);
        if (workflow == null) {
            throw new PermanentFailureException("workflow '" + name
                    + "' is not configured any more; put back its file in config/workflows and retry the job");
        }
        for (Stage stage : workflow.stages()) {
            if (!Names.isSafe(stage.key())) { // it becomes the name of a file
                throw new PermanentFailureException(
                        "workflow '" + name + "': stage '" + stage.key() + "' cannot be used as a name; " + Names.RULE);
            }
        }
        return workflow;
    }

    private void begin(long jobId) {
        jdbc.update(
                "update job set started_at = coalesce(started_at, now()), ended_at = null where id = ? and claimed_by = ?",
                jobId,
                hub.run());
    }

    private void run(Job job, Stage stage, Path directory, Results results, Claim claim)
            throws IOException, InterruptedException, StageFailedException, TakenOverException {
        Map<String, String> arguments = new TreeMap<>(job.arguments());
        arguments.put("stage", stage.key());
        Path log = directory.resolve(OutputDirectory.OWN).resolve(stage.key() + ".log");
        claim.check();
        StageRun run = begin(job, stage);
        StageCall call = new StageCall(run, job.id(), stage, Map.copyOf(arguments), directory, log);
        try {
            Outputs outputs = new Outputs(call);
            StageOutcome outcome = stage.isCommand() ? commands.run(call, claim) : endpoints.run(call, claim);
            succeed(job, call, outcome, results, outputs);
        } catch (StageFailedException e) {
            end(job, run, "FAILED", e.exitStatus(), e.output().isEmpty() ? e.getMessage() : e.output());
            throw e;
        } catch (TakenOverException e) {
            throw e;
        } catch (InterruptedException e) {
            try {
                runs.end(run, "LOST", OptionalInt.empty(), "the hub was stopped", Map.of());
            } catch (DataAccessException away) {
                LOG.debug("job {}: whoever goes on with it finds out: {}", job.id(), away.getMessage());
            }
            throw e;
        } catch (IOException | RuntimeException e) {
            end(job, run, "FAILED", OptionalInt.empty(), String.valueOf(e.getMessage()));
            throw e;
        }
        LOG.info("job {}: stage {} is done", job.id(), stage.key());
    }

    private StageRun begin(Job job, Stage stage) throws InterruptedException {
        String action = stage.isCommand() ? stage.command() : stage.to() + " " + new TreeMap<>(stage.parameters());
        return Insistence.on(
                "job " + job.id(),
                () -> transactions.execute(status -> {
                    jdbc.update(
                            "update job set stage = ? where id = ? and claimed_by = ?",
                            stage.key(),
                            job.id(),
                            hub.run());
                    return runs.begin(job.id(), stage.key(), stage.resource(), action, hub.host());
                }));
    }

    private void succeed(Job job, StageCall call, StageOutcome outcome, Results results, Outputs outputs)
            throws IOException, InterruptedException, StageFailedException, TakenOverException {
        List<Results.Result> taken;
        try {
            taken = results.take(outputs.proved(outcome.files()));
        } catch (StageFailedException e) {
            throw new StageFailedException(e.getMessage(), outcome.exitStatus(), outcome.output());
        }
        boolean held = Insistence.on(
                "job " + job.id(),
                () -> transactions.execute(status -> {
                    boolean ended =
                            runs.end(call.run(), "DONE", outcome.exitStatus(), outcome.output(), outcome.metrics());
                    if (ended) {
                        results.put(taken);
                    }
                    return ended;
                }));
        // false too when the commit of an earlier try did arrive, and only its answer was lost
        if (!held && !runs.done(job.id()).contains(call.stage().key())) {
            throw new TakenOverException(job.id());
        }
    }

    private void end(Job job, StageRun run, String state, OptionalInt exitStatus, String output)
            throws InterruptedException {
        Insistence.on(
                "job " + job.id(), () -> runs.end(run, state, exitStatus, output.replace('\0', '\uFFFD'), Map.of()));
    }

    private void finish(Job job, Results results) throws IOException, InterruptedException {
        List<Results.Result> changed = results.changed();
        Insistence.on(
                "job " + job.id(),
                () -> transactions.execute(status -> {
                    if (!work.done(Step.PROCESS, job.id())) {
                        return false;
                    }
                    results.put(changed);
                    results.forgetRemoved();
                    jdbc.update("update job set ended_at = now() where id = ?", job.id());
                    publications.request(job.dataset().id());
                    return true;
                }));
    }

    private void check(long jobId) throws TakenOverException {
        boolean held;
        try {
            held = jdbc.queryForObject(
                    "select exists (select 1 from job where id = ? and state = ? and claimed_by = ?)",
                    Boolean.class,
                    jobId,
                    Step.PROCESS.busy(),
                    hub.run());
        } catch (DataAccessException e) {
            LOG.debug("job {}: cannot look whether it is still held: {}", jobId, e.getMessage());
            return; // a database that is away has not given the job to anybody
        }
        if (!held) {
            throw new TakenOverException(jobId);
        }
    }
}
