package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.catalog.StepRoutes;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.TestConfiguration;
import org.lightpipe.config.LiveConfiguration;

/** Monitors as the catalog wants them, with the real template, on a real tree. */
class MonitorRoutesTest {

    private final TestCatalog catalog = TestCatalog.empty();
    private final CamelContext camel = new DefaultCamelContext();

    @TempDir
    private Path directory;

    private MonitorRoutes monitors;
    private long experiment;

    @BeforeEach
    void start() throws Exception {
        LiveConfiguration configuration =
                TestConfiguration.of(Path.of("/storage")).live();
        camel.getRegistry().bind("acquire", new Acquire(catalog.jdbc(), catalog.transactions(), configuration));
        StepRoutes.load(camel, catalog, catalog.work(), "templates/monitor");
        camel.start();
        monitors = new MonitorRoutes(camel, catalog.jdbc(), configuration);
        experiment = catalog.experiment("e1", "2-BM", "t");
        catalog.lane("2-BM", "2-BM");
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    private long daq(Path watched, String kind, String options) {
        long id = catalog.daq(experiment, watched);
        catalog.jdbc().update("update daq set kind = ?, options = ?::jsonb where id = ?", kind, options, id);
        return id;
    }

    private List<String> paths() {
        return catalog.jdbc().queryForList("select path from file order by path collate \"C\"", String.class);
    }

    private Map<String, Object> row(long daq) {
        return catalog.jdbc().queryForMap("select state, stopped_reason from daq where id = ?", daq);
    }

    private void awaitPaths(String... paths) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            monitors.reconcile();
            assertThat(paths()).containsExactly(paths);
        });
    }

    private LandingEndpoint endpoint(long daq) {
        return (LandingEndpoint) camel.getRoute(MonitorRoutes.PREFIX + daq).getEndpoint();
    }

    @Test
    void whatOneMonitorIsToldHoldsForIt() throws Exception {
        Path watched = Files.createDirectories(directory.resolve("a b&c%41+d#{{x}}é"));
        Files.createDirectories(watched.resolve("d/e"));
        for (String name : List.of("x.h5", "x.tif", "x,y.h5", ".h.h5", "d/x.h5", "d/e/x.h5", "p%41&+")) {
            Files.writeString(watched.resolve(name), "1");
        }
        long daq = daq(watched, "MONITOR", """
                {"include": ["*.{h5,nxs}", "p%41&+"], "exclude": ["x,*"], "hidden": true, "depth": 2, "quiet": "50ms",
                 "complete": "rename", "unit": "file", "events": "off"}
                """);
        monitors.reconcile();
        assertThat(endpoint(daq).getDirectoryName()).isEqualTo(watched.toString());
        assertThat(endpoint(daq).getInclude()).isEqualTo("*.{h5,nxs},p%41&+");
        assertThat(endpoint(daq).getExclude()).isEqualTo("x[,]*");
        awaitPaths(".h.h5", "d/x.h5", "p%41&+", "x.h5");
        assertThat(endpoint(daq).getMode()).isEqualTo("polling");
        assertThat(catalog.jdbc().queryForObject("select inode from file where path = 'x.h5'", Long.class))
                .isEqualTo(FileStatus.of(watched.resolve("x.h5")).inode());

        catalog.jdbc().update("update daq set options = '{\"depth\": 3}' where id = ?", daq);
        awaitPaths(".h.h5", "d/e/x.h5", "d/x.h5", "p%41&+", "x,y.h5", "x.h5", "x.tif");
    }

    @Test
    void anUploadIsDoneWhenEverythingIsTaken() throws Exception {
        Files.writeString(directory.resolve("a"), "1");
        Files.createDirectory(directory.resolve("d"));
        Files.writeString(directory.resolve("d/b"), "1");
        long daq = daq(directory, "UPLOAD", "{\"existing\": \"ignore\", \"quiet\": \"10ms\"}");
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            monitors.reconcile();
            assertThat(row(daq))
                    .containsEntry("state", "DONE")
                    .containsEntry("stopped_reason", "everything that was there is taken");
        });
        assertThat(paths()).containsExactly("a", "d/b");
        assertThat(camel.getRoute(MonitorRoutes.PREFIX + daq)).isNull();
        Files.writeString(directory.resolve("late"), "1");
        monitors.reconcile();
        assertThat(camel.getRoutes()).isEmpty();
    }

    @Test
    void aMonitorEndsWhenItsTimeIsOver() throws Exception {
        long runs = daq(Files.createDirectory(directory.resolve("1")), "MONITOR", "{\"maxRuntime\": \"1h\"}");
        long until = daq(
                Files.createDirectory(directory.resolve("2")),
                "MONITOR",
                "{\"until\": \"" + Instant.now().minusSeconds(1) + "\"}");
        monitors.reconcile();
        assertThat(row(runs)).containsEntry("state", "RUNNING");
        assertThat(row(until)).containsEntry("state", "DONE");
        assertThat(row(until).get("stopped_reason").toString()).startsWith("it was to run until 20");
        catalog.jdbc().update("update daq set started_at = now() - interval '61 minutes' where id = ?", runs);
        monitors.reconcile();
        assertThat(row(runs))
                .containsEntry("state", "DONE")
                .containsEntry("stopped_reason", "it was to run for 3600 s");
        assertThat(camel.getRoutes()).isEmpty();
    }

    @Test
    void whileTheStorageIsFullNothingIsTakenIn() throws Exception {
        long daq = daq(directory, "MONITOR", "{\"quiet\": \"10ms\"}");
        monitors.reconcile();
        assertThat(camel.getRoutes()).hasSize(1);
        catalog.jdbc().update("update storage_state set full_since = now(), reason = 'only 1 GB left'");
        monitors.reconcile();
        assertThat(camel.getRoutes()).isEmpty();
        assertThat(row(daq)).as("it waits, it does not end").containsEntry("state", "RUNNING");
        Files.writeString(directory.resolve("a"), "1");
        monitors.reconcile();
        assertThat(paths()).isEmpty();
        catalog.jdbc().update("update storage_state set full_since = null");
        awaitPaths("a");
    }

    /** A copy that has no room waits by itself; the first storage takes what comes. */
    @Test
    void aFullStorageOfCopiesHoldsNobodyUp() throws Exception {
        catalog.jdbc().update("insert into storage_state (storage, full_since) values ('second', now())");
        catalog.jdbc().update("insert into lane values ('2-BM', 'second', true)");
        daq(directory, "MONITOR", "{}");
        monitors.reconcile();
        assertThat(camel.getRoutes()).hasSize(1);
    }

    @Test
    void optionsThatCannotBeHoldOnlyTheirMonitor() throws Exception {
        long wrong = daq(Files.createDirectory(directory.resolve("1")), "MONITOR", "{\"quiet\": 5}");
        long right = daq(Files.createDirectory(directory.resolve("2")), "MONITOR", "{}");
        monitors.reconcile();
        assertThat(camel.getRoute(MonitorRoutes.PREFIX + wrong)).isNull();
        assertThat(camel.getRoute(MonitorRoutes.PREFIX + right)).isNotNull();
        assertThat(row(wrong)).containsEntry("state", "RUNNING");
    }

    @Test
    void filesThatWereThereBeforeTheMonitorAreIgnoredAfterARestartToo() throws Exception {
        Path old = Files.writeString(directory.resolve("old"), "1");
        long daq =
                daq(directory, "MONITOR", "{\"existing\": \"ignore\", \"quiet\": \"10ms\", \"complete\": \"rename\"}");
        catalog.jdbc()
                .update(
                        "update daq set started_at = ?::timestamptz where id = ?",
                        Instant.ofEpochSecond(0, FileStatus.of(old).ctimeNs() + 5_000_000)
                                .toString(),
                        daq);
        writeLater(directory.resolve("meanwhile"), FileStatus.of(old).ctimeNs() + 10_000_000);
        awaitPaths("meanwhile");
    }

    private static void writeLater(Path file, long ctimeNs) {
        await().until(() -> {
            Files.writeString(file, "1");
            return FileStatus.of(file).ctimeNs() > ctimeNs;
        });
    }
}
