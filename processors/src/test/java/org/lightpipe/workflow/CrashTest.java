package org.lightpipe.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.catalog.TestCatalog;

/** What a hub that was killed left behind is ended, and its job goes on where it was. */
class CrashTest {

    private final TestCatalog catalog = TestCatalog.empty();
    private final CamelContext camel = new DefaultCamelContext();

    @TempDir
    private Path storage;

    private Path directory;
    private long job;

    @BeforeEach
    void makeJob() {
        camel.start();
        directory = storage.resolve("2026/e1/analysis/scan_1");
        job = catalog.claimedJob(catalog.dataset("scan_1", 1), "w", Map.of(), catalog.hub());
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    @Test
    void aJobOfAKilledHubGoesOnWhereItWas() throws Exception {
        Process killed = HubProcess.start(catalog, storage, job);
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.exists(directory.resolve("shell"))
                            && !Files.readString(directory.resolve("shell")).isBlank()
                            && catalog.rows("select * from stage_run where pid is not null and state = 'RUNNING'")
                                            .size()
                                    == 1);
        } finally {
            killed.destroyForcibly();
            assertThat(killed.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        long shell = pid("shell");
        long child = pid("child");
        assertThat(ProcessTable.alive())
                .extracting(ProcessTable.Entry::pid)
                .as("a stage outlives its hub")
                .contains(shell, child);
        Files.createFile(directory.resolve("go"));

        try (TestHub hub = new TestHub(catalog, camel, storage, HubProcess.workflow())) {
            assertThat(hub.attempt(job)).isEqualTo("DONE");
        }

        assertThat(ProcessTable.alive()).extracting(ProcessTable.Entry::pid).doesNotContain(shell, child);
        assertThat(directory.resolve("count"))
                .as("a stage that is done is not repeated")
                .hasContent("x");
        assertThat(stages()).containsExactly("01-A DONE", "02-B LOST", "02-B DONE");
        assertThat(catalog.rows("select path from result order by path"))
                .extracting(row -> row.get("path"))
                .containsExactly("scan_1/count", "scan_1/out");
    }

    @Test
    void anOrphanIsFoundByItsMarkWhenItsParentIsGone() throws Exception {
        StageRun run = left(TestHub.HOST);
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "sleep 300 & echo $!");
        builder.environment().put(ProcessTree.MARK, run.mark());
        Process parent = builder.start();
        long orphan = Long.parseLong(parent.inputReader().readLine().strip());
        parent.waitFor(10, TimeUnit.SECONDS);

        runOn();

        assertThat(ProcessTable.alive()).extracting(ProcessTable.Entry::pid).doesNotContain(orphan);
        assertThat(stages()).containsExactly("02-B LOST", "01-A DONE", "02-B DONE");
    }

    @Test
    void anotherProgramThatHasTheProcessIdByNowIsLeftAlone() throws Exception {
        Process other = new ProcessBuilder("setsid", "sleep", "300").start();
        try {
            StageRun run = left(TestHub.HOST);
            Instant longAgo = other.info().startInstant().orElseThrow().minusSeconds(3600);
            catalog.jdbc()
                    .update("update stage_run set pid = ?, pid_started = ?", other.pid(), Timestamp.from(longAgo));

            runOn();

            assertThat(other.isAlive()).isTrue();
            assertThat(stages()).containsExactly("02-B LOST", "01-A DONE", "02-B DONE");
            assertThat(run.id()).isPositive();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void aProcessOfAnotherMachineIsLeftAlone() throws Exception {
        Process other = new ProcessBuilder("setsid", "sleep", "300").start();
        try {
            left("another-machine");
            catalog.jdbc()
                    .update(
                            "update stage_run set pid = ?, pid_started = ?",
                            other.pid(),
                            Timestamp.from(other.info().startInstant().orElseThrow()));

            runOn();

            assertThat(other.isAlive()).isTrue();
            assertThat(stages()).containsExactly("02-B LOST", "01-A DONE", "02-B DONE");
        } finally {
            other.destroyForcibly();
        }
    }

    /** An attempt at the second stage that never ended in the catalog. */
    private StageRun left(String host) {
        return new StageRuns(catalog.jdbc()).begin(job, "02-B", "local", "…", host);
    }

    private void runOn() throws IOException {
        Files.createDirectories(directory);
        Files.createFile(directory.resolve("go"));
        try (TestHub hub = new TestHub(catalog, camel, storage, HubProcess.workflow())) {
            assertThat(hub.attempt(job)).isEqualTo("DONE");
        }
    }

    private long pid(String file) throws IOException {
        return Long.parseLong(Files.readString(directory.resolve(file)).strip());
    }

    private List<String> stages() {
        return catalog.rows("select stage || ' ' || state as s from stage_run order by id").stream()
                .map(row -> row.get("s").toString())
                .toList();
    }
}
