package org.lightpipe.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.catalog.StepRoutes;

/** The route file itself, run by Camel against a real catalog: by its clock, from the plan to the recall. */
class ArchiveRouteTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private Facility facility;
    private DefaultCamelContext camel;

    @BeforeEach
    void startRoutes() throws Exception {
        facility = Facility.make(directory);
        camel = new DefaultCamelContext();
        camel.getPropertiesComponent().addOverrideProperty("archive.cron", "0/1 * * * * ?");
        camel.getRegistry().bind("archivePlanner", facility.planner());
        camel.getRegistry().bind("archiver", facility.archiver(Milestones.NONE));
        camel.getRegistry().bind("releaser", facility.releaser(Milestones.NONE));
        camel.getRegistry().bind("recaller", facility.recaller(Milestones.NONE));
        StepRoutes.load(camel, facility.catalog(), facility.work(), "8-archive");
        camel.start();
    }

    @AfterEach
    void stopRoutes() {
        camel.stop();
        facility.close();
    }

    @Test
    void theClockBringsADatasetToTapeAndARecallBringsItBack() throws IOException {
        facility.policy(Duration.ofHours(1), true);
        long dataset = facility.dataset(
                "scan", 1, Map.of("scan/a.h5", new byte[100_000], "b.h5", "b".getBytes(StandardCharsets.UTF_8)));
        Map<String, String> before = facility.storedFiles();
        facility.dataset("rotten", 1, Map.of("rotten.h5", new byte[10]));
        Files.write(facility.stored("rotten.h5"), new byte[] {1});
        facility.jdbc().update("update dataset set completed_at = now() - interval '2 hours'");

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(facility.fileStates(dataset)).containsExactly(Map.entry("RELEASED", 2L));
            assertThat(facility.id("select count(*) from bag where state = 'RELEASED' and dataset_id = " + dataset))
                    .isEqualTo(1);
            assertThat(facility.id("select count(*) from bag where state = 'FAILED' and failed_from = 'PLANNED'"
                            + " and reason like '%rotten.h5%shorter%'"))
                    .isEqualTo(1);
        });
        assertThat(facility.tapeFiles()).containsExactly("gup-1/scan.tar");

        long recall = facility.recalls().request(dataset, "ada");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                facility.recalls().view(recall).orElseThrow().state())
                        .isEqualTo("ONLINE"));
        assertThat(facility.storedFiles()).containsAllEntriesOf(before);
    }

    @Test
    void whatIsNotDueAndWhatIsPausedStays() throws IOException {
        facility.policy(Duration.ZERO, true);
        facility.jdbc().update("insert into step (name, paused) values ('archive', true)");
        facility.dataset("due", 1, Map.of("due.h5", new byte[1]));
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(facility.id("select count(*) from bag")).isEqualTo(1));
        await().during(Duration.ofSeconds(1))
                .atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(facility.text("select state from bag")).isEqualTo("PLANNED"));
        facility.jdbc().update("update step set paused = false");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(facility.text("select state from bag")).isEqualTo("RELEASED"));
    }
}
