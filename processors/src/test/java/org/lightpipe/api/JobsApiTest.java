package org.lightpipe.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.TestConfiguration;
import org.lightpipe.config.Workflow;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.storage.Storages;
import org.lightpipe.workflow.JobView;
import org.lightpipe.workflow.Jobs;

class JobsApiTest {

    private static final Caller OPERATOR = new Caller("op", true);

    private final TestCatalog catalog = TestCatalog.empty();
    private final JobsApi api = new JobsApi(
            new Jobs(
                    catalog.jdbc(),
                    catalog.transactions(),
                    TestConfiguration.of(Path.of("/nowhere"))
                            .with(new Workflow("count", "o", "", Map.of("bins", "10"), List.of()))
                            .live(),
                    new Storages(new DefaultCamelContext()),
                    Path.of("/nowhere/state")),
            new DatasetsApi(catalog.jdbc()),
            new Audit(catalog.jdbc()));

    private long dataset() {
        long dataset = catalog.dataset(catalog.experiment("e", "2-BM", "t", "ada"), "scan", "{}");
        catalog.file(dataset, "scan/a.h5", Map.of());
        return dataset;
    }

    @Test
    void aRequestBecomesAJobAndIsSeenByThoseWhoMaySeeItsDataset() {
        long dataset = dataset();

        JobView job = api.submit("{dataset: " + dataset + ", workflow: count, arguments: {bins: 3}}", OPERATOR);

        assertThat(job.state()).isEqualTo("PENDING");
        assertThat(job.submittedBy()).isEqualTo("op");
        assertThat(job.arguments()).containsEntry("bins", "3");
        String id = Long.toString(job.id());
        assertThat(api.show(id, new Caller("ada", false))).isEqualTo(job);
        assertThatThrownBy(() -> api.show(id, new Caller("eve", false)))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("there is no job " + id);
        assertThatThrownBy(() -> api.show("x", OPERATOR)).isInstanceOf(NotFoundException.class);
        assertThat(catalog.rows("select who, detail from audit_event where what = 'job asked for'"))
                .containsExactly(Map.of("who", "op", "detail", id + " count"));
    }

    @Test
    void theSameKeyNeverStartsASecondJob() {
        String request = "{dataset: " + dataset() + ", workflow: count, key: k1}";

        assertThat(api.submit(request, OPERATOR).id())
                .isEqualTo(api.submit(request, OPERATOR).id());
        assertThat(api.submit(request, new Caller("other", true)).submittedBy()).isEqualTo("other");
        assertThat(catalog.rows("select * from job")).hasSize(2);
    }

    @Test
    void whatIsWrongIsToldAndStartsNothing() {
        long dataset = dataset();

        assertThatThrownBy(() -> api.submit("{workflow: count, argument: {}}", OPERATOR))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("dataset: is missing")
                .hasMessageContaining("did you mean 'arguments'?");
        assertThatThrownBy(() -> api.submit("{dataset: " + dataset + ", workflow: cuont}", OPERATOR))
                .hasMessageContaining("did you mean 'count'?");
        assertThatThrownBy(
                        () -> api.submit("{dataset: " + dataset + ", workflow: count, arguments: {bin: 3}}", OPERATOR))
                .hasMessageContaining("did you mean 'bins'?");
        assertThatThrownBy(() -> api.submit("{dataset: 99, workflow: count}", OPERATOR))
                .isInstanceOf(NotFoundException.class);
        assertThat(catalog.rows("select * from job")).isEmpty();
    }
}
