package org.lightpipe.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.FileScope;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.TestConfiguration;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.Beamline;
import org.lightpipe.config.Configuration;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.core.Sha256;
import org.lightpipe.storage.Storages;

class VerifierTest {

    @TempDir
    Path directory;

    private final TestCatalog catalog = TestCatalog.empty();
    private final Work work = catalog.work(10);
    private final Storages storages = new Storages(new DefaultCamelContext());
    private final Verifications verifications = new Verifications(catalog.jdbc(), new Audit(catalog.jdbc()), 0);
    private LiveConfiguration configuration;
    private Verifier verifier;
    private long experiment;
    private long dataset;

    @BeforeEach
    void facility() throws IOException {
        LiveConfiguration one = TestConfiguration.of(directory.resolve("first")).live();
        Beamline beamline = one.beamline("2-BM");
        Storage second = new Storage("second", "file:" + directory.resolve("second"), Optional.empty(), 02770, 0640);
        configuration = new LiveConfiguration(new Configuration(
                Map.of(
                        "2-BM",
                        new Beamline(
                                beamline.name(),
                                beamline.station(),
                                "",
                                beamline.storage(),
                                List.of(second),
                                beamline.acquire(),
                                beamline.dataset(),
                                List.of(),
                                Optional.empty())),
                Map.of(),
                Map.of()));
        verifier = new Verifier(catalog.jdbc(), catalog.transactions(), work, configuration, storages);
        experiment = catalog.experiment("e", "2-BM", "t");
        dataset = catalog.dataset(experiment, "scan", "{}");
        Files.createDirectories(directory.resolve("first/e/data/scan"));
        Files.createDirectories(directory.resolve("second/e/data/scan"));
    }

