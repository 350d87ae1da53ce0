package org.lightpipe.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.Held;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.StepStatus;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.Work;

class HubFilesTest {

    @TempDir
    private Path directory;

    private Properties properties(String text, Map<String, String> environment, Map<String, String> overrides)
            throws Exception {
        Files.createDirectories(directory.resolve("config"));
        Files.writeString(directory.resolve("config/application.properties"), text);
        return Properties.read(
                new HubOptions(directory, directory.resolve("state"), Optional.empty(), overrides, Optional.empty()),
                environment::get);
    }

    @Test
    void placeholdersAreResolved() throws Exception {
        Properties properties = properties(
                "a=1\nb={{a}}{{a}}\nc={{no:{{b}}}}\nd={{env:X}}-{{env:Y:none}}\nloop=x{{loop}}\nurl={{none:http://h:1/}}\n",
                Map.of("X", "from-x"),
                Map.of());

        assertThat(properties.get("b", "")).isEqualTo("11");
        assertThat(properties.get("c", "")).isEqualTo("11");
        assertThat(properties.get("d", "")).isEqualTo("from-x-none");
        assertThat(properties.get("url", "")).isEqualTo("http://h:1/");
        assertThat(properties.get("absent", "otherwise")).isEqualTo("otherwise");
        assertThat(properties.resolve("{{a}}".repeat(100))).isEqualTo("1".repeat(100));
        assertThatThrownBy(() -> properties.get("loop", "")).hasMessageContaining("refers to itself");
        assertThatThrownBy(() -> properties.resolve("{{nope}}")).hasMessage("property 'nope' is not defined");
        assertThatThrownBy(() -> properties.resolve("{{env:NOPE}}"))
                .hasMessage("environment variable 'NOPE' is not defined");
        assertThat(properties.get("lightpipe.home", "")).isEqualTo(directory.toString());
    }

    @Test
    void theCommandLineIsOverSystemPropertiesOverTheEnvironmentOverTheFile() throws Exception {
        Map<String, String> environment = Map.of("X_ONE", "env", "X_TWO", "env", "X_THREE_A", "env");
        System.setProperty("x.two", "system");
        try {
            Properties properties = properties(
                    "x.one=file\nx.two=file\nx.three-a=file\nx.four=file\nx.five=file\n",
                    environment,
                    Map.of("x.five", "given", "x.three-a", "given"));

            assertThat(properties.get("x.one", "")).isEqualTo("env");
            assertThat(properties.get("x.two", "")).isEqualTo("system");
            assertThat(properties.get("x.three-a", "")).isEqualTo("given");
            assertThat(properties.get("x.four", "")).isEqualTo("file");
            assertThat(properties.get("x.five", "")).isEqualTo("given");
        } finally {
            System.clearProperty("x.two");
        }
    }

    @Test
    void aProfileThatIsNotThereIsTold() throws Exception {
        properties("a=1\n", Map.of(), Map.of());
        assertThatThrownBy(() -> Properties.read(
                        new HubOptions(directory, directory, Optional.of("night"), Map.of(), Optional.empty()),
                        name -> null))
                .hasMessageContaining("there is no profile 'night'");
    }

    @Test
    void aRateIsOfTheLastMinute() {
        AtomicLong count = new AtomicLong(100);
        AtomicLong clock = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30));
        Rate rate = new Rate(count::get, clock::get);
        for (int second = 0; second < 200; second++) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
            count.addAndGet(2);
            rate.sample();
        }
        assertThat(rate.perMinute()).isEqualTo(120);
        for (int second = 0; second < 61; second++) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
            rate.sample();
        }
        assertThat(rate.perMinute()).isZero();
    }

    @Test
    void theOperatorsTokenIsForItsUserAloneAndEndsTheOneBefore() throws Exception {
        OperatorToken token = new OperatorToken(directory);
        List<String> ended = new ArrayList<>();

        token.renew(() -> "one", ended::add);
        Path file = directory.resolve("operator.token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        token.renew(() -> "two", ended::add);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(token.read()).isEqualTo("two");
        assertThat(ended).containsExactly("one");
        assertThat(directory.resolve(".operator.token.part")).doesNotExist();
    }

    @Test
    void theHubsFileIsOfALivingProcess() throws Exception {
        HubFile file = new HubFile(directory);
        assertThat(file.url()).isEmpty();
        file.write("http://127.0.0.1:1");
        assertThat(file.url()).contains("http://127.0.0.1:1");
        assertThat(file.process()).contains(ProcessHandle.current());
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.writeString(directory.resolve("hub.json"), "{\"url\":\"http://x\",\"pid\":" + gone.pid() + "}");
        assertThat(file.url()).isEmpty();
        file.remove();
        file.remove();
        assertThat(file.process()).isEmpty();
    }

    @Test
    void aStepIsSteeredOverJmx() throws Exception {
        TestCatalog catalog = TestCatalog.empty();
        long dataset = catalog.dataset(catalog.experiment("e", "2-BM", "t"), "scan", "{}");
        long id = catalog.file(dataset, "a", Map.of());
        hold(catalog);
        Work work = catalog.work();
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("org.lightpipe.test:type=Step,name=transfer");
        catalog.lane("2-BM", "2-BM");
        server.registerMBean(
                new StepControl(
                        Step.TRANSFER,
                        work,
                        new StepStatus(catalog.jdbc()),
                        new Held(catalog.jdbc()),
                        new Audit(catalog.jdbc()),
                        new Rate(() -> work.doneCount(Step.TRANSFER), System::nanoTime)),
                name);
        try {
            assertThat(server.getAttribute(name, "Failed")).isEqualTo(1L);
            server.invoke(name, "pause", null, null);
            assertThat(server.getAttribute(name, "Paused")).isEqualTo(true);
            assertThat((String[]) server.invoke(name, "held", null, null)).containsExactly(id + " e/a: disk full");
            assertThat(server.invoke(name, "retryReason", new Object[] {"no*"}, new String[] {"java.lang.String"}))
                    .isEqualTo(0);
            assertThat(server.invoke(name, "retry", new Object[] {new long[0]}, new String[] {"[J"}))
                    .isEqualTo(0);
            assertThat(server.invoke(name, "retry", new Object[] {new long[] {id}}, new String[] {"[J"}))
                    .isEqualTo(1);
            hold(catalog);
            assertThat(server.invoke(name, "retryReason", new Object[] {"disk*"}, new String[] {"java.lang.String"}))
                    .isEqualTo(1);
            hold(catalog);
            assertThat(server.invoke(name, "retryFailed", null, null)).isEqualTo(1);
            assertThat(catalog.claim(Step.TRANSFER)).isEmpty();
            server.invoke(name, "resume", null, null);
            assertThat(server.getAttribute(name, "Backlog")).isEqualTo(1L);
            assertThat(catalog.claim(Step.TRANSFER).get(0)).containsEntry("id", id);
            assertThat(work.done(Step.TRANSFER, id)).isTrue();
            assertThat(server.getAttribute(name, "Done")).isEqualTo(1L);
            assertThat(server.getAttribute(name, "RatePerMinute")).isEqualTo(1L);
        } finally {
            server.unregisterMBean(name);
        }
    }

    private static void hold(TestCatalog catalog) {
        catalog.jdbc().update("update file set state = 'FAILED', failed_from = 'DETECTED', reason = 'disk full'");
    }
}
