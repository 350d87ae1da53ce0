package org.lightpipe.workflow;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.catalog.Publications;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Workflow;
import org.lightpipe.config.WorkflowRule;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.storage.Storages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Bean {@code rules}: selects the workflows of a complete dataset. Thread-safe. */
public final class Rules {

    private static final Logger LOG = LoggerFactory.getLogger(Rules.class);

    private final TransactionTemplate transactions;
    private final Work work;
    private final LiveConfiguration configuration;
    private final Publications publications;
    private final DatasetLookup datasets;
    private final Submission submission;

    /** @param state state directory of the hub */
    public Rules(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages,
            Path state) {
        this.transactions = transactions;
        this.work = work;
        this.configuration = configuration;
        this.publications = new Publications(jdbc);
        this.datasets = new DatasetLookup(jdbc);
        this.submission = new Submission(jdbc, new Places(configuration, storages, state));
    }

    /**
     * Submits one job for each rule of the dataset's beamline that is about one of its files, and is done with the
     * dataset, in one transaction. A dataset that no rule is about is published as it is.
     *
     * @param datasetId a dataset that this hub has claimed for {@link Step#TRIGGER}
     * @throws PermanentFailureException when a rule names a workflow or an argument that is not there
     */
    public void select(long datasetId) {
        int jobs = transactions.execute(status -> {
            int submitted = submit(datasets.get(datasetId));
            if (!work.done(Step.TRIGGER, datasetId)) {
                status.setRollbackOnly();
                return 0;
            }
            if (submitted == 0) {
                publications.request(datasetId);
            }
            return submitted;
        });
        LOG.info("dataset {}: {} jobs", datasetId, jobs);
    }

    private int submit(Dataset dataset) {
        List<WorkflowRule> rules = configuration.beamline(dataset.beamline()).trigger();
        int submitted = 0;
        for (int i = 0; i < rules.size(); i++) {
            WorkflowRule rule = rules.get(i);
            Optional<DatasetFile> file = datasets.firstFile(dataset.id(), rule);
            if (file.isPresent()) {
                submit(dataset, rule, file.get(), "rule:" + dataset.id() + ":" + rule.workflow() + ":" + i);
                submitted++;
            }
        }
        return submitted;
    }

    private void submit(Dataset dataset, WorkflowRule rule, DatasetFile file, String requestKey) {
        Workflow workflow = configuration.get().workflows().get(rule.workflow());
        if (workflow == null) {
            throw new PermanentFailureException("a rule of beamline '" + dataset.beamline() + "' names workflow '"
                    + rule.workflow() + "', which is not in config/workflows");
        }
        try {
            submission.submit(dataset, workflow, rule.arguments(), file, "rule", requestKey);
        } catch (InvalidInputException e) {
            throw new PermanentFailureException("a rule of beamline '" + dataset.beamline() + "' cannot be used", e);
        }
    }
}
