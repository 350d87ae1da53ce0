package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.TestConfiguration;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.dataset.DatasetCompletion;

class AcquireTest {

    private final TestCatalog catalog = TestCatalog.empty();
    private final LiveConfiguration configuration =
            TestConfiguration.of(Path.of("/storage")).live();
    private final Acquire acquire = new Acquire(catalog.jdbc(), catalog.transactions(), configuration);
    private long daq;

    @BeforeEach
    void monitor() {
        daq = catalog.daq(catalog.experiment("e1", "2-BM", "t"), Path.of("/detector"));
    }

    private void detected(String path, long size) {
        acquire.detected(daq, List.of(new LandedFile(path, size, size)));
    }

    private DatasetCompletion completion(Duration quiet, Optional<String> marker, OptionalInt count) {
        return new DatasetCompletion(
                catalog.jdbc(),
                catalog.transactions(),
                TestConfiguration.of(Path.of("/storage"))
                        .with(TestConfiguration.rule(quiet, marker, count))
                        .live());
    }

    private void state(String path, String state) {
        catalog.jdbc().update("update file set state = ? where path = ?", state, path);
    }

    private List<String> datasets() {
        return catalog.jdbc()
                .queryForList("select name || ' ' || part || ' ' || state from dataset order by id", String.class);
    }

    @Test
    void filesGoIntoTheirDatasets() {
        acquire.detected(
                daq,
                List.of(
                        new LandedFile("scan_1/a", 1, 1),
                        new LandedFile("scan_1/b", 2, 2),
                        new LandedFile("scan_2/a", 3, 3),
                        new LandedFile("alone", 4, 4)));

        assertThat(datasets()).containsExactlyInAnyOrder("scan_1 1 OPEN", "scan_2 1 OPEN", "alone 1 OPEN");
        assertThat(catalog.rows("select path, source, size, state, generation from file where path = 'scan_1/b'"))
                .containsExactly(Map.of(
                        "path",
                        "scan_1/b",
                        "source",
                        "/detector/scan_1/b",
                        "size",
                        2L,
                        "state",
                        "DETECTED",
                        "generation",
                        1));
    }

    @Test
    void whatIsToldAgainAfterARestartChangesNothing() {
        detected("scan/a", 1);
        state("scan/a", "CATALOGUED");
        completion(Duration.ZERO, Optional.of("a"), OptionalInt.empty()).complete();
        List<Map<String, Object>> before = catalog.rows("select * from file");

        detected("scan/a", 1);

        assertThat(catalog.rows("select * from file")).isEqualTo(before);
        assertThat(datasets()).containsExactly("scan 1 COMPLETE");
    }

    @Test
    void aChangedFileIsTakenAgainIntoTheNextPart() {
        detected("scan/a", 1);
        state("scan/a", "CATALOGUED");
        completion(Duration.ZERO, Optional.of("a"), OptionalInt.empty()).complete();

        detected("scan/a", 2);

        assertThat(catalog.rows("select f.state, f.generation, f.size, d.part from file f"
                        + " join dataset d on d.id = f.dataset_id"))
                .containsExactly(Map.of("state", "DETECTED", "generation", 2, "size", 2L, "part", 2));
        assertThat(datasets()).containsExactly("scan 1 COMPLETE", "scan 2 OPEN");
    }

    @Test
    void aFileThatChangesWhileItIsCopiedStaysWithItsCopy() {
        detected("scan/a", 1);
        state("scan/a", "TRANSFERRING");
        detected("scan/a", 2);
        assertThat(catalog.rows("select state, generation from file"))
                .containsExactly(Map.of("state", "TRANSFERRING", "generation", 2));
        state("scan/a", "CHANGED");
        detected("scan/a", 2);
        assertThat(catalog.rows("select state, generation from file"))
                .containsExactly(Map.of("state", "DETECTED", "generation", 3));
    }

    @Test
    void aFileThatAPersonHasToLookAtIsTakenAgainWhenItChanges() {
        detected("scan/a", 1);
        catalog.jdbc().update("update file set state = 'FAILED', failed_from = 'DETECTED', attempts = 9, reason = 'x'");
        detected("scan/a", 1);
        assertThat(catalog.rows("select state from file")).containsExactly(Map.of("state", "FAILED"));
        detected("scan/a", 2);
        assertThat(catalog.rows("select state, attempts from file where failed_from is null and reason is null"))
                .containsExactly(Map.of("state", "DETECTED", "attempts", 0));
    }

    @Test
    void aLateFileOpensTheNextPart() {
        detected("scan/a", 1);
        state("scan/a", "CATALOGUED");
        completion(Duration.ZERO, Optional.empty(), OptionalInt.of(1)).complete();
        detected("scan/b", 1);
        assertThat(datasets()).containsExactly("scan 1 COMPLETE", "scan 2 OPEN");
        assertThat(catalog.rows("select file_count, byte_count from dataset where part = 1"))
                .containsExactly(Map.of("file_count", 1L, "byte_count", 1L));
    }

    @Test
    void aDatasetIsCompleteByQuietByMarkerOrByCount() {
        DatasetCompletion quiet = completion(Duration.ofMinutes(5), Optional.of("*_end%?.x"), OptionalInt.of(3));
        for (String path :
                List.of("quiet/a", "marked/a", "marked/scan_end%1.x", "not/scanXend%1.x", "n/1", "n/2", "n/3")) {
            detected(path, 1);
        }
        catalog.jdbc().update("update file set state = 'CATALOGUED'");
        catalog.jdbc().update("update dataset set last_file_at = now() - interval '6 minutes' where name = 'quiet'");

        quiet.complete();

        assertThat(datasets())
                .containsExactlyInAnyOrder("quiet 1 COMPLETE", "marked 1 COMPLETE", "not 1 OPEN", "n 1 COMPLETE");
    }

    @Test
    void whatIsOnItsWayOrHeldKeepsItsDatasetOpen() {
        DatasetCompletion always = completion(Duration.ZERO, Optional.empty(), OptionalInt.of(1));
        detected("scan/a", 1);
        detected("scan/b", 1);
        state("scan/a", "CATALOGUED");
        for (String state : List.of("DETECTED", "TRANSFERRING", "STORED", "CATALOGUING", "CHANGED", "FAILED")) {
            state("scan/b", state);
            always.complete();
            assertThat(datasets()).as(state).containsExactly("scan 1 OPEN");
        }
        state("scan/b", "CATALOGUED");
        always.complete();
        assertThat(datasets()).containsExactly("scan 1 COMPLETE");
    }

    /** Files come while their dataset is being closed: each is in exactly one part, and no complete part grows. */
    @Test
    void completionAndArrivalAtTheSameTimeLoseNothing() throws Exception {
        DatasetCompletion always = completion(Duration.ZERO, Optional.empty(), OptionalInt.of(1));
        int each = 40;
        var threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (String writer : List.of("x", "y")) {
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        detected("scan/" + writer + i, 1);
                        state("scan/" + writer + i, "CATALOGUED");
                    }
                }));
            }
            Future<?> closer = threads.submit(() -> {
                for (int i = 0; i < 60; i++) {
                    always.complete();
                }
            });
            for (Future<?> writer : writers) {
                writer.get(60, TimeUnit.SECONDS);
            }
            closer.get(60, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        always.complete();

        assertThat(catalog.rows("select * from file")).hasSize(2 * each);
        assertThat(catalog.rows("select d.id from dataset d where d.state <> 'COMPLETE' or d.file_count <>"
                        + " (select count(*) from file f where f.dataset_id = d.id)"))
                .isEmpty();
    }
}
