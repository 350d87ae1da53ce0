package org.lightpipe.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.acquire.Acquire;
import org.lightpipe.acquire.LandedFile;
import org.lightpipe.catalog.Hints;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.StepRoutes;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.TestConfiguration;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.storage.Storages;

/** The route file of step 4 as it is, and its batches, with a real catalog and files. */
class CataloguerTest {

    private final TestCatalog catalog = TestCatalog.empty();
    private final Work work = catalog.work(2);
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final Hints hints = new Hints();

    @TempDir
    private Path directory;

    private Path data;
    private LiveConfiguration configuration;
    private Acquire acquire;
    private Cataloguer cataloguer;
    private long daq;

    @BeforeEach
    void storage() throws IOException {
        data = Files.createDirectories(directory.resolve("storage/e1/data/scan"));
        configuration = TestConfiguration.of(directory.resolve("storage")).live();
        acquire = new Acquire(catalog.jdbc(), catalog.transactions(), configuration, hints);
        cataloguer =
                new Cataloguer(catalog.jdbc(), catalog.transactions(), work, configuration, new Storages(camel), 2);
        daq = catalog.daq(catalog.experiment("e1", "2-BM", "t"), Path.of("/detector"));
    }

    @AfterEach
    void stop() {
        camel.stop();
        cataloguer.close();
    }

    /** Files that are catalogued as stored, with nothing in storage yet. */
    private void stored(int count) {
        acquire.detected(
                daq,
                IntStream.range(0, count)
                        .mapToObj(i -> new LandedFile("scan/f" + i, 1, 1, 0))
                        .toList());
        catalog.jdbc().update("update file set state = 'STORED'");
    }

    private void put(String name) throws IOException {
        Files.writeString(data.resolve(name), "x");
    }

    private List<Map<String, Object>> claim() {
        List<Map<String, Object>> rows = catalog.claim(Step.CATALOG);
        work.claimed("catalog", rows);
        return rows;
    }

    private long count(String state) {
        return catalog.jdbc().queryForObject("select count(*) from file where state = ?", Long.class, state);
    }

    @Test
    void aBatchIsCataloguedWithWhatItsFilesSay() throws Exception {
        stored(600);
        for (int i = 0; i < 600; i++) {
            put("f" + i);
        }
        Files.delete(data.resolve("f7"));
        try (WritableHdfFile hdf = HdfFile.write(data.resolve("f7"))) {
            hdf.putDataset("energy", 25.5);
        }

        List<Map<String, Object>> first = claim();
        assertThat(first).hasSize(500);
        cataloguer.catalog(first);
        cataloguer.catalog(claim());

        assertThat(count("CATALOGUED")).isEqualTo(600);
        assertThat(work.doneCount(Step.CATALOG)).isEqualTo(600);
        assertThat(catalog.rows("select metadata ->> '/energy' as energy from file where path = 'scan/f7'"
                        + " and catalogued_at is not null and claimed_by is null"))
                .containsExactly(Map.of("energy", "25.5"));
        assertThat(claim()).isEmpty();
    }

