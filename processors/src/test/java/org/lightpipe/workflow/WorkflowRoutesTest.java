package org.lightpipe.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.catalog.StepRoutes;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.config.Configuration;
import org.lightpipe.config.ConfigurationReader;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.WorkflowRule;
import org.lightpipe.core.Findings;
import org.lightpipe.storage.Storages;

/** The route files of steps 5 and 6 as they are, on a real catalog. */
class WorkflowRoutesTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private final TestCatalog catalog = TestCatalog.empty();
    private final CamelContext camel = new DefaultCamelContext();

    @TempDir
    private Path storage;

    private TestHub hub;

    @BeforeEach
    void startRoutes() throws Exception {
        LiveConfiguration configuration = TestSite.of(
                storage,
                List.of(
                        new WorkflowRule("wait", List.of("*.slow"), List.of(), Map.of()),
                        new WorkflowRule("quick", List.of("*.h5"), List.of(), Map.of()),
                        new WorkflowRule("gone", List.of("*.bad"), List.of(), Map.of())),
                TestSite.workflow("wait", Map.of(), TestSite.command("01-W", "until test -e go; do sleep 0.05; done")),
                TestSite.workflow("quick", Map.of(), TestSite.command("01-Q", "echo \"$filePath\" > out", "out")));
        hub = new TestHub(catalog, catalog.hubRun(), camel, configuration, storage.resolve("state"));
        camel.getPropertiesComponent().addOverrideProperty("process.slots", "2");
        camel.getRegistry().bind("runner", hub.runner());
        camel.getRegistry()
                .bind(
                        "rules",
                        new Rules(
                                catalog.jdbc(),
                                catalog.transactions(),
                                hub.work(),
                                configuration,
                                new Storages(new org.apache.camel.impl.DefaultCamelContext()),
                                storage.resolve("state")));
        StepRoutes.load(camel, catalog, hub.work(), "5-trigger", "6-process");
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
        hub.close();
    }

    @Test
    void aCompleteDatasetGoesThroughItsWorkflow() {
        long quick = dataset("a", "a/x.h5");
        long without = dataset("b", "b/x.txt");

        eventually().until(() -> catalog.rows("select * from publication").size() == 2);

        assertThat(catalog.rows("select workflow, state, dataset_id from job"))
                .containsExactly(Map.of("workflow", "quick", "state", "DONE", "dataset_id", quick));
        assertThat(storage.resolve("2026/e1/analysis/a/out")).hasContent(storage + "/2026/e1/data/a/x.h5");
        assertThat(catalog.state("dataset", quick)).isEqualTo("TRIGGERED");
        assertThat(catalog.state("dataset", without)).isEqualTo("TRIGGERED");
    }

    @Test
    void aBadDatasetIsHeldAndStopsNoOther() {
        long bad = dataset("a", "a/x.bad");
        long good = dataset("b", "b/x.h5");

        eventually()
                .until(() -> catalog.rows("select * from job where state = 'DONE' and dataset_id = ?", good)
                                .size()
                        == 1);

        assertThat(catalog.state("dataset", bad)).isEqualTo("FAILED");
        assertThat(catalog.rows("select reason from dataset where id = ?", bad)
                        .get(0)
                        .get("reason")
                        .toString())
                .contains("workflow 'gone'");
    }

    @Test
    void slotsAreFilledWhileASlowJobRunsAndNoMoreAreClaimedThanThereAre() throws Exception {
        dataset("slow1", "slow1/x.slow");
        eventually().until(() -> running() == 1);
        for (int i = 0; i < 5; i++) {
            dataset("quick" + i, "quick" + i + "/x.h5");
        }
        eventually()
                .until(() -> catalog.rows("select * from job where workflow = 'quick' and state = 'DONE'")
                                .size()
                        == 5);
        assertThat(running()).isEqualTo(1);

        dataset("slow2", "slow2/x.slow");
        eventually().until(() -> running() == 2);
        dataset("slow3", "slow3/x.slow");
        long last = dataset("last", "last/x.h5");
        eventually()
                .until(() -> catalog.rows("select * from job where state = 'PENDING'")
                                .size()
                        == 2);
        await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(10)).until(() -> running() == 2);

        for (String name : List.of("slow1", "slow2", "slow3")) {
            Files.createDirectories(storage.resolve("2026/e1/analysis/" + name));
            Files.createFile(storage.resolve("2026/e1/analysis/" + name + "/go"));
        }
        eventually()
                .until(() ->
                        catalog.rows("select * from job where state <> 'DONE'").isEmpty());
        assertThat(catalog.rows("select * from job where dataset_id = ?", last)).hasSize(1);
    }

    @Test
    void theWorkOfAHubThatIsGoneIsTakenOverAndThatOfOneThatLivesIsNot() {
        long living = catalog.hub();
        long gone = catalog.hub();
        long dataset = dataset("a", "a/x.txt");
        eventually().until(() -> catalog.state("dataset", dataset).equals("TRIGGERED"));
        long its = catalog.claimedJob(dataset, "quick", Map.of("filePath", "p"), living);
        long taken = catalog.claimedJob(dataset, "quick", Map.of("filePath", "p"), gone);
        catalog.gone(gone);

        eventually().until(() -> catalog.state("job", taken).equals("DONE"));

        assertThat(catalog.state("job", its)).isEqualTo("RUNNING");
    }

    @Test
    void aPausedStepClaimsNothing() {
        catalog.jdbc()
                .update("insert into step (name, paused) values ('process', true)"
                        + " on conflict (name) do update set paused = true");
        try {
            dataset("a", "a/x.h5");
            eventually().until(() -> catalog.rows("select * from job").size() == 1);
            await().during(Duration.ofMillis(300))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> catalog.rows("select * from job where state = 'PENDING'")
                                    .size()
                            == 1);
        } finally {
            catalog.jdbc().update("update step set paused = false where name = 'process'");
        }
        eventually()
                .until(() ->
                        catalog.rows("select * from job where state = 'DONE'").size() == 1);
    }

    @Test
    void theWorkflowsThatComeWithTheHubCanBeRead() {
        Findings findings = new Findings();
        Configuration configuration = new ConfigurationReader(HOME.resolve("config"), text -> text).read(findings);

        assertThat(configuration.workflows()).containsKeys("tomography", "statistics");
        assertThat(findings.all())
                .filteredOn(finding -> finding.source().contains("workflows"))
                .isEmpty();
        assertThat(configuration.resources()).containsKey("local");
    }

    @Test
    void theInspectionOfATomographyScanTellsItsDigest() throws Exception {
        Configuration configuration =
                new ConfigurationReader(HOME.resolve("config"), text -> text).read(new Findings());
        Path file = storage.resolve("a 'file'; touch x");
        Files.writeString(file, "abc");
        try (TestHub inspecting = new TestHub(
                catalog,
                camel,
                storage,
                TestSite.workflow(
                        "w",
                        Map.of(),
                        configuration.workflows().get("tomography").stages().get(0)))) {
            long job = inspecting.run(
                    catalog.dataset("scan", 1),
                    "w",
                    Map.of("filePath", file.toString(), "experimentName", "e1", "datasetName", "scan"));

            assertThat(catalog.state("job", job)).isEqualTo("DONE");
        }
        assertThat(storage.resolve("2026/e1/analysis/scan/inspection.txt"))
                .hasContent("experiment: e1\ndataset: scan\nfile: " + file
                        + "\nbytes: 3\nsha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n");
    }

    private long dataset(String name, String file) {
        return catalog.transactions().execute(status -> {
            long dataset = catalog.dataset(name, 1);
            catalog.file(dataset, file, Map.of());
            return dataset;
        });
    }

    private int running() {
        return catalog.rows("select * from job where state = 'RUNNING'").size();
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }
}
