package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.hub.LocalHub;
import org.lightpipe.hub.client.HubClient;

/** Bad input gets its error at the door, in words, and changes nothing. */
class DoorIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int JMX = freePort();

    @TempDir
    static Path directory;

    private static Facility facility;
    private static Launcher lightpipe;
    private static Process hub;

    private Map<String, Long> rows;
    private Map<String, Long> routes;
    private String lastReload;

    @BeforeAll
    static void startHub() throws Exception {
        facility = Facility.in(directory);
        lightpipe = new Launcher(facility);
        Path state = facility.state();
        Files.createDirectories(state);
        hub = lightpipe
                .command(java.util.List.of(
                        "run",
                        "--state=" + state,
                        "--jmx-port=" + JMX,
                        "-Dcamel.server.port=" + freePort(),
                        "-Dclaim.delay=100",
                        "-Dreload.interval=200ms"))
                .redirectErrorStream(true)
                .redirectOutput(state.resolve("hub.log").toFile())
                .start();
        await().atMost(PATIENCE.multipliedBy(2)).until(() -> LocalHub.url(state).isPresent());
        Launcher.Outcome recorded = create("name: known\nbeamline: demo\n");
        assertThat(recorded.status()).as(recorded.err()).isZero();
        await().atMost(PATIENCE).until(() -> experiments().contains("READY"));
    }

    @AfterAll
    static void stopHub() throws Exception {
        Launcher.Outcome stopped = lightpipe.run("stop", "--state=" + facility.state());
        assertThat(stopped.status()).as(stopped.err()).isZero();
        assertThat(hub.isAlive()).isFalse();
    }

    @BeforeEach
    void remember() throws Exception {
        rows = Rows.of(facility.state());
        routes = startedRoutes();
        lastReload = lastReload();
    }

    @AfterEach
    void nothingHasChanged() throws Exception {
        assertThat(Rows.of(facility.state())).isEqualTo(rows);
        assertThat(startedRoutes().keySet()).isEqualTo(routes.keySet());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "beamline: demo|:1: name: is missing",
                "name: one|:1: beamline: is missing",
                "\"name: one\nbeamline: demo\ntitel: x\"|:3: titel:",
                "\"name: one\nbeamline: dem\"|:2: beamline: beamline 'dem' is not configured",
                "\"name: a/b\nbeamline: demo\"|:1: name: 'a/b' cannot be used as a name",
                "\"name: ..\nbeamline: demo\"|:1: name: '..' cannot be used as a name",
                "\"name: a..b\nbeamline: demo\"|:1: name: 'a..b' cannot be used as a name",
                "\"name: one\nbeamline: demo\nrootPath: ../../etc\"|:3: rootPath:",
                "\"name: one\nbeamline: demo\nstart: tomorrow\"|:3: start: 'tomorrow' is not a date",
                "\"name: one\nbeamline: demo\nusers: [{name: ada, role: King}]\"|:3: users",
                "\"name: one\nbeamline: demo\nwatch: /no/such/place\"|watch: /no/such/place does not exist",
                "\"name: one\nbeamline: [\"|form.yaml:",
            })
    void aWrongFormIsRefusedWithItsLineAndField(String form, String words) throws Exception {
        HubClient operator = HubClient.of(facility.state());

        assertThatThrownBy(() -> operator.post("/api/v1/experiments?source=form.yaml", form))
                .isInstanceOfSatisfying(
                        HubClient.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(400))
                .hasMessageContaining("form.yaml")
                .hasMessageContaining(words);
        assertThat(facility.state().resolve("storage/demo/one")).doesNotExist();
    }

    @Test
    void theCommandLineRefusesInTheSameWords() throws Exception {
        Launcher.Outcome outcome = create("name: known\nbeamline: demo\n");

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err()).contains("experiment 'known' exists already");

        Launcher.Outcome wrong = create("name: ../etc\nbeamline: demo\n");
        assertThat(wrong.status()).isEqualTo(1);
        assertThat(wrong.err())
                .contains("form.yaml:1: name: '../etc' cannot be used")
                .doesNotContain("\tat ");
    }

    @Test
    void aMonitorOfNothingIsRefused() throws Exception {
        Launcher.Outcome noDirectory = lightpipe.run(
                "daq", "start", "--experiment=known", "--directory=/no/such/place", "--state=" + facility.state());
        assertThat(noDirectory.status()).isEqualTo(1);
        assertThat(noDirectory.err()).contains("/no/such/place does not exist");

        Launcher.Outcome noExperiment = lightpipe.run(
                "daq",
                "start",
                "--experiment=unknown",
                "--directory=" + facility.detector(),
                "--state=" + facility.state());
        assertThat(noExperiment.status()).isEqualTo(1);
        assertThat(noExperiment.err()).contains("there is no experiment 'unknown'");

        Launcher.Outcome noMonitor = lightpipe.run("daq", "stop", "4711", "--state=" + facility.state());
        assertThat(noMonitor.status()).isEqualTo(1);
        assertThat(noMonitor.err()).contains("no monitor 4711 is running");
    }

    @Test
    void unknownCommandsAndStepsAreRefused() throws Exception {
        Launcher.Outcome command = lightpipe.run("exprmiment");
        assertThat(command.status()).isEqualTo(2);
        assertThat(command.err()).contains("exprmiment").contains("experiment");

        Launcher.Outcome option = lightpipe.run("status", "--jsn", "--state=" + facility.state());
        assertThat(option.status()).isEqualTo(2);
        assertThat(option.err()).contains("--jsn");

        Launcher.Outcome step = lightpipe.run("step", "pause", "transfr", "--state=" + facility.state());
        assertThat(step.status()).isEqualTo(1);
        assertThat(step.err()).contains("transfr").contains("transfer");

        Launcher.Outcome form =
                lightpipe.run("experiment", "create", "/no/such/form.yaml", "--state=" + facility.state());
        assertThat(form.status()).isEqualTo(1);
        assertThat(form.err()).contains("/no/such/form.yaml").doesNotContain("\tat ");
    }

    @Test
    void commandsWithoutAHubSaySo() throws Exception {
        Launcher.Outcome outcome = lightpipe.run("status", "--state=" + directory.resolve("nobody"));
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err()).contains("no hub runs on").contains("./lightpipe run");
    }

    @Test
    void aRouteWithATypoIsFoundAndNotTakenUp() throws Exception {
        Path file = facility.home().resolve("routes/4-catalog.camel.yaml");
        String good = Files.readString(file);
        try {
            Files.writeString(file, good.replaceFirst("method: catalog\n", "metod: catalog\n"));
            int line = lineOf(file, "metod");

            Launcher.Outcome check = lightpipe.run("check");
            assertThat(check.status()).isEqualTo(1);
            assertThat(check.out())
                    .contains("routes/4-catalog.camel.yaml:" + line + ":")
                    .contains("metod")
                    .contains("method");

            awaitReload("REFUSED");
            assertThat(Files.readString(facility.state().resolve("hub.log"))).contains("metod");
            assertThat(startedRoutes().keySet()).isEqualTo(routes.keySet());
        } finally {
            Files.writeString(file, good);
        }
        awaitReload("APPLIED");
    }

    @Test
    void aMendedRouteAndAnEditedBeamlineAreTakenUpWithoutARestart() throws Exception {
        Path route = facility.home().resolve("routes/4-catalog.camel.yaml");
        String goodRoute = Files.readString(route);
        Files.writeString(
                route,
                goodRoute.replace(
                        "description: Every stored file is catalogued with what it says of itself.",
                        "description: Edited."));
        awaitReload("APPLIED");
        try (Jmx console = Jmx.connect(JMX)) {
            assertThat(console.get(Jmx.route("catalog"), "Description")).isEqualTo("Edited.");
        }

        facility.write("config/beamlines/new.yaml", "beamline: new\nstorage: file:" + facility.storage() + "\n");
        awaitReload("APPLIED");
        // The beamline is known now: all that is left to say is that the experiment is there.
        assertThat(create("name: known\nbeamline: new\n").err()).contains("exists already");

        Path properties = facility.home().resolve("config/application.properties");
        String goodProperties = Files.readString(properties);
        Files.writeString(properties, goodProperties + "\nclaim.delay = 400\n");
        awaitReload("REFUSED");
        try (Jmx console = Jmx.connect(JMX)) {
            assertThat(String.join("\n", (String[]) console.get(reload(), "LastMessages")))
                    .contains("application.properties")
                    .contains("restart the hub");
        }
        Files.writeString(properties, goodProperties);
        awaitReload("REFUSED");
        Files.delete(facility.home().resolve("config/beamlines/new.yaml"));
        awaitReload("APPLIED");
        Files.writeString(route, goodRoute);
        awaitReload("APPLIED");
    }

    @Test
    void aWorkflowThatNamesAnUnknownResourceIsRefusedByTheCheckTheReloadAndTheStart() throws Exception {
        Path file = facility.home().resolve("config/workflows/lost.yaml");
        try {
            facility.write("config/workflows/lost.yaml", """
                    name: lost
                    stages:
                      01-RUN:
                        on: polaris
                        command: "true"
                    """);
            Launcher.Outcome check = lightpipe.run("check");
            assertThat(check.status()).isEqualTo(1);
            assertThat(check.out()).contains("config/workflows/lost.yaml:4:").contains("polaris");

            awaitReload("REFUSED");

            Path other = directory.resolve("other");
            Launcher.Outcome run = lightpipe.run("run", "--state=" + other);
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err()).contains("lost.yaml:4:").contains("polaris").doesNotContain("\tat ");
            assertThat(other).doesNotExist();
        } finally {
            Files.delete(file);
        }
        awaitReload("APPLIED");
    }

    @Test
    void aWrongFormInTheInboxIsPutAsideWithItsReasons() throws Exception {
        Path inbox = facility.state().resolve("inbox");
        drop(inbox, "wrong.yaml", "name: a/b\nbeamline: demo\n");

        Path reasons = inbox.resolve("refused/wrong.yaml.txt");
        await().atMost(PATIENCE).until(() -> Files.exists(reasons) && Files.size(reasons) > 0);
        assertThat(reasons).content().contains("wrong.yaml:1: name: 'a/b' cannot be used as a name");
        await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("refused/wrong.yaml")));
        assertThat(inbox.resolve("wrong.yaml")).doesNotExist();
    }

    @Test
    void aGoodFormInTheInboxIsRecorded() throws Exception {
        Path inbox = facility.state().resolve("inbox");
        drop(inbox, "good.yaml", "name: posted\nbeamline: demo\nusers: [{name: ada}]\n");

        await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/good.yaml")));
        assertThat(experiments()).contains("posted");
        rows = new TreeMap<>(rows);
        rows.merge("experiment", 1L, Long::sum);
        rows.merge("experiment_user", 1L, Long::sum);
    }

    @Test
    void theCheckoutItselfIsClean() throws Exception {
        Launcher.Outcome check = lightpipe.run("check", "--home=" + Facility.checkout());
        assertThat(check.status()).as(check.out()).isZero();
        assertThat(check.out()).contains("nothing wrong found");
    }

    /** As a careful program puts a file there: under another name first. */
    private static void drop(Path inbox, String name, String form) throws IOException {
        Path temporary = Files.writeString(inbox.resolve("." + name + ".part"), form);
        Files.move(temporary, inbox.resolve(name));
    }

    private static Launcher.Outcome create(String form) throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("form.yaml"), form);
        return lightpipe.run("experiment", "create", file.toString(), "--state=" + facility.state());
    }

    private static String experiments() throws IOException, InterruptedException {
        return lightpipe
                .run("experiment", "list", "--state=" + facility.state())
                .out();
    }

    /** Waits for the next outcome of the reloader; it must be this one. */
    private void awaitReload(String outcome) throws Exception {
        await().atMost(PATIENCE).until(() -> !lastReload().equals(lastReload));
        lastReload = lastReload();
        try (Jmx console = Jmx.connect(JMX)) {
            assertThat(console.get(reload(), "LastOutcome"))
                    .as(String.join("\n", (String[]) console.get(reload(), "LastMessages")))
                    .isEqualTo(outcome);
        }
    }

    private static String lastReload() throws Exception {
        try (Jmx console = Jmx.connect(JMX)) {
            return (String) console.get(reload(), "LastTime");
        }
    }

    private static javax.management.ObjectName reload() throws javax.management.JMException {
        return new javax.management.ObjectName("org.lightpipe:type=Reload");
    }

    private static Map<String, Long> startedRoutes() throws Exception {
        Map<String, Long> started = new TreeMap<>();
        try (Jmx console = Jmx.connect(JMX)) {
            for (var name : console.find("org.apache.camel:context=lightpipe,type=routes,*")) {
                if ("Started".equals(console.get(name, "State"))) {
                    started.put((String) console.get(name, "RouteId"), console.number(name, "ExchangesTotal"));
                }
            }
        }
        return started;
    }

    private static int lineOf(Path file, String text) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return (int) lines.takeWhile(line -> !line.contains(text)).count() + 1;
        }
    }

    private static int freePort() {
        try {
            return HubProcess.freePort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
