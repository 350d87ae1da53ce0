package org.lightpipe.hub.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.config.Configuration;
import org.lightpipe.config.ConfigurationReader;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.core.Findings;
import org.lightpipe.hub.check.RouteChecker;
import org.lightpipe.hub.reload.ReloadReport.Outcome;

class SafeReloaderTest {

    private static final Duration AT_MOST = Duration.ofSeconds(20);

    private static final String FIRST = """
            - route:
                id: first
                description: Answers.
                from:
                  uri: direct:first
                  steps:
                    - setBody:
                        constant: one
            - route:
                id: second
                description: Answers, too.
                from:
                  uri: direct:second
                  steps:
                    - setBody:
                        constant: two
            """;

    private static final String THIRD = """
            - route:
                id: third
                description: Waits.
                from:
                  uri: seda:third
                  parameters:
                    pollTimeout: 50
                  steps:
                    - bean:
                        ref: gate
                        method: pass
            """;

    private static final String CONFIGURED = """
            - routeConfiguration:
                id: held
                onException:
                  - onException:
                      exception:
                        - java.lang.Exception
                      handled:
                        constant: "true"
                      steps:
                        - setBody:
                            constant: held
            """;

    private static final String FAILING = """
            - route:
                id: failing
                description: Always fails.
                routeConfigurationId: held
                from:
                  uri: direct:failing
                  steps:
                    - throwException:
                        exceptionType: java.lang.IllegalStateException
                        message: no
            - templatedRoute:
                routeTemplateRef: answer
                routeId: templated
                parameters:
                  - name: word
                    value: tem
            - route:
                id: shouting
                description: Uses a Kamelet.
                from:
                  uri: direct:shouting
                  steps:
                    - to:
                        uri: kamelet:shout
                    - setHeader:
                        name: mark
                        constant: x
            """;

    private static final String TEMPLATE = """
            - routeTemplate:
                id: answer
                parameters:
                  - name: word
                from:
                  uri: direct:templated
                  steps:
                    - setBody:
                        constant: "{{word}}plated"
            """;

    private static final String KAMELET = """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata:
              name: shout
            spec:
              definition:
                title: Shout
              template:
                from:
                  uri: kamelet:source
                  steps:
                    - setBody:
                        constant: HEY
            """;

