package org.lightpipe.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Workflow;
import org.lightpipe.config.WorkflowRule;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.storage.Storages;

class RulesTest {

    private static final Path STORAGE = Path.of("/storage");
    private static final Path STATE = Path.of("/state");

    private final TestCatalog catalog = TestCatalog.empty();
    private final long hub = catalog.hub();
    private final Workflow tomography =
            TestSite.workflow("tomography", Map.of("filter", "shepp", "center", ""), TestSite.command("01-A", "true"));
    private final Workflow statistics = TestSite.workflow("statistics", Map.of(), TestSite.command("01-A", "true"));

    private long dataset;

    @BeforeEach
    void claimADataset() {
        dataset = catalog.dataset("scan_1", 1);
        catalog.jdbc().update("update dataset set state = 'TRIGGERING', claimed_by = ?", hub);
    }

    @Test
    void everyMatchingRuleStartsItsWorkflowForTheFirstMatchingFile() {
        catalog.file(dataset, "scan_1/b.h5", Map.of("/exchange/data", "x"));
        catalog.file(dataset, "scan_1/a.h5", Map.of("/exchange/data", "x"));
        catalog.file(dataset, "scan_1/0.txt", Map.of());
        catalog.jdbc().update("update file set digest = 'd1' where path = 'scan_1/a.h5'");

        select(
                new WorkflowRule("tomography", List.of("*.h5"), List.of(), Map.of("center", "12.5")),
                new WorkflowRule("statistics", List.of("scan_*/*.{tif,txt}"), List.of(), Map.of()));

        List<Map<String, Object>> jobs = catalog.rows("select * from job order by id");
        assertThat(jobs).hasSize(2);
        assertThat(jobs.get(0))
                .containsEntry("workflow", "tomography")
                .containsEntry("owner", "owner")
                .containsEntry("state", "PENDING")
                .containsEntry("request_key", "rule:" + dataset + ":tomography:0");
        assertThat(arguments(jobs.get(0)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "filter", "shepp",
                        "center", "12.5",
                        "experimentName", "e1",
                        "datasetName", "scan_1",
                        "beamline", "2-BM",
                        "filePath", "/storage/2026/e1/data/scan_1/a.h5",
                        "fileSha256", "d1",
                        "dataDirectory", "/storage/2026/e1/data"));
        assertThat(arguments(jobs.get(1))).containsEntry("filePath", "/storage/2026/e1/data/scan_1/0.txt");
        assertThat(catalog.state("dataset", dataset)).isEqualTo("TRIGGERED");
        assertThat(catalog.rows("select * from publication")).isEmpty();
    }

    @Test
    void aRuleMayAskForMetadata() {
        catalog.file(dataset, "a.h5", Map.of("/entry/data", "x"));
        catalog.file(dataset, "b.h5", Map.of("/exchange/data", "x", "/exchange/theta", "y"));

        select(
                new WorkflowRule("tomography", List.of(), List.of("/exchange/data", "/exchange/theta"), Map.of()),
                new WorkflowRule("statistics", List.of(), List.of("/exchange/data", "/nowhere"), Map.of()));

        List<Map<String, Object>> jobs = catalog.rows("select * from job");
        assertThat(jobs).hasSize(1);
        assertThat(arguments(jobs.get(0))).containsEntry("filePath", "/storage/2026/e1/data/b.h5");
    }

    @Test
    void aDatasetThatNoRuleIsAboutIsPublishedAsItIs() {
        catalog.file(dataset, "a.tif", Map.of());

        select(new WorkflowRule("tomography", List.of("*.h5"), List.of(), Map.of()));

        assertThat(catalog.rows("select * from job")).isEmpty();
        assertThat(catalog.state("dataset", dataset)).isEqualTo("TRIGGERED");
        assertThat(catalog.rows("select * from publication where dataset_id = ? and state = 'PENDING'", dataset))
                .hasSize(1);
    }

    @Test
    void selectingAgainAfterACrashMakesNoSecondJob() {
        catalog.file(dataset, "a.h5", Map.of());
        WorkflowRule rule = new WorkflowRule("tomography", List.of("*.h5"), List.of(), Map.of());

        select(rule);
        catalog.jdbc().update("update dataset set state = 'TRIGGERING', claimed_by = ?", hub);
        select(rule);

        assertThat(catalog.rows("select * from job")).hasSize(1);
    }

