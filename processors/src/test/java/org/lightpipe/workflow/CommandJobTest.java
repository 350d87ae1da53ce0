package org.lightpipe.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.lightpipe.workflow.TestSite.command;
import static org.lightpipe.workflow.TestSite.within;
import static org.lightpipe.workflow.TestSite.workflow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.config.Workflow;

class CommandJobTest {

    private final TestCatalog catalog = TestCatalog.empty();
    private final CamelContext camel = new DefaultCamelContext();

    @TempDir
    private Path storage;

    private long dataset;
    private Path directory;
    private TestHub hub;

    @BeforeEach
    void makeDataset() {
        camel.start();
        dataset = catalog.dataset("scan_1", 2);
        directory = storage.resolve("2026/e1/analysis/scan_1~2");
    }

    @AfterEach
    void stop() {
        if (hub != null) {
            hub.close();
        }
        camel.stop();
    }

    @Test
    void stagesRunInOrderAndTheirOutputsBecomeResults() throws Exception {
        long job = run(
                workflow(
                        "w",
                        Map.of(),
                        command("01-A", "echo said; printf first > a.txt; mkdir d; printf p > d/x.PNG", "a.txt", "d"),
                        command("02-B", "cat a.txt > $name.txt; echo more >> a.txt; pwd", "$name.txt")),
                Map.of("name", "b"));

        assertThat(catalog.state("job", job)).isEqualTo("DONE");
        assertThat(catalog.rows("select path, kind, size, digest from result order by path"))
                .extracting(row -> List.of(row.get("path"), row.get("kind"), row.get("size"), row.get("digest")))
                .containsExactly(
                        // as it is at the end of the job, not as its own stage left it
                        List.of("scan_1~2/a.txt", "data", 10L, sha256("firstmore\n")),
                        List.of("scan_1~2/b.txt", "data", 5L, sha256("first")),
                        List.of("scan_1~2/d/x.PNG", "preview", 1L, sha256("p")));
        assertThat(catalog.rows("select stage, state, exit_status, output, pid from stage_run order by id"))
                .extracting(
                        row -> List.of(row.get("stage"), row.get("state"), row.get("exit_status"), row.get("output")))
                .containsExactly(List.of("01-A", "DONE", 0, "said\n"), List.of("02-B", "DONE", 0, directory + "\n"));
        assertThat(directory.resolve(".lightpipe/01-A.log")).hasContent("said\n");
        assertThat(Files.getAttribute(directory, "unix:mode", java.nio.file.LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(040000 | 02750);
        assertThat(catalog.rows("select * from publication where dataset_id = ?", dataset))
                .hasSize(1);
        assertThat(catalog.rows("select * from job where started_at <= ended_at and claimed_by is null"))
                .hasSize(1);
    }

    @Test
    void aFailedStageIsTriedAgainAndGoesOnWhereItFailed() {
        hub = new TestHub(
                catalog,
                camel,
                storage,
                workflow(
                        "w",
                        Map.of(),
                        command("01-A", "echo x >> count"),
                        command("02-B", "test -e second || { touch second; echo no such thing >&2; exit 3; }")));
        long job = hub.run(dataset, "w", Map.of());

        assertThat(catalog.state("job", job)).isEqualTo("PENDING");
        assertThat(reason(job)).contains("stage 02-B ended with exit status 3", "no such thing");
        assertThat(catalog.rows("select * from publication")).isEmpty();
        assertThat(hub.attempt(job)).isEqualTo("DONE");
        assertThat(directory.resolve("count")).hasContent("x");
        assertThat(stages()).containsExactly("01-A DONE", "02-B FAILED", "02-B DONE");
    }

    @Test
    void aJobThatIsHeldForAPersonIsPublishedToo() {
        hub = new TestHub(catalog, camel, storage, workflow("w", Map.of(), command("01-A", "exit 1")));
        long job = hub.run(dataset, "w", Map.of());
        assertThat(hub.attempt(job)).isEqualTo("FAILED");

        assertThat(catalog.rows("select * from job where ended_at is not null and failed_from = 'PENDING'"))
                .hasSize(1);
        assertThat(catalog.rows("select * from publication where dataset_id = ?", dataset))
                .hasSize(1);
        assertThat(hub.work().failureCount(org.lightpipe.catalog.Step.PROCESS)).isEqualTo(2);
    }

    @Test
    void whatCannotSucceedIsHeldAtOnce() {
        hub = new TestHub(
                catalog,
                camel,
                storage,
                workflow("out", Map.of(), command("01-A", "true", "$x")),
                workflow("reserved", Map.of(), command("01-A", "touch ran")),
                workflow("key", Map.of(), command("../01-A", "touch ran")));

        assertThat(reason(held(hub.run(dataset, "gone", Map.of())))).contains("'gone' is not configured");
        assertThat(reason(held(hub.run(dataset, "out", Map.of("x", "../../../escaped")))))
                .contains("leads out of");
        assertThat(reason(held(hub.run(dataset, "reserved", Map.of("LD_PRELOAD", "/tmp/evil.so")))))
                .contains("'LD_PRELOAD'");
        assertThat(reason(held(hub.run(dataset, "key", Map.of())))).contains("'../01-A' cannot be used as a name");
        assertThat(directory.resolve("ran")).doesNotExist();
    }

    @Test
    void successIsProvedByTheOutputs() throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("old"), "from an earlier time");
        Files.createSymbolicLink(directory.resolve("hosts"), Path.of("/etc/hosts"));

        assertThat(reasonOf(command("01-A", "true", "missing"))).contains("its output missing was not made");
        assertThat(reasonOf(command("01-A", ": > empty", "empty"))).contains("its output empty is empty");
        assertThat(reasonOf(command("01-A", "true", "old"))).contains("its output old was not written");
        assertThat(reasonOf(command("01-A", "mkdir dir", "dir"))).contains("its output dir has no file in it");
        assertThat(reasonOf(command("01-A", "touch -h hosts", "hosts"))).contains("leads out of the output directory");
        assertThat(catalog.rows("select * from result")).isEmpty();
        assertThat(reasonOf(command("01-A", "printf 'from an earlier time' > old", "old")))
                .isEmpty();
    }