    /** Holds an exchange until it is told to let it go. */
    public static final class Gate {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        /** Called by a route. */
        public void pass() throws InterruptedException {
            entered.countDown();
            open.await(AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Made by a route file. */
    public static final class Word {
        private String word = "";

        public void setWord(String word) {
            this.word = word;
        }

        /** Called by a route. */
        public String say() {
            return word;
        }
    }

    @TempDir
    Path home;

    private final Gate gate = new Gate();
    private final Main main = new Main();
    private final List<ReloadReport> audit = new CopyOnWriteArrayList<>();
    private final LiveConfiguration configuration =
            new LiveConfiguration(new Configuration(Map.of(), Map.of(), Map.of()));
    private CamelContext live;
    private ProducerTemplate producer;
    private SafeReloader reloader;

    @BeforeEach
    void startHub() throws Exception {
        Files.createDirectories(home.resolve("routes/templates"));
        Files.createDirectories(home.resolve("config/beamlines"));
        write("routes/1-first.camel.yaml", FIRST);
        write("routes/3-third.camel.yaml", THIRD);
        write("routes/0-configured.camel.yaml", CONFIGURED);
        write("routes/4-failing.camel.yaml", FAILING);
        write("routes/templates/answer.camel.yaml", TEMPLATE);
        write("routes/templates/shout.kamelet.yaml", KAMELET);
        write("config/application.properties", "x=1\n");
        write("config/resources.yaml", "resources:\n  local:\n    type: local\n");
        main.bind("gate", gate);
        main.configure()
                .withRoutesIncludePattern(
                        "file:" + home + "/routes/*.camel.yaml,file:" + home + "/routes/templates/*.yaml");
        main.addInitialProperty("camel.main.startupSummaryLevel", "Off");
        main.addInitialProperty("camel.threadpool.config[few-threads].pool-size", "1");
        main.start();
        live = main.getCamelContext();
        producer = live.createProducerTemplate();
        reloader = reloader(Duration.ofHours(1));
    }

    private SafeReloader reloader(Duration interval) throws IOException {
        SafeReloader made = new SafeReloader(
                live,
                new SafeReloader.Settings(
                        home.resolve("routes"), home.resolve("config"), interval, Duration.ofMillis(300)),
                new RouteChecker(
                        name -> live.getPropertiesComponent().resolveProperty(name),
                        Map.of("gate", Gate.class, "few-threads", Object.class),
                        SafeReloaderTest.class.getClassLoader()),
                new ConfigurationReader(home.resolve("config"), text -> text)::read,
                configuration,
                audit::add);
        made.start();
        return made;
    }

    @AfterEach
    void stopHub() {
        gate.open.countDown();
        reloader.close();
        main.stop();
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(home.resolve(file), text);
    }

    private String ask(String endpoint) {
        return producer.requestBody(endpoint, "", String.class);
    }

    private ReloadReport edit(String file, String text) throws IOException {
        write(file, text);
        return reloader.checkNow().orElseThrow();
    }

    private void assertAllRun() {
        assertThat(ask("direct:first")).isEqualTo("one");
        assertThat(ask("direct:second")).isEqualTo("two");
        assertThat(ask("direct:failing")).isEqualTo("held");
        assertThat(ask("direct:templated")).isEqualTo("templated");
        assertThat(ask("direct:shouting")).isEqualTo("HEY");
        assertThat(RoutesWantedCheck.missing(live, reloader.wantedRoutes())).isEmpty();
        assertThat(reloader.wantedRoutes())
                .containsExactlyInAnyOrder("first", "second", "third", "failing", "templated", "shouting");
    }

    @Test
    void runsWhatWasLoaded() {
        assertAllRun();
        assertThat(reloader.last()).isEmpty();
        assertThat(reloader.checkNow()).as("nothing changed").isEmpty();
    }

    @Test
    void replacesOnlyTheRouteThatChanged() throws IOException {
        Route untouched = live.getRoute("second");

        ReloadReport report = edit("routes/1-first.camel.yaml", FIRST.replace("constant: one", "constant: eins"));

        assertThat(report.messages()).containsExactly("routes in force: first");
        assertThat(report.outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(report.changedFiles()).containsExactly("routes/1-first.camel.yaml");
        assertThat(ask("direct:first")).isEqualTo("eins");
        assertThat(live.getRoute("second")).isSameAs(untouched);
        assertThat(live.getRoute("first").getSourceLocationShort()).endsWith("1-first.camel.yaml:5");
        assertThat(audit).containsExactly(report);
    }

    @Test
    void routesMayUseThreadPoolsThatThePropertiesDeclare() throws IOException {
        String split = """
                split:
                            expression:
                              constant:
                                expression: one
                            parallelProcessing: true
                            executorService: few-threads
                            steps:
                              - setBody:
                                  constant: one""";

        ReloadReport report =
                edit("routes/1-first.camel.yaml", FIRST.replace("setBody:\n            constant: one", split));

        assertThat(report.messages()).containsExactly("routes in force: first");
        assertThat(RoutesWantedCheck.missing(live, reloader.wantedRoutes())).isEmpty();
    }

    @Test
    void addsAndRemovesRoutes() throws IOException {
        ReloadReport added = edit(
                "routes/5-more.camel.yaml",
                FIRST.replace("first", "fourth").replace("second", "fifth").replace("two", "five"));
        assertThat(added.messages()).containsExactly("routes in force: fifth, fourth");
        assertThat(ask("direct:fifth")).isEqualTo("five");

        Files.delete(home.resolve("routes/5-more.camel.yaml"));
        ReloadReport removed = reloader.checkNow().orElseThrow();

        assertThat(removed.messages()).containsExactly("routes removed: fifth, fourth");
        assertThat(live.getRoute("fifth")).isNull();
        assertAllRun();
    }

    @Test
    void keepsWhatRanWhenTheTextIsNotYaml() throws IOException {
        ReloadReport report = edit("routes/1-first.camel.yaml", FIRST.replace("uri: direct:first", "uri: \"direct"));

        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.messages())
                .anyMatch(text -> text.matches("routes/1-first.camel.yaml:\\d+: .*not valid YAML.*"));
        assertAllRun();
    }

    /** The case in which Camel's own reload stops the old route and stays healthy. */
    @Test
    void keepsWhatRanWhenAnOptionIsWrong() throws IOException {
        String wrong =
                FIRST.replace("uri: direct:first\n", "uri: timer:first\n      parameters:\n        perod: 1000\n");

        ReloadReport report = edit("routes/1-first.camel.yaml", wrong);

        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.messages())
                .containsExactly("routes/1-first.camel.yaml:7: from.parameters.perod: is not an option of timer"
                        + " (did you mean 'period'?)");
        assertAllRun();
    }

    @Test
    void keepsWhatRanWhenABeanIsUnknown() throws IOException {
        ReloadReport report = edit("routes/3-third.camel.yaml", THIRD.replace("ref: gate", "ref: gaet"));

        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.messages()).singleElement().asString().contains("bean 'gaet' is not known");
        assertAllRun();
    }