    @Test
    void aHubThatLostTheDatasetMakesNoJob() {
        catalog.file(dataset, "a.h5", Map.of());
        catalog.jdbc().update("update dataset set claimed_by = ?", catalog.hub());

        select(new WorkflowRule("tomography", List.of(), List.of(), Map.of()));

        assertThat(catalog.rows("select * from job")).isEmpty();
        assertThat(catalog.state("dataset", dataset)).isEqualTo("TRIGGERING");
    }

    @Test
    void aRuleThatCannotBeUsedIsHeldForAPersonAndChangesNothing() {
        catalog.file(dataset, "a.h5", Map.of());
        WorkflowRule good = new WorkflowRule("tomography", List.of(), List.of(), Map.of());

        assertThatThrownBy(() -> select(good, new WorkflowRule("gone", List.of(), List.of(), Map.of())))
                .isInstanceOf(PermanentFailureException.class)
                .hasMessageContaining("'gone'");
        assertThatThrownBy(() -> select(good, new WorkflowRule("tomography", List.of("[a"), List.of(), Map.of())))
                .isInstanceOf(PermanentFailureException.class)
                .hasMessageContaining("'[a' is not a glob");
        assertThatThrownBy(() -> select(good, new WorkflowRule("tomography", List.of(), List.of(), Map.of("x", "1"))))
                .isInstanceOf(PermanentFailureException.class)
                .hasRootCauseInstanceOf(InvalidInputException.class);

        assertThat(catalog.rows("select * from job")).isEmpty();
        assertThat(catalog.state("dataset", dataset)).isEqualTo("TRIGGERING");
    }

    @Test
    void withoutAMountedStorageAStageReadsWhatTheDetectorWrote() {
        catalog.file(dataset, "scan_1/a.h5", Map.of());
        catalog.jdbc().update("update file set digest = 'd1'");

        rules(TestSite.of(
                        "sftp://host/data",
                        List.of(new WorkflowRule("tomography", List.of(), List.of(), Map.of())),
                        tomography))
                .select(dataset);

        assertThat(arguments(catalog.rows("select * from job").get(0)))
                .containsEntry("filePath", "/detector/scan_1/a.h5")
                // which the detector may have written to since
                .containsEntry("fileSha256", "")
                .containsEntry("dataDirectory", "/detector");
    }

    @Test
    void aPersonAsksForAJobOnce() {
        catalog.file(dataset, "a.h5", Map.of());
        Jobs jobs = new Jobs(
                catalog.jdbc(),
                catalog.transactions(),
                TestSite.of(STORAGE, List.of(), tomography),
                new Storages(new org.apache.camel.impl.DefaultCamelContext()),
                STATE);

        long first = jobs.submit(dataset, "tomography", Map.of("filter", "ramp"), "ada", "key");
        long second = jobs.submit(dataset, "tomography", Map.of("filter", "hann"), "ada", "key");

        assertThat(second).isEqualTo(first);
        JobView view = jobs.view(first).orElseThrow();
        assertThat(view.arguments()).containsEntry("filter", "ramp");
        assertThat(view.submittedBy()).isEqualTo("ada");
        assertThat(view.state()).isEqualTo("PENDING");
        assertThat(jobs.view(first + 1)).isEmpty();
        assertThatThrownBy(() -> jobs.submit(dataset, "tomografy", Map.of(), "ada", "k2"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("did you mean 'tomography'?");
        assertThatThrownBy(() -> jobs.submit(
                        dataset, "tomography", Map.of("filePath", "/etc/passwd", "filter", "a\0b"), "ada", "k3"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("always given by the hub")
                .hasMessageContaining("NUL");
        assertThatThrownBy(() -> jobs.submit(dataset + 1, "tomography", Map.of(), "ada", "k4"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no complete dataset");
        assertThat(catalog.rows("select * from job")).hasSize(1);
    }

    private void select(WorkflowRule... rules) {
        rules(TestSite.of(STORAGE, List.of(rules), tomography, statistics)).select(dataset);
    }

    private Rules rules(LiveConfiguration configuration) {
        Work work = new Work(catalog.jdbc(), hub, new Work.RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(10)));
        return new Rules(
                catalog.jdbc(),
                catalog.transactions(),
                work,
                configuration,
                new Storages(new org.apache.camel.impl.DefaultCamelContext()),
                STATE);
    }

    private static Map<String, String> arguments(Map<String, Object> job) {
        return Arguments.fromJson(job.get("arguments").toString());
    }
}
