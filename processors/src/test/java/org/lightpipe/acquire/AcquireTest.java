package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lightpipe.catalog.Hints;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.TestConfiguration;
import org.lightpipe.config.DatasetRule;
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
        acquire.detected(daq, List.of(new LandedFile(path, size, size, 0)));
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
                        new LandedFile("scan_1/a", 1, 1, 0),
                        new LandedFile("scan_1/b", 2, 2, 0),
                        new LandedFile("scan_2/a", 3, 3, 0),
                        new LandedFile("alone", 4, 4, 0)));

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

    @Test
    void aFileThatAnotherTookThePlaceOfIsTakenAgain() {
        acquire.detected(daq, List.of(new LandedFile("scan/a", 1, 1, 11)));
        acquire.detected(daq, List.of(new LandedFile("scan/b", 1, 1, 0)));
        catalog.jdbc().update("update file set state = 'CATALOGUED'");

        acquire.detected(daq, List.of(new LandedFile("scan/a", 1, 1, 11), new LandedFile("scan/b", 1, 1, 12)));
        assertThat(catalog.rows("select * from file where state = 'CATALOGUED'"))
                .as("the same inode, or one that is not known")
                .hasSize(2);

        acquire.detected(daq, List.of(new LandedFile("scan/a", 1, 1, 13)));
        assertThat(catalog.rows("select path, inode from file where state = 'DETECTED' and generation = 2"))
                .containsExactly(Map.of("path", "scan/a", "inode", 13L));
    }

    @Test
    void aLargeBatchIsWrittenWithWhatItsMonitorSays() {
        catalog.jdbc().update("update daq set priority = 7");
        List<LandedFile> files = new ArrayList<>();
        for (int i = 0; i < 4_500; i++) {
            files.add(new LandedFile("scan_" + i % 3 + "/f" + i, 10, 1, i));
        }

        acquire.detected(daq, files);
        acquire.detected(daq, files);

        assertThat(catalog.rows("select beamline, priority, count(*) from file group by 1, 2"))
                .containsExactly(Map.of("beamline", "2-BM", "priority", 7, "count", 4_500L));
        assertThat(catalog.rows("select name, part, file_count, byte_count from dataset order by name"))
                .containsExactly(
                        Map.of("name", "scan_0", "part", 1, "file_count", 1_500L, "byte_count", 15_000L),
                        Map.of("name", "scan_1", "part", 1, "file_count", 1_500L, "byte_count", 15_000L),
                        Map.of("name", "scan_2", "part", 1, "file_count", 1_500L, "byte_count", 15_000L));
        assertThat(catalog.rows("select found_files, found_bytes from daq"))
                .containsExactly(Map.of("found_files", 4_500L, "found_bytes", 45_000L));
    }

    @Test
    void aNameTwiceInABatchIsOneFile() {
        acquire.detected(daq, List.of(new LandedFile("scan/a", 1, 1, 0), new LandedFile("scan/a", 2, 2, 0)));
        assertThat(catalog.rows("select size, generation from file"))
                .containsExactly(Map.of("size", 2L, "generation", 1));
    }

    @Test
    void theTransferIsHintedAtOnlyWhenThereIsSomethingForIt() {
        AtomicInteger woken = new AtomicInteger();
        Hints hints = new Hints();
        hints.attach(Step.TRANSFER, woken::incrementAndGet);
        Acquire hinting = new Acquire(catalog.jdbc(), catalog.transactions(), configuration, hints);
        hinting.detected(daq, List.of(new LandedFile("scan/a", 1, 1, 0)));
        assertThat(woken).hasValue(1);
        hinting.detected(daq, List.of(new LandedFile("scan/a", 1, 1, 0)));
        assertThat(woken).hasValue(1);
    }

    /** A marker that was there before it was one: the rule of the beamline has changed, or the hub was started anew. */
    @Test
    void markersAreThoseOfTheRuleInForce() {
        LiveConfiguration live = TestConfiguration.of(Path.of("/storage")).live();
        DatasetCompletion completion = new DatasetCompletion(catalog.jdbc(), catalog.transactions(), live);
        detected("scan/a", 1);
        detected("scan/end", 1);
        catalog.jdbc().update("update file set state = 'CATALOGUED'");
        completion.complete();
        assertThat(datasets()).containsExactly("scan 1 OPEN");

        live.replace(TestConfiguration.of(Path.of("/storage"))
                .with(TestConfiguration.rule(Duration.ofHours(1), Optional.of("e?d"), OptionalInt.empty()))
                .live()
                .get());
        completion.complete();
        assertThat(datasets()).containsExactly("scan 1 COMPLETE");
    }

    /**
     * Files come, change and leave their datasets as the rule changes; datasets close in between. Whatever the order,
     * the counts of open datasets and of the monitor are what is there.
     */
    @Test
    void countsAreWhatIsThere() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        LiveConfiguration live = TestConfiguration.of(Path.of("/storage")).live();
        Acquire changing = new Acquire(catalog.jdbc(), catalog.transactions(), live);
        DatasetCompletion closing = completion(Duration.ZERO, Optional.empty(), OptionalInt.of(4));
        for (int round = 0; round < 60; round++) {
            List<LandedFile> files = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                files.add(new LandedFile(
                        "s" + random.nextInt(3) + "/f" + random.nextInt(10),
                        random.nextInt(4),
                        random.nextInt(2),
                        random.nextInt(2)));
            }
            changing.detected(daq, files);
            if (random.nextInt(3) == 0) {
                catalog.jdbc().update("update file set state = 'CATALOGUED' where id % 3 <> ?", random.nextInt(3));
            }
            if (random.nextInt(8) == 0) {
                catalog.jdbc().update("update file set state = 'CATALOGUED'");
                closing.complete();
            }
            if (random.nextInt(10) == 0) {
                boolean whole = random.nextBoolean();
                live.replace(TestConfiguration.of(Path.of("/storage"))
                        .with(new DatasetRule(
                                Pattern.compile(whole ? "(?<dataset>s)./.*" : "(?<dataset>[^/]+)/.*"),
                                Duration.ofHours(1),
                                Optional.empty(),
                                OptionalInt.empty()))
                        .live()
                        .get());
            }
            assertThat(catalog.rows("select d.name, d.part, d.file_count, d.byte_count, s.files, s.bytes from dataset d"
                            + " cross join lateral (select count(*) as files, coalesce(sum(size), 0) as bytes"
                            + " from file f where f.dataset_id = d.id) s"
                            + " where d.state = 'OPEN' and (d.file_count, d.byte_count) <> (s.files, s.bytes)"))
                    .as("seed %d, round %d", seed, round)
                    .isEmpty();
            assertThat(catalog.rows("select found_files, found_bytes from daq"
                            + " except select count(*), coalesce(sum(size), 0) from file"))
                    .as("seed %d, round %d", seed, round)
                    .isEmpty();
        }
    }
}