    @Test
    void theTimeOverEndsTheWholeTree() throws IOException {
        // one that ignores TERM, one with a session of its own, and one that is an orphan
        String command = "trap '' TERM; (trap '' TERM; sleep 300) & echo $! > a;"
                + " setsid sleep 300 & echo $! > b;"
                + " (sleep 300 & echo $! > c);"
                + " echo $$ > d; wait; sleep 300";

        String reason = reasonOf(within(command("01-A", command), 1));

        assertThat(reason).contains("stage 01-A was ended after its time of 1 s");
        assertEnded("a", "b", "c", "d");
    }

    @Test
    void whatACommandLeavesBehindEndsWithIt() throws IOException {
        assertThat(reasonOf(command("01-A", "sleep 300 & echo $! > a; setsid sleep 300 & echo $! > b")))
                .isEmpty();
        assertEnded("a", "b");
    }

    @Test
    void hostileValuesStayData() throws IOException {
        Map<String, String> hostile = new LinkedHashMap<>();
        hostile.put("a", "$(touch pwned)`touch pwned`; touch pwned");
        hostile.put("b", "'\"'\" && touch pwned #");
        hostile.put("c", "line\nanother\n\t\\n\\");
        hostile.put("d", "-rf *  ${HOME} %s %n");
        hostile.put("e", "");

        long job = run(
                workflow(
                        "w",
                        Map.of(),
                        command("01-A", "for n in a b c d e; do eval \"printf %s \\\"\\$$n\\\"\" > $n; done")),
                hostile);

        assertThat(catalog.state("job", job)).isEqualTo("DONE");
        for (Map.Entry<String, String> value : hostile.entrySet()) {
            assertThat(Files.readString(directory.resolve(value.getKey()))).isEqualTo(value.getValue());
        }
        assertThat(directory.resolve("pwned")).doesNotExist();
        // the text that was run is the workflow's own
        assertThat(catalog.rows("select * from stage_run where action like '%pwned%'"))
                .isEmpty();
    }

    @Test
    void onlyTheTailOfALongOutputIsInTheCatalog() throws IOException {
        long job = run(
                workflow("w", Map.of(), command("01-A", "seq 1 100000; printf 'a\\000b'; echo last >&2; cat")),
                Map.of());

        assertThat(catalog.state("job", job)).isEqualTo("DONE");
        String output =
                (String) catalog.rows("select output from stage_run").get(0).get("output");
        assertThat(output).hasSize(CommandStage.TAIL).endsWith("99999\n100000\na\uFFFDblast\n");
        assertThat(directory.resolve(".lightpipe/01-A.log")).content().startsWith("1\n2\n3\n");
    }