    private long file(String path, String content, boolean copied) throws IOException {
        Files.writeString(directory.resolve("first/e/data").resolve(path), content);
        long id = catalog.file(dataset, path, Map.of());
        catalog.jdbc()
                .update(
                        "update file set size = ?, digest = ? where id = ?",
                        content.length(),
                        Sha256.of(content.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        id);
        if (copied) {
            Files.writeString(directory.resolve("second/e/data").resolve(path), content);
            catalog.jdbc()
                    .update(
                            "insert into file_copy (file_id, experiment_id, beamline, storage, state)"
                                    + " values (?, ?, '2-BM', 'second', 'STORED')",
                            id,
                            experiment);
        }
        return id;
    }

    private Verifications.View verified() throws IOException {
        long id = verifications.request(new FileScope(OptionalLong.of(experiment), ""), Optional.empty(), "me");
        for (List<Map<String, Object>> claimed = catalog.claim(Step.VERIFY);
                !claimed.isEmpty();
                claimed = catalog.claim(Step.VERIFY)) {
            work.claimed("verify", claimed);
            try {
                verifier.verify(claimed.get(0));
            } catch (IOException e) {
                work.failed(Step.VERIFY, id, e);
                catalog.jdbc().update("update verification set not_before = now()");
            }
        }
        return verifications.view(id).orElseThrow();
    }

    @Test
    void aFileIsComparedInEveryStorageItIsIn() throws Exception {
        file("scan/a", "aaa", true);
        long bent = file("scan/b", "bbb", true);
        file("scan/c", "ccc", false);
        Files.writeString(directory.resolve("second/e/data/scan/b"), "bxb");

        Verifications.View view = verified();

        assertThat(view.state()).isEqualTo("DONE");
        assertThat(view.totalFiles()).isEqualTo(3);
        assertThat(view.checkedFiles()).isEqualTo(3);
        assertThat(view.problems()).isOne();
        assertThat(verifications.rot(view.id(), 0, 10)).singleElement().satisfies(rot -> {
            assertThat(rot.storage()).isEqualTo("second");
            assertThat(rot.kind()).isEqualTo("DIGEST");
            assertThat(rot.path()).isEqualTo("scan/b");
        });
        assertThat(catalog.rows("select id from file where verified_at is null"))
                .containsExactly(Map.of("id", bent));
    }

    @Test
    void aStorageThatIsNotThereStopsOnlyWhatIsInIt() throws Exception {
        file("scan/a", "aaa", true);
        file("scan/b", "bbb", true);
        Files.move(directory.resolve("second/e/data"), directory.resolve("second/e/away"));

        Verifications.View view = verified();

        assertThat(view.state()).isEqualTo("DONE");
        assertThat(view.checkedFiles()).isEqualTo(2);
        assertThat(view.skippedFiles()).isZero();
        assertThat(verifications.rot(view.id(), 0, 10)).singleElement().satisfies(rot -> {
            assertThat(rot.kind()).isEqualTo("ABSENT");
            assertThat(rot.storage()).isEqualTo("second");
            assertThat(rot.detail())
                    .isEqualTo("nothing of experiment 'e' could be compared: the directory e/data is not in storage"
                            + " second; is it mounted?");
        });
        Files.move(directory.resolve("second/e/away"), directory.resolve("second/e/data"));
        assertThat(verified().problems()).isZero();
        assertThat(verifications.openRot()).isZero();
    }

    @Test
    void whatCannotBeReadIsAProblemOfThatFileAlone() throws Exception {
        file("scan/a", "aaa", false);
        file("scan/b", "bbb", false);
        Path file = directory.resolve("first/e/data/scan/a");
        Files.move(file, directory.resolve("elsewhere"));
        Files.createSymbolicLink(file, directory.resolve("elsewhere"));

        Verifications.View view = verified();

        assertThat(view.checkedFiles()).isEqualTo(2);
        assertThat(verifications.rot(view.id(), 0, 10)).singleElement().satisfies(rot -> {
            assertThat(rot.kind()).isEqualTo("UNREADABLE");
            assertThat(rot.path()).isEqualTo("scan/a");
            assertThat(rot.detail()).isEqualTo("is a symbolic link, which is never followed");
        });
    }

    /** Between the reading of a file and the writing down of what was found, others go on with it. */
    @Test
    void aFileThatWasReleasedOrTakenAgainMeanwhileIsNoProblem() throws Exception {
        long released = file("scan/a", "aaa", false);
        long again = file("scan/b", "bbb", false);
        file("scan/c", "ccc", false);
        for (String name : List.of("a", "b", "c")) {
            Files.delete(directory.resolve("first/e/data/scan").resolve(name));
        }
        verifications.request(new FileScope(OptionalLong.of(experiment), ""), Optional.empty(), "me");
        List<Map<String, Object>> claimed = catalog.claim(Step.VERIFY);
        work.claimed("verify", claimed);
        long id = (long) claimed.get(0).get("id");
        Throttle throttle = new Throttle();
        Settlement settlement = new Settlement(catalog.jdbc(), catalog.transactions(), work);
        try (Batch batch = new Batch(
                storages, configuration, throttle, new StoredBytes(throttle.meter(), () -> {}), 0, Set.of())) {
            batch.check(stored());
            assertThat(batch.results())
                    .hasSize(3)
                    .allMatch(result -> result.problem().isPresent());
            catalog.jdbc().update("update file set state = 'RELEASED' where id = ?", released);
            catalog.jdbc().update("update file set generation = 2 where id = ?", again);

            settlement.settle(id, batch, true);
        }
        assertThat(verifications.rot(id, 0, 10))
                .extracting(Verifications.Rot::path)
                .containsExactly("scan/c");
        assertThat(verifications.view(id).orElseThrow().skippedFiles()).isEqualTo(2);
        assertThat(verifications.view(id).orElseThrow().checkedFiles()).isOne();
    }

    @Test
    void whatAnotherHubHasTakenOverIsNotWritten() throws Exception {
        file("scan/a", "aaa", false);
        verifications.request(new FileScope(OptionalLong.of(experiment), ""), Optional.empty(), "me");
        List<Map<String, Object>> claimed = catalog.claim(Step.VERIFY);
        long id = (long) claimed.get(0).get("id");
        Throttle throttle = new Throttle();
        Settlement settlement = new Settlement(catalog.jdbc(), catalog.transactions(), work);
        try (Batch batch = new Batch(
                storages, configuration, throttle, new StoredBytes(throttle.meter(), () -> {}), 0, Set.of())) {
            batch.check(stored());
            catalog.jdbc().update("update verification set claimed_by = ?", catalog.hub());

            assertThatThrownBy(() -> settlement.settle(id, batch, true)).isInstanceOf(NoLongerHeldException.class);
        }
        assertThat(verifications.view(id).orElseThrow().checkedFiles()).isZero();
        assertThat(catalog.rows("select 1 from file where verified_at is not null"))
                .isEmpty();
    }

    @Test
    void everyFileOfManyBatchesIsComparedOnce() throws Exception {
        for (int i = 0; i < 1203; i++) {
            file("scan/f" + i, "x" + i, false);
        }

        Verifications.View view = verified();

        assertThat(view.state()).isEqualTo("DONE");
        assertThat(view.checkedFiles()).isEqualTo(1203);
        assertThat(view.problems()).isZero();
        assertThat(catalog.rows("select 1 from file where verified_at is null")).isEmpty();
    }

    @Test
    void askingAgainGoesOnWithWhatIsUnderWay() {
        FileScope scope = new FileScope(OptionalLong.of(experiment), "/scan/");
        long first = verifications.request(scope, Optional.of(5L), "me");

        assertThat(verifications.request(new FileScope(OptionalLong.of(experiment), "scan"), Optional.of(7L), "you"))
                .isEqualTo(first);
        assertThat(verifications.view(first).orElseThrow().rate()).isEqualTo(7);
        assertThat(verifications.request(new FileScope(OptionalLong.empty(), ""), Optional.empty(), "me"))
                .isNotEqualTo(first);
        verifications.scrub();
        assertThat(verifications.open()).hasSize(2);
        verifications.cancel(first, "me");
        assertThat(verifications.request(scope, Optional.empty(), "me")).isNotEqualTo(first);
    }

    private List<StoredFile> stored() {
        return catalog.jdbc()
                .query(
                        "select * from file order by path",
                        (row, index) -> new StoredFile(
                                row.getLong("id"),
                                experiment,
                                "e",
                                "2-BM",
                                "e",
                                row.getString("path"),
                                row.getLong("size"),
                                row.getString("digest"),
                                row.getInt("generation"),
                                List.of()));
    }
}