    @Test
    void keepsWhatRanWhenOnlyCamelCanTell() throws IOException {
        String wrong = FIRST.replace(
                "constant: one", "language:\n              language: klingon\n              expression: nuqneH");

        ReloadReport report = edit("routes/1-first.camel.yaml", wrong);

        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.messages())
                .singleElement()
                .asString()
                .startsWith("Camel refuses it:")
                .contains("klingon");
        assertAllRun();
    }

    /** The probe component's consumer only fails when it starts: nobody can tell before. */
    @Test
    void bringsBackWhatRanWhenTheNewRouteDoesNotStart() throws IOException {
        String wrong =
                FIRST.replace("uri: direct:first", "uri: probe:statistics").replace("constant: two", "constant: zwei");

        ReloadReport report = edit("routes/1-first.camel.yaml", wrong);

        assertThat(report.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(report.messages())
                .contains("the routes that ran before run again")
                .anyMatch(text -> text.contains("the probe does not start"));
        assertAllRun();

        ReloadReport mended = edit("routes/1-first.camel.yaml", FIRST);
        assertThat(mended.outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(mended.messages()).containsExactly("the files are again those in force");
        assertAllRun();
    }

    @Test
    void saysSoAndTriesAgainWhenWhatRanCannotBeBroughtBack() throws IOException {
        Path inbox = Files.createDirectory(home.resolve("inbox"));
        String files = FIRST.replace("first", "files")
                .replace("second", "other")
                .replace(
                        "uri: direct:files\n",
                        "uri: file:" + inbox + "\n      parameters:\n        startingDirectoryMustExist: true\n"
                                + "        autoCreate: false\n");
        assertThat(edit("routes/5-files.camel.yaml", files).outcome()).isEqualTo(Outcome.APPLIED);
        Files.delete(inbox);

        ReloadReport report = edit(
                "routes/5-files.camel.yaml",
                files.replace("file:" + inbox, "probe:statistics")
                        .replaceAll(" +parameters:\n.*\n.*\n", "")
                        .replace("constant: two", "constant: zwei"));

        assertThat(report.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(report.messages()).anyMatch(text -> text.startsWith("not running: files"));
        assertThat(RoutesWantedCheck.missing(live, reloader.wantedRoutes())).containsExactly("files (Stopped)");
        assertThat(ask("direct:other")).as("its neighbour").isEqualTo("two");

        Files.createDirectory(inbox);
        reloader.checkNow();
        assertThat(RoutesWantedCheck.missing(live, reloader.wantedRoutes())).isEmpty();
    }

    @Test
    void takesAlongTheRoutesOfARouteConfiguration() throws IOException {
        Route untouched = live.getRoute("first");

        ReloadReport report =
                edit("routes/0-configured.camel.yaml", CONFIGURED.replace("constant: held", "constant: kept"));

        assertThat(report.messages()).containsExactly("routes in force: failing");
        assertThat(ask("direct:failing")).isEqualTo("kept");
        assertThat(live.getRoute("first")).isSameAs(untouched);
    }

    @Test
    void takesAlongTheRoutesOfATemplate() throws IOException {
        ReloadReport report =
                edit("routes/templates/answer.camel.yaml", TEMPLATE.replace("{{word}}plated", "{{word}}per"));

        assertThat(report.messages()).containsExactly("routes in force: templated");
        assertThat(ask("direct:templated")).isEqualTo("temper");
    }

    @Test
    void takesAlongTheRoutesOfAKamelet() throws IOException {
        int routes = live.getRoutesSize();

        ReloadReport report = edit("routes/templates/shout.kamelet.yaml", KAMELET.replace("HEY", "HO"));

        assertThat(report.messages()).containsExactly("routes in force: shouting");
        assertThat(ask("direct:shouting")).isEqualTo("HO");
        assertThat(live.getRoutesSize()).as("no left-over of the old Kamelet").isEqualTo(routes);
    }

    @Test
    void takesAlongTheRoutesOfABean() throws IOException {
        String beans = "- beans:\n    - name: greeting\n      type: \"#class:" + Word.class.getName() + "\"\n"
                + "      properties:\n        word: alpha\n";
        String user = FIRST.replace("first", "user")
                .replace("second", "other")
                .replace(
                        "- setBody:\n            constant: one",
                        "- bean:\n            ref: greeting\n            method: say");
        write("routes/6-user.camel.yaml", user);
        assertThat(edit("routes/5-beans.camel.yaml", beans).outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(ask("direct:user")).isEqualTo("alpha");

        ReloadReport report = edit("routes/5-beans.camel.yaml", beans.replace("alpha", "beta"));

        assertThat(report.messages()).containsExactly("routes in force: user");
        assertThat(ask("direct:user")).isEqualTo("beta");
    }

    @Test
    void doesNotBreakOffWhatARouteHasBegun() throws Exception {
        producer.sendBody("seda:third", "");
        assertThat(gate.entered.await(AT_MOST.toMillis(), TimeUnit.MILLISECONDS))
                .isTrue();
        String edited = THIRD + "        - log: done\n";

        ReloadReport busy = edit("routes/3-third.camel.yaml", edited);
        assertThat(busy.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(busy.messages()).singleElement().asString().contains("route 'third' has been busy");
        assertAllRun();
        producer.sendBody("seda:third", "");

        gate.open.countDown();
        assertThat(reloader.checkNow().orElseThrow().outcome()).isEqualTo(Outcome.APPLIED);
        assertAllRun();
    }

    /** Camel's own stop with a time limit leaves such a route started but deaf. */
    @Test
    void opensTheEntryAgainWhenARouteIsTooBusy() throws Exception {
        String gated = THIRD.replace("id: third", "id: gated")
                .replaceAll("uri: seda:third\n +parameters:\n.*\n", "uri: direct:gated\n");
        assertThat(edit("routes/5-gated.camel.yaml", gated).outcome()).isEqualTo(Outcome.APPLIED);
        producer.asyncSendBody("direct:gated", "");
        assertThat(gate.entered.await(AT_MOST.toMillis(), TimeUnit.MILLISECONDS))
                .isTrue();

        ReloadReport busy = edit("routes/5-gated.camel.yaml", gated + "        - log: done\n");

        assertThat(busy.messages()).singleElement().asString().contains("route 'gated' has been busy");
        gate.open.countDown();
        assertThat(producer.asyncRequestBody("direct:gated", "taken in", String.class)
                        .get(AT_MOST.toMillis(), TimeUnit.MILLISECONDS))
                .isEqualTo("taken in");
        assertThat(RoutesWantedCheck.missing(live, reloader.wantedRoutes())).isEmpty();
    }

    @Test
    void ignoresCommentsAndLayout() throws IOException {
        Route untouched = live.getRoute("first");

        ReloadReport report = edit("routes/1-first.camel.yaml", "# a comment\n\n" + FIRST);

        assertThat(report.messages()).containsExactly("only comments or layout changed");
        assertThat(live.getRoute("first")).isSameAs(untouched);
    }

    @Test
    void replacesTheConfigurationWhenItIsRight() throws IOException {
        ReloadReport wrong = edit("config/beamlines/x.yaml", "beamline: x\nstorage: ftp:/nowhere\n");
        assertThat(wrong.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(wrong.messages()).anyMatch(text -> text.contains("x.yaml:2"));
        assertThat(configuration.get().beamlines()).isEmpty();

        ReloadReport right = edit("config/beamlines/x.yaml", "beamline: x\nstorage: file:/data\n");
        assertThat(right.messages()).containsExactly("configuration replaced");
        assertThat(configuration.get().beamlines()).containsKey("x");
        assertAllRun();
    }

    @Test
    void changesNothingWhenOnlyOneOfTwoEditsIsRight() throws IOException {
        write("config/beamlines/x.yaml", "beamline: x\nstorage: file:/data\n");

        ReloadReport report = edit("routes/1-first.camel.yaml", FIRST.replace("setBody", "setBdy"));

        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(configuration.get().beamlines()).isEmpty();
        assertAllRun();
    }

    @Test
    void saysThatPropertiesNeedARestart() throws IOException {
        ReloadReport report = edit("config/application.properties", "x=2\n");

        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.messages()).singleElement().asString().contains("restart the hub");
    }

    @Test
    void noticesByItselfAndTellsOnce() throws Exception {
        reloader.close();
        reloader = reloader(Duration.ofMillis(50));

        write("routes/1-first.camel.yaml", FIRST.replace("constant: one", "constant: eins"));
        await().atMost(AT_MOST).until(() -> ask("direct:first").equals("eins"));

        write("routes/1-first.camel.yaml", FIRST.replace("setBody", "setBdy"));
        await().atMost(AT_MOST).until(() -> audit.size() == 2);
        assertThat(ask("direct:first")).isEqualTo("eins");

        write("routes/1-first.camel.yaml", FIRST);
        await().atMost(AT_MOST).until(() -> audit.size() == 3);
        assertThat(audit)
                .extracting(ReloadReport::outcome)
                .containsExactly(Outcome.APPLIED, Outcome.REFUSED, Outcome.APPLIED);
        assertAllRun();
    }

    @Test
    void isSeenInJmx() throws Exception {
        ObjectName name = new ObjectName("org.lightpipe:type=Reload");
        var server = ManagementFactory.getPlatformMBeanServer();
        assertThat(server.getAttribute(name, "LastOutcome")).isEqualTo("NONE");
        write("routes/1-first.camel.yaml", FIRST.replace("constant: one", "constant: eins"));

        assertThat(server.invoke(name, "checkNow", new Object[0], new String[0]))
                .isEqualTo("APPLIED");

        assertThat(server.getAttribute(name, "LastOutcome")).isEqualTo("APPLIED");
        assertThat((String[]) server.getAttribute(name, "LastMessages")).containsExactly("routes in force: first");
        reloader.close();
        assertThat(server.isRegistered(name)).isFalse();
    }

    @Test
    void isDownWhenAWantedRouteIsNotRunning() throws Exception {
        RoutesWantedCheck check = new RoutesWantedCheck(reloader::wantedRoutes);
        check.setCamelContext(live);
        assertThat(check.call().getState()).isEqualTo(HealthCheck.State.UP);

        live.getRouteController().stopRoute("first");
        live.removeRoute("first");
        live.getRouteController().stopRoute("second");

        HealthCheck.Result result = check.call();
        assertThat(result.getState()).isEqualTo(HealthCheck.State.DOWN);
        assertThat(result.getMessage()).contains("not running: first (gone), second (Stopped)");
    }

    /** Built aside, the component finds the hub's data source as it does in the hub. */
    @Test
    void buildsAsideWithTheBeansOfTheHub() throws IOException {
        String sql = FIRST.replace("first", "asking")
                .replace("second", "other")
                .replace("- setBody:\n            constant: one", "- to:\n            uri: sql:select 1");
        assertThat(edit("routes/9-sql.camel.yaml", sql).messages())
                .as("without a data source")
                .anyMatch(text -> text.contains("Camel refuses it"));

        live.getRegistry().bind("dataSource", javax.sql.DataSource.class, new org.postgresql.ds.PGSimpleDataSource());

        assertThat(reloader.checkNow().orElseThrow().messages()).containsExactly("routes in force: asking, other");
        assertAllRunBesides("asking", "other");
    }

    private void assertAllRunBesides(String... others) {
        assertThat(reloader.wantedRoutes()).contains(others).contains("first", "second", "third");
        assertThat(RoutesWantedCheck.missing(live, reloader.wantedRoutes())).isEmpty();
    }

    /** A feeder that was started aside would take work away from the hub. */
    @Test
    void startsNoFeederAside() throws Exception {
        write(
                "routes/templates/shout.kamelet.yaml",
                KAMELET.replace("kamelet:source", "probe:statistics")
                        .replace("constant: HEY", "constant: HEY\n        - to: kamelet:sink"));
        write(
                "routes/4-failing.camel.yaml",
                FAILING.replace("direct:shouting", "kamelet:shout")
                        .replace("uri: kamelet:shout\n        - setHeader", "uri: log:x\n        - setHeader"));

        assertThat(new ShadowContext(live)
                        .build(org.lightpipe.hub.check.RouteTexts.read(home.resolve("routes"), new Findings())))
                .contains("shouting");
        assertThat(reloader.checkNow().orElseThrow().messages())
                .as("in the hub it would have started")
                .anyMatch(text -> text.contains("the probe does not start"));
        write("routes/templates/shout.kamelet.yaml", KAMELET);
        write("routes/4-failing.camel.yaml", FAILING);
        assertAllRun();
    }

    @Test
    void replacesARouteThatAKameletFeeds() throws IOException {
        write(
                "routes/templates/pulse.kamelet.yaml",
                KAMELET.replace("shout", "pulse")
                        .replace("kamelet:source", "timer:pulse")
                        .replace("constant: HEY", "constant: HEY\n        - to: kamelet:sink"));
        String fed = FIRST.substring(0, FIRST.indexOf("- route:\n    id: second"))
                .replace("id: first", "id: fed")
                .replace("uri: direct:first", "uri: kamelet\n      parameters:\n        templateId: pulse")
                .replace("constant: one", "constant: one\n        - to: seda:heard");
        String ears = FIRST.substring(0, FIRST.indexOf("- route:\n    id: second"))
                .replace("id: first", "id: ears")
                .replace("uri: direct:first", "uri: seda:heard");
        write("routes/5-ears.camel.yaml", ears);
        assertThat(edit("routes/5-fed.camel.yaml", fed).messages()).containsExactly("routes in force: ears, fed");
        int routes = live.getRoutesSize();

        ReloadReport report = edit("routes/5-fed.camel.yaml", fed.replace("constant: one", "constant: eins"));

        assertThat(report.messages()).containsExactly("routes in force: fed");
        assertThat(live.getRoutesSize()).isEqualTo(routes);
        assertThat(reloader.wantedRoutes()).contains("fed", "ears").doesNotContain("pulse-1");
    }

    /** Written as JSON, the items cannot be told apart by lines. */
    @Test
    void replacesAWholeFileThatCannotBeTakenApart() throws IOException {
        String json =
                "[{\"route\": {\"id\": \"j1\", \"description\": \"x\", \"from\": {\"uri\": \"direct:j1\", \"steps\":"
                        + " [{\"setBody\": {\"constant\": \"a\"}}]}}}, {\"route\": {\"id\": \"j2\", \"description\": \"x\","
                        + " \"from\": {\"uri\": \"direct:j2\", \"steps\": [{\"setBody\": {\"constant\": \"b\"}}]}}}]\n";
        assertThat(edit("routes/7-json.camel.yaml", json).messages()).containsExactly("routes in force: j1, j2");

        ReloadReport report = edit("routes/7-json.camel.yaml", json.replace("\"a\"", "\"c\""));

        assertThat(report.messages()).containsExactly("routes in force: j1, j2");
        assertThat(ask("direct:j1") + ask("direct:j2")).isEqualTo("cb");
    }

    @Test
    void refusesToReplaceRoutesThatAreMeltedWithRest() throws IOException {
        String rest = "- rest:\n    path: /x\n    get:\n      - path: /y\n        to: direct:first\n";

        ReloadReport report = edit("routes/8-rest.camel.yaml", rest);

        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.messages()).singleElement().asString().contains("set camel.rest.inlineRoutes = false");
        assertAllRun();
    }

    @Test
    void buildingAsideLeavesTheHubAlone() throws Exception {
        int threads = Thread.activeCount();
        Route first = live.getRoute("first");
        for (int i = 0; i < 3; i++) {
            new ShadowContext(live)
                    .build(org.lightpipe.hub.check.RouteTexts.read(home.resolve("routes"), new Findings()));
        }
        assertThat(live.getRoute("first")).isSameAs(first);
        assertAllRun();
        await().atMost(AT_MOST).until(() -> Thread.activeCount() <= threads + 1);
    }
}