    @Test
    void aHubThatLostItsJobEndsItsStageAndChangesNothing() {
        hub = new TestHub(
                catalog, camel, storage, workflow("w", Map.of(), command("01-A", "echo $$ > a; exec sleep 300")));
        long job = catalog.claimedJob(dataset, "w", Map.of(), hub.id());
        hub.start(job);
        awaitFile("a");
        catalog.jdbc().update("update job set claimed_by = ? where id = ?", catalog.hub(), job);

        await().atMost(Duration.ofSeconds(30)).until(() -> hub.runner().active() == 0);

        assertEnded("a");
        assertThat(catalog.state("job", job)).isEqualTo("RUNNING");
        assertThat(stages()).containsExactly("01-A RUNNING");
        assertThat(catalog.rows("select * from publication")).isEmpty();
    }

    @Test
    void stoppingTheHubGivesItsJobBack() {
        Workflow workflow = workflow(
                "w",
                Map.of(),
                command("01-A", "echo x >> count"),
                command("02-B", "test -e a || { echo $$ > a; sleep 300; }"));
        hub = new TestHub(catalog, camel, storage, workflow);
        long job = catalog.claimedJob(dataset, "w", Map.of(), hub.id());
        hub.start(job);
        awaitFile("a");

        hub.close();

        assertEnded("a");
        assertThat(catalog.rows("select * from job where state = 'PENDING' and attempts = 0 and claimed_by is null"))
                .hasSize(1);
        hub = new TestHub(catalog, camel, storage, workflow);
        assertThat(hub.attempt(job)).isEqualTo("DONE");
        assertThat(stages()).containsExactly("01-A DONE", "02-B LOST", "02-B DONE");
        assertThat(directory.resolve("count")).hasContent("x");
    }

    @Test
    void aJobOutlivesARestartOfTheDatabase() throws IOException {
        hub = new TestHub(
                catalog,
                camel,
                storage,
                workflow(
                        "w",
                        Map.of(),
                        command("01-A", "echo x >> count; until test -e go; do sleep 0.02; done", "count"),
                        command("02-B", "true")));
        long job = catalog.claimedJob(dataset, "w", Map.of(), hub.id());
        hub.start(job);
        awaitFile("count");

        Files.createFile(directory.resolve("go")); // the stage ends while the database is away
        catalog.restart();

        await().atMost(Duration.ofSeconds(60)).until(() -> hub.runner().active() == 0);
        assertThat(catalog.rows("select * from job where state = 'DONE' and attempts = 0"))
                .hasSize(1);
        assertThat(stages()).containsExactly("01-A DONE", "02-B DONE");
        assertThat(directory.resolve("count")).hasContent("x");
    }

    @Test
    void aLinkInPlaceOfTheOutputDirectoryIsNotFollowed() throws IOException {
        Path elsewhere = Files.createDirectory(storage.resolve("elsewhere"));
        Files.createDirectories(directory.getParent());
        Files.createSymbolicLink(directory, elsewhere);

        assertThat(reasonOf(command("01-A", "touch ran"))).contains("is not a directory");
        assertThat(elsewhere).isEmptyDirectory();
    }

    private long run(Workflow workflow, Map<String, String> arguments) {
        hub = new TestHub(catalog, camel, storage, workflow);
        return hub.run(dataset, workflow.name(), arguments);
    }

    private String reasonOf(Workflow.Stage stage) {
        if (hub != null) {
            hub.close();
        }
        return reason(run(workflow("w", Map.of(), stage), Map.of()));
    }

    private long held(long job) {
        assertThat(catalog.state("job", job)).isEqualTo("FAILED");
        return job;
    }

    private String reason(long job) {
        Object reason =
                catalog.rows("select reason from job where id = ?", job).get(0).get("reason");
        return reason == null ? "" : reason.toString();
    }

    private List<String> stages() {
        return catalog.rows("select stage || ' ' || state as s from stage_run order by id").stream()
                .map(row -> row.get("s").toString())
                .toList();
    }

    private void awaitFile(String name) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            Path file = directory.resolve(name);
            return Files.exists(file) && Files.size(file) > 0;
        });
    }

    private void assertEnded(String... files) {
        for (String file : files) {
            long pid = pid(file);
            assertThat(ProcessTable.alive()).noneMatch(process -> process.pid() == pid);
        }
    }

    private long pid(String file) {
        try {
            return Long.parseLong(Files.readString(directory.resolve(file)).strip());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
