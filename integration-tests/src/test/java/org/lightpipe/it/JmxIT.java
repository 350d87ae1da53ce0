package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hub as an operator's console sees and steers it. */
class JmxIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> QUICK = List.of(
            "-Dclaim.delay=50",
            "-Dmonitors.period=100",
            "-Ddatasets.period=100",
            "-Dretry.first=100ms",
            "-Dretry.attempts=2");

    @TempDir
    Path directory;

    private Facility facility;
    private int port;

    @BeforeEach
    void facility() throws IOException {
        facility = Facility.in(directory);
        facility.write("config/beamlines/jmx.yaml", """
                beamline: jmx
                storage: file:%s
                acquire: {quiet: 200ms, rescan: 100ms}
                """.formatted(facility.storage()));
        port = HubProcess.freePort();
    }

    @Test
    void aStepPausesResumesAndRetriesFromAConsole() throws Exception {
        try (HubProcess hub = hub("--jmx-port=" + port).start()) {
            try (Jmx console = Jmx.connect(port)) {
                assertEveryStepIsShown(console);
                assertCamelIsReadable(console);

                console.invoke(Jmx.step("transfer"), "pause");
                record(hub, "one");
                Files.writeString(facility.detector().resolve("a.dat"), "written while transfer is paused");
                await().atMost(PATIENCE).until(() -> console.number(Jmx.step("transfer"), "Backlog") == 1);
                assertThat(console.get(Jmx.step("transfer"), "Paused")).isEqualTo(true);
            }
            hub.stop();
            hub.start();
            try (Jmx console = Jmx.connect(port)) {
                assertThat(console.get(Jmx.step("transfer"), "Paused")).isEqualTo(true);
                // Another step that claims goes on: what follows is not a hub that does nothing yet.
                hub.client().post("/api/v1/experiments", "name: two\nbeamline: jmx\n");
                await().atMost(PATIENCE).until(() -> console.number(Jmx.step("experiment"), "Done") == 1);
                assertThat(console.number(Jmx.step("transfer"), "Backlog")).isEqualTo(1);
                assertThat(console.number(Jmx.step("transfer"), "OldestWaitingSeconds"))
                        .isPositive();
                assertThat(stored("a.dat")).doesNotExist();

                console.invoke(Jmx.step("transfer"), "resume");
                await().atMost(PATIENCE).until(() -> console.number(Jmx.step("transfer"), "Done") == 1);
                assertThat(stored("a.dat")).hasContent("written while transfer is paused");
                assertThat(console.number(Jmx.step("transfer"), "RatePerMinute"))
                        .isEqualTo(1);

                assertRetry(console);
            }
        }
    }

    private void assertRetry(Jmx console) throws Exception {
        Path data = stored("a.dat").getParent();
        Path aside = data.resolveSibling("aside");
        Files.move(data, aside);
        Files.writeString(data, "in the way");
        Files.writeString(facility.detector().resolve("b.dat"), "cannot be stored");
        await().atMost(PATIENCE).until(() -> console.number(Jmx.step("transfer"), "Failed") == 1);
        Files.delete(data);
        Files.move(aside, data);

        assertThat(console.invoke(Jmx.step("transfer"), "retryFailed")).isEqualTo(1);

        await().atMost(PATIENCE).until(() -> Files.exists(stored("b.dat")));
        await().atMost(PATIENCE).until(() -> console.number(Jmx.step("transfer"), "Failed") == 0);
        assertThat(stored("b.dat")).hasContent("cannot be stored");
    }

    private static void assertEveryStepIsShown(Jmx console) throws Exception {
        List<String> steps = new ArrayList<>();
        steps.add("acquire");
        Arrays.stream(org.lightpipe.catalog.Step.values()).forEach(step -> steps.add(step.label()));
        assertThat(console.find("org.lightpipe:type=Step,*")).hasSize(steps.size());
        for (String step : steps) {
            for (String attribute :
                    List.of("Backlog", "InFlight", "Done", "Failed", "OldestWaitingSeconds", "RatePerMinute")) {
                assertThat(console.number(Jmx.step(step), attribute))
                        .as("%s of %s", attribute, step)
                        .isNotNegative();
            }
            assertThat(console.get(Jmx.step(step), "Paused")).isEqualTo(false);
        }
    }

    private void assertCamelIsReadable(Jmx console) throws Exception {
        for (String id : RouteFiles.ids(facility.home())) {
            assertThat(console.get(Jmx.route(id), "State")).as(id).isEqualTo("Started");
            assertThat((String) console.get(Jmx.route(id), "Description"))
                    .as(id)
                    .isNotBlank();
        }
    }

    @Test
    void beyondLoopbackAPasswordFileIsNeeded() throws Exception {
        Launcher.Outcome run = new Launcher(facility)
                .run("run", "--state=" + facility.state(), "--jmx-port=" + port, "--jmx-host=0.0.0.0");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("Remote JMX on 0.0.0.0 needs a password file")
                .contains("Mend:");
        assertThat(facility.state().resolve("postgresql")).doesNotExist();
    }

    @Test
    void aPasswordFileThatOthersCanReadIsRefused() throws Exception {
        Path passwords = passwords("rw-r--r--");
        Launcher.Outcome run = new Launcher(facility)
                .run("run", "--state=" + facility.state(), "--jmx-port=" + port, "--jmx-password-file=" + passwords);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("chmod 600 " + passwords).doesNotContain("sesame");
    }

    @Test
    void usersSeeWhatTheyMay() throws Exception {
        try (HubProcess hub = hub("--jmx-port=" + port, "--jmx-password-file=" + passwords("rw-------"))
                .start()) {
            assertThatThrownBy(() -> Jmx.connect(port).close()).isInstanceOf(SecurityException.class);
            assertThatThrownBy(() -> Jmx.connect(port, "ada", "guess").close()).isInstanceOf(SecurityException.class);
            try (Jmx watcher = Jmx.connect(port, "watcher", "look")) {
                assertThat(watcher.get(Jmx.step("transfer"), "Paused")).isEqualTo(false);
                assertThatThrownBy(() -> watcher.invoke(Jmx.step("transfer"), "pause"))
                        .isInstanceOf(SecurityException.class);
                assertThat(watcher.get(Jmx.step("transfer"), "Paused")).isEqualTo(false);
            }
            try (Jmx operator = Jmx.connect(port, "ada", "sesame")) {
                operator.invoke(Jmx.step("transfer"), "pause");
                assertThat(operator.get(Jmx.step("transfer"), "Paused")).isEqualTo(true);
            }
            assertThat(Files.readString(hub.log())).doesNotContain("sesame");
        }
    }

    private HubProcess hub(String... options) {
        return new HubProcess(
                facility.state(),
                Stream.of(
                                Stream.of("run", "--home=" + facility.home(), "--state=" + facility.state()),
                                Arrays.stream(options),
                                QUICK.stream())
                        .flatMap(words -> words)
                        .toList());
    }

    private void record(HubProcess hub, String experiment) throws Exception {
        hub.client()
                .post(
                        "/api/v1/experiments",
                        "name: " + experiment + "\nbeamline: jmx\nwatch: " + facility.detector() + "\n");
    }

    private Path stored(String file) {
        return facility.storage().resolve("jmx/one/data").resolve(file);
    }

    private Path passwords(String permissions) throws IOException {
        Path file = directory.resolve("jmx.password");
        Files.writeString(file, "watcher look readonly\nada sesame readwrite\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }
}
