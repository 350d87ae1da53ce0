package org.lightpipe.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.catalog.TestCatalog;

/** Publishing on a real PostgreSQL, with real files as results. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PortalTest {

    private Path directory;

    private TestCatalog catalog;
    private Portal portal;
    private Records records;
    private int experiments;

    @BeforeAll
    void open(@TempDir Path temporary) {
        directory = temporary;
        catalog = TestCatalog.empty();
        portal = new Portal(
                catalog.jdbc(), catalog.transactions(), catalog.work(), (beamline, rootPath) -> analysis(rootPath));
        records = new Records(catalog.dataSource());
    }

    @Test
    void aRecordHasEverythingThatIsKnownOfItsDataset() throws Exception {
        String experiment = experiment();
        long dataset = dataset(experiment, "scan_1");
        catalog.file(dataset, "scan_1/a.h5", "{\"sample\": {\"name\": \"enamel\"}, \"theta\": 1}");
        catalog.file(dataset, "scan_1/b.h5", "{\"sample\": {\"name\": \"enamel\"}, \"theta\": 2}");
        byte[] png = Pictures.save(analysis(experiment), "scan_1/preview.png");
        long job = catalog.job(dataset, "tomography", "DONE");
        catalog.stage(job, "reconstruct", "{\"center\": 295.97}");
        catalog.result(job, "scan_1/preview.png", "preview", png.length, Pictures.digest(png));
        catalog.result(job, "scan_1/slice.h5", "data", 7, "cd".repeat(32));

        long id = catalog.claimed(dataset);
        portal.publish(id);

        assertThat(state(id)).isEqualTo("PUBLISHED");
        ObjectNode record = records.record("mara", false, id).orElseThrow();
        assertThat(record.get("dataset").asText()).isEqualTo("scan_1");
        assertThat(record.get("experiment").asText()).isEqualTo(experiment);
        assertThat(record.get("state").asText()).isEqualTo("PROCESSED");
        assertThat(record.at("/metadata/sample~1name").asText()).isEqualTo("enamel");
        assertThat(record.at("/metadata/theta").toString()).isEqualTo("[1,2]");
        assertThat(record.at("/jobs/0/workflow").asText()).isEqualTo("tomography");
        assertThat(record.at("/jobs/0/stages/0/metrics/center").asDouble()).isEqualTo(295.97);
        assertThat(record.at("/results").findValuesAsText("digest"))
                .containsExactly(Pictures.digest(png), "cd".repeat(32));
        assertThat(record.at("/fileList").findValuesAsText("path")).containsExactly("scan_1/a.h5", "scan_1/b.h5");
        assertThat(record.has("rootPath")).isFalse();
        assertThat(records.preview("mara", false, id).orElseThrow().png()).isEqualTo(png);
    }

    @Test
    void aDatasetWithoutResultsIsPublishedToo() throws Exception {
        long id = catalog.claimed(dataset(experiment(), "bare"));
        portal.publish(id);

        assertThat(state(id)).isEqualTo("PUBLISHED");
        ObjectNode record = records.record("mara", false, id).orElseThrow();
        assertThat(record.get("state").asText()).isEqualTo("STORED");
        assertThat(record.get("preview").asBoolean()).isFalse();
        assertThat(record.get("tape").isNull()).isTrue();
        assertThat(records.preview("mara", false, id)).isEmpty();
    }

    @Test
    void theStateOfTheTapeIsTheOneOfNow() throws Exception {
        long dataset = dataset(experiment(), "old");
        long id = catalog.claimed(dataset);
        portal.publish(id);
        long bag = catalog.jdbc()
                .queryForObject(
                        "insert into bag (dataset_id, tape, path, algorithm, state) values (?, 'library', 'old.tar',"
                                + " 'SHA-256', 'RELEASED') returning id",
                        Long.class,
                        dataset);
        for (String state : new String[] {"ONLINE", "REQUESTED"}) {
            catalog.jdbc().update("insert into recall (bag_id, requested_by, state) values (?, 'mara', ?)", bag, state);
        }

        ObjectNode record = records.record("mara", false, id).orElseThrow();
        assertThat(record.at("/tape/state").asText()).isEqualTo("RELEASED");
        assertThat(record.at("/tape/recall/state").asText()).isEqualTo("REQUESTED");
    }

    @Test
    void anythingAskedForMeanwhileIsMadeAgain() throws Exception {
        long dataset = dataset(experiment(), "moving");
        long id = catalog.claimed(dataset);
        catalog.publications().request(dataset);

        portal.publish(id);

        assertThat(state(id)).isEqualTo("PENDING");
        assertThat(records.record("mara", false, id)).isEmpty();
    }

    @Test
    void aRecordStaysVisibleWhileItIsMadeAgain() throws Exception {
        long dataset = dataset(experiment(), "again");
        long id = catalog.claimed(dataset);
        portal.publish(id);
        catalog.publications().request(dataset);

        assertThat(state(id)).isEqualTo("PENDING");
        assertThat(records.record("mara", false, id)).isPresent();
    }

    @Test
    void aPreviewThatWasChangedIsRefused() throws Exception {
        String experiment = experiment();
        byte[] png = Pictures.save(analysis(experiment), "p.png");
        refused(experiment, "p.png", Pictures.digest(Arrays.copyOf(png, png.length - 1)), "was changed");
    }

    @Test
    void aPreviewThatIsNoPngIsRefused() throws Exception {
        String experiment = experiment();
        byte[] script = "<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8);
        Pictures.save(analysis(experiment), "p.png", script);
        refused(experiment, "p.png", Pictures.digest(script), "not a PNG");
    }

    @Test
    void aPreviewThatIsTooLargeIsRefused() throws Exception {
        String experiment = experiment();
        byte[] large = Arrays.copyOf(Pictures.save(analysis(experiment), "p.png"), 8 * 1024 * 1024 + 1);
        Pictures.save(analysis(experiment), "p.png", large);
        refused(experiment, "p.png", Pictures.digest(large), "smaller picture");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside.png", "/outside.png", "link.png", "links/outside.png"})
    void aPreviewOutsideTheAnalysisDirectoryIsRefused(String path) throws Exception {
        String experiment = experiment();
        byte[] png = Pictures.save(directory, "outside.png");
        Pictures.save(analysis(experiment), "inside.png");
        Files.createSymbolicLink(analysis(experiment).resolve("link.png"), directory.resolve("outside.png"));
        Files.createSymbolicLink(analysis(experiment).resolve("links"), directory);
        refused(experiment, path, Pictures.digest(png), "analysis directory");
    }

    private void refused(String experiment, String path, String digest, String reason) {
        long dataset = dataset(experiment, "refused");
        catalog.result(catalog.job(dataset, "w", "DONE"), path, "preview", 1, digest);
        long id = catalog.claimed(dataset);

        assertThatThrownBy(() -> portal.publish(id))
                .isInstanceOf(PermanentFailureException.class)
                .hasMessageContaining(reason);
        assertThat(state(id)).isEqualTo("PUBLISHING");
        assertThat(records.record("mara", false, id)).isEmpty();
    }

    private String experiment() {
        String name = "experiment-" + ++experiments;
        catalog.experiment(name, "2-BM", "Tooth enamel", "mara");
        return name;
    }

    private long dataset(String experiment, String name) {
        long id = catalog.jdbc().queryForObject("select id from experiment where name = ?", Long.class, experiment);
        return catalog.dataset(id, name, "{}");
    }

    private String state(long id) {
        return catalog.jdbc().queryForObject("select state from publication where id = ?", String.class, id);
    }

    private Path analysis(String rootPath) {
        return directory.resolve("analysis").resolve(rootPath);
    }
}
