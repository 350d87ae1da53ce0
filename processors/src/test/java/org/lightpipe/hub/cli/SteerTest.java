package org.lightpipe.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.hub.SteeredHub;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine;

/** The commands that steer a hub, against a whole one. */
class SteerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static SteeredHub hub;

    private final ObjectMapper json = new ObjectMapper();

    @BeforeAll
    static void start() throws Exception {
        hub = new SteeredHub(directory.resolve("state"));
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private record Outcome(int status, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    private static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] all = Stream.concat(
                        Stream.of(arguments), Stream.of("--state", hub.state().toString()))
                .toArray(String[]::new);
        int status = Lightpipe.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
        return new Outcome(status, out.toString(), err.toString());
    }

    private static Path detector(String name) throws Exception {
        return Files.createDirectories(directory.resolve("detector").resolve(name));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aMonitorIsStartedWithItsOptionsShownListedAndStopped() throws Exception {
        hub.experiment("daq-1");
        Path watched = detector("daq-1");

        Outcome started = run(
                "daq",
                "start",
                "--experiment",
                "daq-1",
                "--directory",
                watched.toString(),
                "--existing",
                "ignore",
                "--unit",
                "file",
                "--include",
                "*.h5",
                "--include",
                "scan_*/**",
                "--exclude",
                "*.tmp",
                "--complete",
                "marker",
                "--quiet",
                "3s",
                "--max-runtime",
                "12h",
                "--until",
                "2999-01-01T00:00:00Z",
                "--depth",
                "4",
                "--hidden",
                "--priority",
                "high");

        assertThat(started.err()).isEmpty();
        assertThat(started.out()).matches("monitor \\d+ runs\\R");
        String id = started.out().split(" ")[1];
        Map<String, Object> row = hub.jdbc()
                .queryForMap(
                        "select kind, priority, options::text as options from daq where id = ?", Long.parseLong(id));
        assertThat(row).containsEntry("kind", "MONITOR").containsEntry("priority", 10);
        assertThat(json.readTree((String) row.get("options")))
                .isEqualTo(json.readTree("{\"existing\": \"ignore\", \"unit\": \"file\", \"include\": [\"*.h5\","
                        + " \"scan_*/**\"], \"exclude\": [\"*.tmp\"], \"complete\": \"marker\", \"quiet\": \"3s\","
                        + " \"maxRuntime\": \"43200s\", \"until\": \"2999-01-01T00:00:00Z\", \"depth\": 4,"
                        + " \"hidden\": true}"));
        assertThat(run("daq", "list", "--experiment", "daq-1", "--running").lines())
                .hasSize(2)
                .last()
                .asString()
                .contains(id, "monitor", "RUNNING", watched.toString());
        Outcome shown = run("daq", "show", id);
        assertThat(shown.out()).contains("found        0 files, 0 B", "state        RUNNING", "held         0");
        assertThat(run("daq", "stop", id).status()).isZero();
        assertThat(run("daq", "list", "--experiment", "daq-1", "--running").lines())
                .hasSize(1);
        assertThat(run("daq", "show", id, "--follow").out()).contains("state        STOPPED, stopped by operator");
        assertThat(run("daq", "stop", id).err()).contains("no monitor " + id + " is running");
        assertThat(hub.jdbc()
                        .queryForList(
                                "select what from audit_event where detail = ? or detail like ?",
                                String.class,
                                id,
                                id + " %"))
                .containsExactly("monitor started", "monitor stopped");
    }

    @Test
    void whatIsWrongWithAMonitorIsToldWithItsMend() throws Exception {
        hub.experiment("daq-2");
        String watched = detector("daq-2").toString();
        String[] start = {"daq", "start", "--experiment", "daq-2", "--directory", watched};

        assertThat(run(with(start, "--quiet", "soon")).err())
                .contains("quiet: 'soon' is not a duration (write it as 500ms, 2s, 5min, 12h or 90d)");
        assertThat(run(with(start, "--complete", "stabel")).err())
                .contains("complete: 'stabel' is not one of")
                .contains("did you mean 'stable'?");
        assertThat(run(with(start, "--include", "[")).err()).contains("include: '[' is not a glob");
        assertThat(run(with(start, "--depth", "0")).err()).contains("depth: '0' is not a whole number from 1");
        assertThat(run(with(start, "--until", "2001-01-01T00:00:00Z")).err()).contains("is over already");
        assertThat(run(with(start, "--until", "teatime")).status()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(run("daq", "start", "--experiment", "nobody", "--directory", watched)
                        .err())
                .contains("there is no experiment 'nobody'");
        assertThat(run("daq", "start", "--experiment", "daq-2", "--directory", watched + "/none")
                        .err())
                .contains("directory: " + watched + "/none does not exist on this machine");
        assertThat(hub.jdbc().queryForObject("select count(*) from daq where directory = ?", Long.class, watched))
                .isZero();
    }

    @Test
    void theSameMonitorIsNotStartedTwiceAndAnotherOfItsDirectoryIsRefused() throws Exception {
        hub.experiment("daq-3");
        hub.experiment("daq-4");
        String watched = detector("daq-3").toString();
        String first = run("daq", "start", "--experiment", "daq-3", "--directory", watched)
                .out();

        assertThat(run("daq", "start", "--experiment", "daq-3", "--directory", watched)
                        .out())
                .isEqualTo(first);
        String id = first.split(" ")[1];
        assertThat(run("daq", "start", "--experiment", "daq-3", "--directory", watched, "--hidden")
                        .err())
                .contains("is monitored already by monitor " + id + " with other options; stop that monitor first");
        assertThat(run("daq", "start", "--experiment", "daq-4", "--directory", watched)
                        .err())
                .contains("is monitored already for experiment 'daq-3' by monitor " + id);
        Path form = Files.writeString(
                directory.resolve("form.yaml"), "name: daq-5\nbeamline: demo\nwatch: " + watched + "\n");
        Outcome refused = run("experiment", "create", form.toString());
        assertThat(refused.status()).isOne();
        assertThat(refused.err())
                .contains("watch: " + watched + " is monitored already for experiment 'daq-3' by monitor " + id)
                .contains("or give experiment 'daq-5' another directory");
        assertThat(hub.jdbc().queryForObject("select count(*) from experiment where name = 'daq-5'", Long.class))
                .isZero();
    }

    @Test
    void aMonitorEndsWhenItsTimeIsOver() throws Exception {
        hub.experiment("daq-6");
        String id = run(
                        "daq",
                        "start",
                        "--experiment",
                        "daq-6",
                        "--directory",
                        detector("daq-6").toString(),
                        "--max-runtime",
                        "1s")
                .out()
                .split(" ")[1];

        assertThat(run("daq", "show", id, "--follow").out()).contains("DONE, it was to run for 1 s");
    }

    @Test
    void filesAreListedPageByPageAndFound() throws Exception {
        hub.experiment("files-1", "ada");
        hub.stored("files-1", "scan_1/a.h5", bytes("a"));
        hub.stored("files-1", "scan_1/b.h5", new byte[2000]);
        hub.stored("files-1", "scan_10/a.h5", bytes("c"));
        hub.stored("files-1", "scan_1-more.txt", bytes("d"));
        hub.file("files-1", "scan_2/line\nbreak\uF7FF.h5", 5, "FAILED", "DETECTED", "disk on fire");

        assertThat(run("files", "ls", "files-1").lines())
                .containsExactly(
                        "scan_1-more.txt", "scan_1/a.h5", "scan_1/b.h5", "scan_10/a.h5", "scan_2/line\\nbreak\\xff.h5");
        assertThat(run("files", "ls", "files-1/scan_1/").lines()).containsExactly("scan_1/a.h5", "scan_1/b.h5");
        assertThat(run("files", "ls", "files-1/scan_1/a.h5").lines()).containsExactly("scan_1/a.h5");
        assertThat(run("files", "ls", "files-1/scan_1", "--long").lines().get(2))
                .contains("CATALOGUED", "2.0 kB", "scan_1/b.h5")
                .containsPattern("[0-9a-f]{64}");
        JsonNode line = json.readTree(
                run("files", "ls", "files-1/scan_1/a.h5", "--json").out());
        assertThat(line.path("path").asText()).isEqualTo("scan_1/a.h5");
        assertThat(line.path("size").asLong()).isOne();
        assertThat(run("files", "find", "files-1", "--name", "a.*").lines())
                .containsExactly("files-1/scan_1/a.h5", "files-1/scan_10/a.h5");
        assertThat(run("files", "find", "--larger", "2kB", "files-1").lines()).containsExactly("files-1/scan_1/b.h5");
        assertThat(run("files", "find", "--in-state", "failed", "--since", "1h", "files-1", "--long")
                        .out())
                .contains("(disk on fire)");
        assertThat(run(
                                "files",
                                "find",
                                "files-1",
                                "--digest",
                                line.path("digest").asText())
                        .lines())
                .containsExactly("files-1/scan_1/a.h5");
        assertThat(run("files", "find", "--name", "scan_1*/*.h5").lines()).hasSize(3);
        assertThat(run("files", "find", "files-1", "--name", "none").status()).isOne();
        assertThat(run("files", "find", "--in-state", "FALIED").err()).contains("did you mean 'FAILED'?");
        assertThat(run("files", "find", "--digest", "abc").err()).contains("give all 64 digits");
        assertThat(run("files", "ls", "nothing").err()).contains("there is no experiment 'nothing'");
    }

    @Test
    void everyPageOfALongListIsPrinted() throws Exception {
        hub.experiment("files-2");
        hub.jdbc()
                .update(
                        "insert into file (experiment_id, dataset_id, daq_id, beamline, path, source, size, mtime_ns, state)"
                                + " select e.id, (select min(id) from dataset), (select min(id) from daq), 'demo',"
                                + " 'f' || lpad(i::text, 6, '0'), '/s', 1, 0, case i when 69999 then 'RELEASED' else 'CATALOGUED' end"
                                + " from experiment e, generate_series(0, 69999) i where e.name = 'files-2'");

        assertThat(run("files", "ls", "files-2").lines())
                .hasSize(70_000)
                .isSorted()
                .doesNotHaveDuplicates();
        // Behind more rows than one request looks through.
        assertThat(run("files", "find", "files-2", "--in-state", "RELEASED").lines())
                .containsExactly("files-2/f069999");
    }

    @Test
    void whatIsHeldIsToldByReasonAndRetriedByIdByReasonOrAltogether() throws Exception {
        hub.experiment("held-1");
        for (int i = 0; i < 3; i++) {
            hub.file("held-1", "scan/f" + i, 1, "FAILED", "DETECTED", "/data/run_" + i + "/x: permission denied");
        }
        long other = hub.file("held-1", "scan/g", 1, "FAILED", "DETECTED", "quota exceeded on 100% of_disk");

        assertThat(run("held", "transfer").out())
                .contains("transfer             3", "*: permission denied", "such as /data/run_0/x: permission denied")
                .contains("./lightpipe retry transfer --reason '*: permission denied'");
        assertThat(run("held", "transfer", "--items", "--reason", "*denied").lines())
                .hasSize(4)
                .anyMatch(line -> line.contains("held-1/scan/f1: /data/run_1/x: permission denied"));
        assertThat(run("retry", "transfer").err()).contains("say which: --id N, --reason GLOB, or --all");
        assertThat(run("retry", "transfer", "--reason", "quota_exceeded*").out())
                .startsWith("0 items");
        assertThat(run("retry", "transfer", "--id", Long.toString(other)).out()).startsWith("1 items wait again");
        assertThat(run("retry", "transfer", "--id", Long.toString(other)).status())
                .isOne();
        assertThat(run("retry", "transfer", "--reason", "*: permission denied").out())
                .startsWith("3 items wait again");
        assertThat(run("retry", "nothing", "--all").err()).contains("no step is called 'nothing'");
        assertThat(hub.jdbc().queryForList("select detail from audit_event where what = 'retried'", String.class))
                .contains("transfer ids [" + other + "]: 1", "transfer reason *: permission denied: 3");
    }

    @Test
    void rotIsFoundReportedAndResolved() throws Exception {
        hub.experiment("rot-1");
        hub.stored("rot-1", "scan/well", new byte[3_000_000]);
        hub.stored("rot-1", "scan/empty", new byte[0]);
        hub.stored("rot-1", "scan/bent", new byte[100_000]);
        hub.stored("rot-1", "scan/short", new byte[1000]);
        hub.stored("rot-1", "scan/lost", new byte[1000]);
        assertThat(run("files", "verify", "rot-1").status()).isZero();
        assertThat(hub.jdbc()
                        .queryForObject(
                                "select count(*) from file f join experiment e on e.id = f.experiment_id"
                                        + " where e.name = 'rot-1' and verified_at is not null",
                                Long.class))
                .isEqualTo(5);
        Path data = hub.data("rot-1");
        byte[] bent = new byte[100_000];
        bent[77_777] = 1;
        Files.write(data.resolve("scan/bent"), bent);
        Files.write(data.resolve("scan/short"), new byte[999]);
        Files.delete(data.resolve("scan/lost"));

        Outcome found = run("files", "verify", "rot-1");

        assertThat(found.status()).isOne();
        assertThat(found.lines()).hasSize(4);
        assertThat(found.out())
                .containsPattern("DIGEST +demo +rot-1/scan/bent: has SHA-256 [0-9a-f]{64}, stored was [0-9a-f]{64}")
                .containsPattern("SIZE +demo +rot-1/scan/short: has 999 bytes, stored were 1000 bytes")
                .containsPattern("MISSING +demo +rot-1/scan/lost: is not in storage");
        assertThat(found.err()).contains("5 files compared, 3 problems");
        assertThat(run("files", "ls", "rot-1/scan/bent", "--long").out()).contains("(DIGEST: has SHA-256");
        assertThat(hub.client().get("/api/v1/health").path("troubles").toString())
                .contains("storage-rot");
        assertThat(hub.client().get("/api/v1/health").path("status").asText()).isEqualTo("UP");
        Files.write(data.resolve("scan/bent"), new byte[100_000]);
        Files.write(data.resolve("scan/short"), new byte[1000]);
        Files.write(data.resolve("scan/lost"), new byte[1000]);
        assertThat(run("files", "verify", "rot-1/scan", "--rate", "1GB/s").status())
                .isZero();
        assertThat(hub.jdbc().queryForObject("select count(*) from rot where resolved_at is null", Long.class))
                .isZero();
        assertThat(run("verify", "--list").out()).contains("rot-1/scan");
    }

    @Test
    void aStorageThatIsNotThereIsOneProblemAndTheRestIsCompared() throws Exception {
        hub.experiment("rot-2");
        hub.experiment("rot-3");
        hub.stored("rot-2", "a", bytes("a"));
        hub.stored("rot-2", "b", bytes("b"));
        hub.stored("rot-3", "a", bytes("a"));
        Files.move(hub.data("rot-2"), hub.data("rot-2").resolveSibling("away"));

        Outcome found = run("verify", "--rate", "0");

        assertThat(found.status()).isOne();
        assertThat(found.out())
                .contains("nothing of experiment 'rot-2' could be compared: the directory demo/rot-2/data is not in"
                        + " storage demo; is it mounted?");
        assertThat(hub.jdbc()
                        .queryForObject(
                                "select count(*) from file f join experiment e on e.id = f.experiment_id"
                                        + " where e.name = 'rot-3' and verified_at is not null",
                                Long.class))
                .isOne();
        Files.move(hub.data("rot-2").resolveSibling("away"), hub.data("rot-2"));
        assertThat(run("files", "verify", "rot-2").status()).isZero();
        assertThat(hub.jdbc()
                        .queryForObject(
                                "select count(*) from rot where resolved_at is null and kind = 'ABSENT'", Long.class))
                .isZero();
    }

    @Test
    void aVerificationIsHeldToItsRateAndCancelled() throws Exception {
        hub.experiment("rot-4");
        hub.stored("rot-4", "slow", new byte[5_000_000]);
        long begin = System.nanoTime();
        assertThat(run("files", "verify", "rot-4", "--rate", "2.5MB/s").status())
                .isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(1900));

        Outcome asked = run("files", "verify", "rot-4", "--rate", "1kB/s", "--background");
        String id = asked.err().split(" ")[1];
        await().atMost(PATIENCE)
                .until(() -> hub.jdbc()
                        .queryForObject("select state from verification where id = ?", String.class, Long.valueOf(id))
                        .equals("RUNNING"));
        assertThat(run("verify", "--cancel", id).status()).isZero();

        Outcome shown = run("verify", "--show", id);
        assertThat(shown.status()).isOne();
        assertThat(shown.err()).contains("is not through: cancelled by operator");
        // The hub is free for the next.
        assertThat(run("files", "verify", "rot-4", "--rate", "0").status()).isZero();
    }

    @Test
    void usersSeeTheirFilesAloneAndSteerNothing() throws Exception {
        hub.experiment("mine", "bob");
        hub.experiment("theirs", "eve");
        hub.stored("mine", "a", bytes("a"));
        hub.stored("theirs", "b", bytes("b"));
        HubClient bob = hub.client()
                .as(hub.client()
                        .post("/api/v1/tokens", "{\"user\": \"bob\", \"for\": \"1h\"}")
                        .path("token")
                        .asText());

        assertThat(bob.get("/api/v1/files").path("files"))
                .singleElement()
                .satisfies(file -> assertThat(file.path("experiment").asText()).isEqualTo("mine"));
        assertThat(bob.get("/api/v1/files?experiment=mine").path("files")).hasSize(1);
        assertRefused(404, () -> bob.get("/api/v1/files?experiment=theirs"));
        for (String path : List.of(
                "daqs",
                "daqs/1",
                "held",
                "steps/transfer/held",
                "verifications",
                "verifications/1",
                "verifications/1/rot")) {
            assertRefused(403, () -> bob.get("/api/v1/" + path));
        }
        for (String path : List.of("daqs", "uploads", "verifications", "steps/transfer/retry")) {
            assertRefused(403, () -> bob.post("/api/v1/" + path, "{}"));
        }
        assertRefused(403, () -> bob.delete("/api/v1/verifications/1"));
        assertRefused(401, () -> bob.as("nobody").get("/api/v1/files"));
    }

    @Test
    void whatIsWrongWithARequestIsToldByItsField() throws Exception {
        HubClient client = hub.client();

        assertThatThrownBy(() -> client.get("/api/v1/files?limit=0"))
                .hasMessageContaining("limit: '0' is not a whole number");
        assertThatThrownBy(() -> client.get("/api/v1/files?path=x")).hasMessageContaining("path: has no experiment");
        assertThatThrownBy(() -> client.get("/api/v1/files?since=soon"))
                .hasMessageContaining("since: 'soon' is not a time");
        assertThatThrownBy(() -> client.get("/api/v1/files?larger=much")).hasMessageContaining("larger: 'much' is not");
        assertThatThrownBy(() -> client.get("/api/v1/files?after=here"))
                .hasMessageContaining("after: is not what an answer");
        assertThatThrownBy(() -> client.get("/api/v1/daqs?running=perhaps"))
                .hasMessageContaining("running: 'perhaps' is neither");
        assertThatThrownBy(() -> client.post("/api/v1/steps/transfer/retry", "{\"ids\": [\"x\"]}"))
                .hasMessageContaining("ids: 'x' is not the number of an item");
        assertThatThrownBy(() -> client.post("/api/v1/steps/transfer/retry", "{\"ids\": []}"))
                .hasMessageContaining("ids: names no item");
        assertThatThrownBy(() -> client.post("/api/v1/steps/transfer/retry", "{\"reasons\": \"x\"}"))
                .hasMessageContaining("did you mean 'reason'?");
        assertThatThrownBy(() -> client.post("/api/v1/verifications", "{\"rate\": \"fast\"}"))
                .hasMessageContaining("rate: 'fast' is not a number of bytes");
        assertThatThrownBy(() -> client.post("/api/v1/uploads", "{\"experiment\": \"x\", \"until\": \"18:00\"}"))
                .hasMessageContaining("directory: is missing")
                .hasMessageContaining("until: is not a known field");
        assertRefused(404, () -> client.get("/api/v1/daqs/none"));
        assertRefused(404, () -> client.get("/api/v1/verifications/99999"));
        assertRefused(404, () -> client.get("/api/v1/verifications/99999/rot"));
        assertRefused(404, () -> client.get("/api/v1/steps/none/held"));
    }

    private static void assertRefused(int status, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        HubClient.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(status));
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command : List.of(
                "daq start",
                "daq show",
                "upload",
                "files ls",
                "files find",
                "files verify",
                "verify",
                "held",
                "retry")) {
            String[] words = Stream.concat(Stream.of(command.split(" ")), Stream.of("--help"))
                    .toArray(String[]::new);
            StringWriter out = new StringWriter();
            assertThat(Lightpipe.commandLine().setOut(new PrintWriter(out)).execute(words))
                    .isZero();
            assertThat(out.toString()).startsWith("Usage: lightpipe " + command);
        }
    }

    private static String[] with(String[] words, String... more) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
    }
}
