package org.lightpipe.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkTest {

    private final TestCatalog catalog = TestCatalog.empty();
    private final Work work = catalog.work(3);

    private long claimedFile() {
        files(1);
        return ids(catalog.claim(Step.TRANSFER)).iterator().next();
    }

    private void files(int count) {
        long experiment = catalog.experiment("e1", "2-BM", "t");
        long daq = catalog.daq(experiment, Path.of("/detector"));
        long dataset = catalog.dataset(experiment, "scan", "{}");
        catalog.lane("2-BM", "2-BM");
        catalog.jdbc()
                .update(
                        "insert into file (experiment_id, beamline, dataset_id, daq_id, path, source, size, mtime_ns)"
                                + " select ?, '2-BM', ?, ?, 'f' || n, '/detector/f' || n, 1, 1 from generate_series(1, ?) n",
                        experiment,
                        dataset,
                        daq,
                        count);
    }

    private static Set<Long> ids(List<Map<String, Object>> rows) {
        Set<Long> ids = new HashSet<>();
        rows.forEach(row -> ids.add((Long) row.get("id")));
        return ids;
    }

    private Map<String, Object> file(long id) {
        return catalog.rows("select * from file where id = ?", id).get(0);
    }

    @Test
    void whatIsDoneIsDoneOnce() {
        long id = claimedFile();

        assertThat(work.done(Step.TRANSFER, id)).isTrue();
        assertThat(work.done(Step.TRANSFER, id)).isFalse();

        assertThat(file(id)).containsEntry("state", "STORED").containsEntry("claimed_by", null);
        assertThat(work.doneCount(Step.TRANSFER)).isEqualTo(1);
    }

    @Test
    void whatAnotherHubHasTakenOverIsLeftAlone() {
        long id = claimedFile();
        long other = catalog.hub();
        catalog.jdbc().update("update file set claimed_by = ?", other);

        assertThat(work.done(Step.TRANSFER, id)).isFalse();
        work.failed(Step.TRANSFER, id, new IllegalStateException("late"));
        work.again(Step.TRANSFER, id, Duration.ZERO, "late");

        assertThat(file(id))
                .containsEntry("state", "TRANSFERRING")
                .containsEntry("claimed_by", other)
                .containsEntry("attempts", 0)
                .containsEntry("reason", null);
    }

    @Test
    void aFailureWaitsLongerEachTimeWithinBoundsAndIsHeldAtTheEnd() {
        Work patient = new Work(
                catalog.jdbc(),
                catalog.hubRun(),
                new Work.RetryPolicy(12, Duration.ofSeconds(10), Duration.ofSeconds(300)));
        long id = claimedFile();
        for (int attempt = 1; attempt < 12; attempt++) {
            patient.failed(Step.TRANSFER, id, new IllegalStateException("try " + attempt));

            double most = Math.min(300, 10 * Math.pow(2, attempt - 1));
            assertThat(catalog.jdbc()
                            .queryForObject(
                                    "select extract(epoch from not_before - now()) from file where state = 'DETECTED'",
                                    Double.class))
                    .isBetween(most / 2 - 5, most);
            assertThat(file(id)).containsEntry("attempts", attempt).containsEntry("reason", "try " + attempt);
            assertThat(catalog.claim(Step.TRANSFER)).isEmpty();
            catalog.jdbc().update("update file set not_before = now()");
            assertThat(catalog.claim(Step.TRANSFER)).hasSize(1);
        }
        patient.failed(Step.TRANSFER, id, new IllegalStateException("last"));
        assertThat(file(id)).containsEntry("state", "FAILED").containsEntry("failed_from", "DETECTED");
        assertThat(patient.failureCount(Step.TRANSFER)).isEqualTo(12);

        assertThat(patient.retryFailed(Step.CATALOG)).isZero();
        assertThat(patient.retryFailed(Step.TRANSFER)).isEqualTo(1);
        assertThat(file(id)).containsEntry("attempts", 0).containsEntry("failed_from", null);
        assertThat(catalog.claim(Step.TRANSFER)).hasSize(1);
    }

    @Test
    void whatNobodyCanMendIsHeldAtOnce() {
        long id = claimedFile();

        work.failed(Step.TRANSFER, id, new RuntimeException(new PermanentFailureException("look at it")));

        assertThat(file(id)).containsEntry("state", "FAILED").containsEntry("reason", "look at it");
    }

    @Test
    void aClaimThatWasLostIsFreedWhenItIsMetTwice() {
        files(3);
        List<Map<String, Object>> rows = catalog.claim(Step.TRANSFER);
        long lost = ids(rows).iterator().next();
        work.claimed(
                "transfer",
                rows.stream().filter(row -> !row.get("id").equals(lost)).toList());

        assertThat(work.freeOrphans()).isZero();
        assertThat(work.freeOrphans()).isEqualTo(1);

        assertThat(file(lost)).containsEntry("state", "DETECTED").containsEntry("claimed_by", null);
        assertThat(catalog.rows("select * from file where state = 'TRANSFERRING'"))
                .hasSize(2);
        assertThat(work.freeOrphans()).isZero();
    }

    @Test
    void aPausedStepClaimsNothingAndADeadHubsClaimsAreTakenOver() {
        long id = claimedFile();
        long dead = catalog.hub();
        catalog.jdbc().update("update file set claimed_by = ?", dead);
        assertThat(catalog.claim(Step.TRANSFER)).isEmpty();
        catalog.gone(dead);
        StepStatus status = new StepStatus(catalog.jdbc());

        status.pause("transfer", true);
        assertThat(status.line(Step.TRANSFER)).isEqualTo(new StepStatus.Line("transfer", 0, 1, 0, 0, true));
        assertThat(catalog.claim(Step.TRANSFER)).isEmpty();
        status.pause("transfer", false);
        assertThat(status.isPaused("transfer")).isFalse();
        assertThat(ids(catalog.claim(Step.TRANSFER))).containsExactly(id);
        assertThat(catalog.claim(Step.TRANSFER)).isEmpty();
    }

    @Test
    void theStatusCountsEachStepByItself() {
        files(10);
        catalog.jdbc().update("update file set since = now() - interval '70 seconds' where path = 'f1'");
        catalog.jdbc().update("update file set state = 'STORED' where path in ('f2', 'f3')");
        catalog.jdbc().update("update file set state = 'FAILED', failed_from = 'STORED' where path = 'f4'");
        catalog.jdbc().update("update file set state = 'FAILED', failed_from = 'DETECTED' where path in ('f5', 'f6')");
        catalog.jdbc().update("update file set state = 'CATALOGUING' where path = 'f7'");

        StepStatus status = new StepStatus(catalog.jdbc());
        assertThat(status.lines())
                .extracting(StepStatus.Line::step)
                .containsExactly(Arrays.stream(Step.values()).map(Step::label).toArray(String[]::new));
        StepStatus.Line transfer = status.line(Step.TRANSFER);
        assertThat(transfer).isEqualTo(new StepStatus.Line("transfer", 4, 0, 2, transfer.oldestSeconds(), false));
        assertThat(transfer.oldestSeconds()).isBetween(70L, 100L);
        assertThat(status.line(Step.CATALOG)).isEqualTo(new StepStatus.Line("catalog", 2, 1, 1, 0, false));
        assertThat(status.line(Step.COPY)).isEqualTo(new StepStatus.Line("copy", 0, 0, 0, 0, false));
    }

    @Test
    void copiesAreCountedAndWhatIsSlowToCountIsAskedForLessOften() {
        files(2);
        catalog.jdbc()
                .update("insert into file_copy (file_id, experiment_id, beamline, storage, state)"
                        + " select id, experiment_id, beamline, 'far', 'PLANNED' from file");
        AtomicLong clock = new AtomicLong();
        AtomicLong step = new AtomicLong();
        // The clock goes on by so much at every question: that is how long counting seems to take.
        StepStatus status = new StepStatus(catalog.jdbc(), () -> clock.addAndGet(step.get()));
        assertThat(status.line(Step.COPY).waiting()).isEqualTo(2);

        catalog.jdbc().update("update file_copy set state = 'COPYING'");
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(900));
        assertThat(status.line(Step.COPY).waiting())
                .as("less than a second old")
                .isEqualTo(2);
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(200));
        step.set(TimeUnit.SECONDS.toNanos(2));
        assertThat(status.line(Step.COPY)).as("asked anew").isEqualTo(new StepStatus.Line("copy", 0, 2, 0, 0, false));

        catalog.jdbc().update("update file_copy set state = 'STORED'");
        step.set(0);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(30));
        assertThat(status.line(Step.COPY).busy()).as("it took 2 s to count").isEqualTo(2);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(15));
        assertThat(status.line(Step.COPY).busy()).isZero();
    }

    /** The statement and the compare-and-set together: many claim at once, and nobody does what another does. */
    @Test
    void twoHubsShareTheWorkAndFinishEachItemOnce() throws Exception {
        int count = 5000;
        files(count);
        List<Long> finished = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (TestCatalog other = catalog.otherHub()) {
            List<Future<List<Long>>> workers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                TestCatalog mine = i % 2 == 0 ? catalog : other;
                Work with = i % 2 == 0 ? work : other.work();
                workers.add(threads.submit(() -> drain(mine, with)));
            }
            for (Future<List<Long>> worker : workers) {
                finished.addAll(worker.get(120, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(finished).hasSize(count).doesNotHaveDuplicates();
        assertThat(catalog.rows("select * from file where state <> 'STORED' or claimed_by is not null"))
                .isEmpty();
    }

    private static List<Long> drain(TestCatalog catalog, Work work) {
        List<Long> finished = new ArrayList<>();
        int empty = 0;
        while (empty < 3) {
            List<Map<String, Object>> rows = catalog.claim(Step.TRANSFER);
            work.claimed("transfer", rows);
            empty = rows.isEmpty() ? empty + 1 : 0;
            for (Long id : ids(rows)) {
                if (work.done(Step.TRANSFER, id)) {
                    finished.add(id);
                }
            }
        }
        return finished;
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void everyStepHasItsClaimAndItsLabel(Step step) {
        assertThat(Step.of(step.label())).isEqualTo(step);
        if (step != Step.PROCESS) {
            assertThat(catalog.claim(step)).isEmpty();
        }
    }

    @Test
    void anUnknownStepIsToldWithTheKnownOnes() {
        assertThatThrownBy(() -> Step.of("transfr"))
                .hasMessageContaining("'transfr'")
                .hasMessageContaining("experiment, permissions, transfer, copy, catalog");
    }

    @Test
    void reasonsAreInWords() {
        assertThat(Reason.of(new RuntimeException("copy", new NoSuchFileException("/a"))))
                .isEqualTo("/a does not exist");
        assertThat(Reason.of(new AccessDeniedException("/a"))).isEqualTo("/a: permission denied");
        assertThat(Reason.of(new RuntimeException("outer", new RuntimeException("inner"))))
                .isEqualTo("outer: inner");
        assertThat(Reason.of(new RuntimeException(new RuntimeException("inner"))))
                .isEqualTo("inner");
        assertThat(Reason.of(new NullPointerException())).isEqualTo("NullPointerException");
        assertThat(Reason.of(new RuntimeException(
                        "camel says", new PermanentFailureException("preview is a link", new RuntimeException("x")))))
                .isEqualTo("preview is a link: x");
        assertThat(Reason.of(new PermanentFailureException("look: x", new RuntimeException("x"))))
                .isEqualTo("look: x");
    }
}