    @Test
    void oneThatCannotBeReadDoesNotStopTheOthers() throws Exception {
        stored(3);
        put("f0");
        put("f2");

        cataloguer.catalog(claim());

        assertThat(count("CATALOGUED")).isEqualTo(2);
        assertThat(catalog.rows("select state, attempts, reason from file where path = 'scan/f1'"))
                .containsExactly(
                        Map.of("state", "STORED", "attempts", 1, "reason", data.resolve("f1") + " does not exist"));
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            cataloguer.catalog(claim());
            return count("FAILED") == 1;
        });
    }

    /** What the database refuses is one file's trouble: here, a reference to an experiment that it is not of. */
    @Test
    void oneThatTheCatalogRefusesDoesNotStopTheOthers() throws Exception {
        stored(3);
        for (int i = 0; i < 3; i++) {
            put("f" + i);
        }
        catalog.jdbc()
                .execute("alter table file add constraint refused check (path <> 'scan/f1' or state <> 'CATALOGUED')");
        try {
            cataloguer.catalog(claim());
        } finally {
            catalog.jdbc().execute("alter table file drop constraint refused");
        }

        assertThat(count("CATALOGUED")).isEqualTo(2);
        assertThat(catalog.rows("select reason from file where path = 'scan/f1' and attempts = 1")
                        .toString())
                .contains("refused");
    }

    @Test
    void whatAnotherHubTookOverOrWhatChangedStaysAsItIs() throws Exception {
        stored(3);
        for (int i = 0; i < 3; i++) {
            put("f" + i);
        }
        List<Map<String, Object>> rows = claim();
        catalog.jdbc().update("update file set claimed_by = ? where path = 'scan/f0'", catalog.hub());
        acquire.detected(daq, List.of(new LandedFile("scan/f1", 2, 2, 0)));

        cataloguer.catalog(rows);

        assertThat(catalog.rows("select path, state from file order by path"))
                .containsExactly(
                        Map.of("path", "scan/f0", "state", "CATALOGUING"),
                        Map.of("path", "scan/f1", "state", "DETECTED"),
                        Map.of("path", "scan/f2", "state", "CATALOGUED"));
        assertThat(work.doneCount(Step.CATALOG)).isEqualTo(1);
    }

    /** Batches of several datasets, found and catalogued at the same time, in every order: nobody waits in a circle. */
    @Test
    void findingAndCataloguingAtTheSameTimeEndWell() throws Exception {
        int rounds = 30;
        List<String> names = List.of("d", "b", "c", "a", "e", "f");
        for (String name : names) {
            Files.createDirectories(data.resolveSibling(name));
            for (int i = 0; i < 2 * rounds; i++) {
                Files.writeString(data.resolveSibling(name).resolve("f" + i), "x");
            }
        }
        var threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> finders = new ArrayList<>();
            for (int writer = 0; writer < 2; writer++) {
                int first = writer * rounds;
                finders.add(threads.submit(() -> {
                    for (int i = first; i < first + rounds; i++) {
                        int number = i;
                        acquire.detected(
                                daq,
                                names.stream()
                                        .map(name -> new LandedFile(name + "/f" + number, 1, 1, 0))
                                        .toList());
                        catalog.jdbc().update("update file set state = 'STORED' where state = 'DETECTED'");
                    }
                }));
            }
            Future<?> closing = threads.submit(() -> {
                DatasetCompletion completion =
                        new DatasetCompletion(catalog.jdbc(), catalog.transactions(), configuration);
                for (int i = 0; i < rounds; i++) {
                    completion.complete();
                }
            });
            while (!finders.stream().allMatch(Future::isDone) || count("STORED") > 0) {
                cataloguer.catalog(claim());
            }
            for (Future<?> finder : finders) {
                finder.get(60, TimeUnit.SECONDS);
            }
            closing.get(60, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        assertThat(count("CATALOGUED")).isEqualTo(2L * rounds * names.size());
        assertThat(work.failureCount(Step.CATALOG)).isZero();
        assertThat(catalog.rows(
                        "select name from dataset d where file_count <> ? or file_count <>"
                                + " (select count(*) from file f where f.dataset_id = d.id)",
                        2 * rounds))
                .isEmpty();
    }

    @Test
    void theRouteCataloguesWhatItIsHintedAt() throws Exception {
        camel.getRegistry().bind("cataloguer", cataloguer);
        camel.getRegistry()
                .bind("datasets", new DatasetCompletion(catalog.jdbc(), catalog.transactions(), configuration));
        StepRoutes.load(camel, catalog, work, hints, "4-catalog");
        camel.start();
        stored(20);
        for (int i = 0; i < 20; i++) {
            put("f" + i);
        }
        hints.wake(Step.CATALOG);

        await().atMost(Duration.ofSeconds(20)).until(() -> count("CATALOGUED") == 20);
        assertThat(catalog.rows("select attempts from file where claimed_by is not null"))
                .isEmpty();
    }
}
