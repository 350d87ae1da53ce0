package org.lightpipe.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.catalog.Step;
import org.lightpipe.core.InvalidInputException;

/** Step 8 against a real catalog, with the statements of the routes. */
class ArchiveLifeTest {

    private static final String TAR = "gup-1/scan.tar";

    @TempDir
    private Path directory;

    private Facility facility;
    private Map<String, byte[]> files;

    @BeforeEach
    void makeFacility() throws IOException {
        facility = Facility.make(directory);
        files = new LinkedHashMap<>();
        files.put("scan/a.h5", new byte[300_000]);
        files.put("scan/line\nbreak %.h5", "hostile".getBytes(StandardCharsets.UTF_8));
        files.put("scan/Größe/" + "n".repeat(200), new byte[0]);
    }

    @AfterEach
    void closeFacility() {
        facility.close();
    }

    @Test
    void aDatasetGoesToTapeLeavesTheDiskAndComesBack() throws IOException {
        long dataset = facility.dataset("scan", 1, files);
        Map<String, String> before = facility.storedFiles();

        facility.plan();
        facility.step("archive");
        assertThat(facility.text("select state from bag")).isEqualTo("VERIFIED");
        assertThat(facility.fileStates(dataset)).containsExactly(Map.entry("ARCHIVED", 3L));
        assertThat(facility.tapeFiles()).containsExactly(TAR);
        byte[] tar = Files.readAllBytes(facility.onTape(TAR));
        assertThat(facility.text("select size || ' ' || digest from bag"))
                .isEqualTo(tar.length + " " + SampleBag.sha256(tar));
        assertThat(facility.id("select count(*) from bag join dataset on dataset.id = bag.dataset_id"
                        + " where archived_at is not null and written_at <= verified_at"))
                .isEqualTo(1);

        facility.step("release");
        assertThat(facility.text("select state from bag where released_at is not null"))
                .isEqualTo("RELEASED");
        assertThat(facility.fileStates(dataset)).containsExactly(Map.entry("RELEASED", 3L));
        assertThat(facility.storedFiles()).isEmpty();

        long recall = facility.recalls().request(dataset, "ada");
        facility.step("recall");
        assertThat(facility.storedFiles()).isEqualTo(before);
        assertThat(facility.fileStates(dataset)).containsExactly(Map.entry("RECALLED", 3L));
        Recalls.View view = facility.recalls().view(recall).orElseThrow();
        assertThat(view.state()).isEqualTo("ONLINE");
        assertThat(view.onlineAt()).isPresent();
        assertThat(view.experiment() + "/" + view.name() + "/" + view.requestedBy())
                .isEqualTo("gup-1/scan/ada");
        assertThat(facility.tapeFiles()).containsExactly(TAR);
    }

    @Test
    void onlyWhatIsDueIsPlannedAndOnlyOnce() throws IOException {
        long due = facility.dataset("due", 1, Map.of("due.h5", new byte[1]));
        facility.dataset("due", 2, Map.of("due-late.h5", new byte[1]));
        long young = facility.dataset("young", 1, Map.of("young.h5", new byte[1]));
        facility.jdbc().update("update dataset set completed_at = now() - interval '1 second' where id = ?", young);
        long open = facility.dataset("open", 1, Map.of("open.h5", new byte[1]));
        facility.jdbc().update("update dataset set state = 'COMPLETE' where id = ?", open);
        long busy = facility.dataset("busy", 1, Map.of("busy.h5", new byte[1]));
        facility.jdbc()
                .update(
                        "insert into job (dataset_id, workflow, owner, arguments, submitted_by, request_key, state)"
                                + " values (?, 'w', 'o', '{}', 'test', 'k', 'RUNNING')",
                        busy);
        long moving = facility.dataset("moving", 1, Map.of("moving.h5", new byte[1], "moved.h5", new byte[1]));
        facility.jdbc().update("update file set state = 'STORED' where path = 'moving.h5'");
        facility.dataset("empty", 1, Map.of());
        facility.policy(Duration.ofSeconds(30), false);

        facility.plan();
        facility.plan();

        List<String> planned = facility.jdbc().queryForList("select path from bag order by id", String.class);
        assertThat(planned).containsExactly("gup-1/due.tar", "gup-1/due~2.tar");
        facility.jdbc().update("update job set state = 'DONE'");
        facility.jdbc().update("update file set state = 'CATALOGUED' where dataset_id = ?", moving);
        facility.plan();
        assertThat(facility.id("select count(*) from bag")).isEqualTo(4);
        assertThat(facility.id("select count(*) from bag where dataset_id = " + due + " and not release"))
                .isEqualTo(1);
    }

    @Test
    void aFailedFileBlocksItsDatasetInWords() throws IOException {
        long dataset = facility.dataset("scan", 1, files);
        facility.jdbc().update("update file set state = 'FAILED', reason = 'disk full' where path = 'scan/a.h5'");
        facility.plan();
        assertThat(facility.id("select count(*) from bag")).isZero();
        assertThat(facility.text("select reason from dataset where id = ?", dataset))
                .isEqualTo("not archived: file scan/a.h5 failed: disk full; mend it and retry");

        facility.jdbc().update("update file set state = 'CATALOGUED', reason = null");
        facility.plan();
        assertThat(facility.id("select count(*) from bag")).isEqualTo(1);
        assertThat(facility.text("select reason from dataset where id = ?", dataset))
                .isNull();
    }

    @Test
    void bagsFollowTheBeamlinesReleasePolicyOfToday() throws IOException {
        facility.policy(Duration.ZERO, false);
        facility.dataset("scan", 1, files);
        facility.plan();
        facility.step("archive");
        assertThat(facility.claim("release")).isEmpty();
        assertThat(facility.storedFiles()).hasSize(3);

        facility.policy(Duration.ZERO, true);
        facility.plan();
        facility.policy(Duration.ZERO, false);
        facility.step("release");
        assertThat(facility.text("select state || ': ' || reason from bag"))
                .as("the policy changed between planning and releasing")
                .isEqualTo("VERIFIED: the beamline keeps its disk copies");
        assertThat(facility.storedFiles()).hasSize(3);
    }

    @Test
    void rotInStorageIsNotArchived() throws IOException {
        facility.dataset("scan", 1, files);
        byte[] rotten = files.get("scan/a.h5").clone();
        rotten[200_000] ^= 1;
        Files.write(facility.stored("scan/a.h5"), rotten);
        facility.plan();
        facility.step("archive");
        assertThat(facility.text("select state || ' ' || failed_from || ' ' || reason from bag"))
                .startsWith("FAILED PLANNED file 'scan/a.h5' in storage is not what was catalogued");
        assertThat(facility.tapeFiles()).isEmpty();

        Files.write(facility.stored("scan/a.h5"), files.get("scan/a.h5"));
        facility.work().retryFailed(Step.ARCHIVE);
        facility.step("archive");
        assertThat(facility.text("select state from bag")).isEqualTo("VERIFIED");
    }

    @Test
    void anotherFileInTheBagsPlaceIsNeverOverwritten() throws IOException {
        facility.dataset("scan", 1, files);
        facility.plan();
        Files.createDirectories(facility.onTape(TAR).getParent());
        Files.writeString(facility.onTape(TAR), "somebody's only copy");
        facility.step("archive");
        assertThat(facility.text("select state || ' ' || reason from bag"))
                .startsWith("FAILED ")
                .contains("is not the bag of this dataset");
        assertThat(facility.onTape(TAR)).hasContent("somebody's only copy");
        assertThat(facility.tapeFiles()).containsExactly(TAR);
    }

    @Test
    void aTapeThatGivesBackSomethingElseIsNoArchive() throws IOException {
        facility.dataset("scan", 1, files);
        facility.plan();
        facility.step("archive", name -> {
            if (name.equals("written")) {
                flip(facility.onTape("gup-1/.bag-1-" + facility.hubRun() + ".tar"), 5000);
            }
        });
        assertThat(facility.text("select state || ' ' || reason from bag"))
                .startsWith("PLANNED ")
                .contains("gave back something else");
        assertThat(facility.tapeFiles()).isEmpty();
    }

    @Test
    void nothingIsReleasedWhenTheTapeIsDamaged() throws IOException {
        long dataset = archived();
        Map<String, String> before = facility.storedFiles();
        flip(facility.onTape(TAR), 250_000);
        facility.step("release");
        assertThat(facility.text("select state || ' ' || failed_from || ' ' || reason from bag"))
                .startsWith("FAILED VERIFIED not released")
                .contains("1 of 3 files are damaged: 'scan/a.h5'");
        assertThat(facility.storedFiles()).isEqualTo(before);
        assertThat(facility.fileStates(dataset)).containsExactly(Map.entry("ARCHIVED", 3L));

        // a byte that no file and no manifest covers: only the digest of the whole tar sees it
        flip(facility.onTape(TAR), 250_000);
        try (var channel = java.nio.channels.FileChannel.open(facility.onTape(TAR), StandardOpenOption.READ)) {
            flip(facility.onTape(TAR), channel.size() - 1);
        }
        facility.work().retryFailed(Step.RELEASE);
        facility.step("release");
        assertThat(facility.text("select state from bag")).isEqualTo("FAILED");
        assertThat(facility.storedFiles()).isEqualTo(before);

        Files.delete(facility.onTape(TAR));
        facility.work().retryFailed(Step.RELEASE);
        facility.step("release");
        assertThat(facility.text("select reason from bag")).contains("it is not there");
        assertThat(facility.storedFiles()).isEqualTo(before);
    }

    @Test
    void nothingIsReleasedWhenADiskCopyWasChanged() throws IOException {
        archived();
        Files.writeString(facility.stored("scan/line\nbreak %.h5"), "changed");
        Map<String, String> before = facility.storedFiles();
        facility.step("release");
        assertThat(facility.text("select state || ' ' || reason from bag"))
                .startsWith("FAILED not released: file 'scan/line\nbreak %.h5' in storage");
        assertThat(facility.storedFiles()).isEqualTo(before);
    }

    @Test
    void nothingIsReleasedWhileSomebodyNeedsIt() throws IOException {
        long dataset = archived();
        facility.recalls().request(dataset, "ada");
        assertThat(facility.claim("release")).isEmpty();
        facility.step("recall");
        assertThat(facility.fileStates(dataset)).containsExactly(Map.entry("RECALLED", 3L));
        facility.step("release");
        assertThat(facility.storedFiles())
                .as("what was asked back stays, though the bag is released")
                .hasSize(3);
    }

    @Test
    void aRecallAndAReleaseNeverRunAtTheSameTime() throws IOException {
        long dataset = archived();
        assertThat(facility.claim("release")).hasSize(1);
        facility.recalls().request(dataset, "ada");
        assertThat(facility.claim("recall")).isEmpty();
    }

    @Test
    void aRecallRestoresOnlyWhatIsMissingOrDamaged() throws IOException {
        long dataset = archived();
        Map<String, String> before = facility.storedFiles();
        Files.delete(facility.stored("scan/a.h5"));
        Files.writeString(facility.stored("scan/line\nbreak %.h5"), "rotten!");
        var kept = facility.stored("scan/Größe/" + "n".repeat(200));
        var keptKey = Files.readAttributes(kept, java.nio.file.attribute.BasicFileAttributes.class)
                .fileKey();
        facility.recalls().request(dataset, "ada");
        facility.step("recall");
        assertThat(facility.storedFiles()).isEqualTo(before);
        assertThat(Files.readAttributes(kept, java.nio.file.attribute.BasicFileAttributes.class)
                        .fileKey())
                .as("the file that was right was left alone")
                .isEqualTo(keptKey);
    }

    @Test
    void aRecallFromADamagedTapeRestoresTheRestAndSaysWhichFileIsLost() throws IOException {
        long dataset = archived();
        facility.step("release");
        flip(facility.onTape(TAR), 250_000);
        long recall = facility.recalls().request(dataset, "ada");
        facility.step("recall");
        Recalls.View view = facility.recalls().view(recall).orElseThrow();
        assertThat(view.state()).isEqualTo("FAILED");
        assertThat(view.reason().orElseThrow()).contains("1 of 3 files are damaged: 'scan/a.h5'");
        assertThat(facility.storedFiles()).hasSize(2).doesNotContainKey("scan/a.h5");
        assertThat(facility.fileStates(dataset)).containsExactly(Map.entry("RELEASED", 3L));

        flip(facility.onTape(TAR), 250_000);
        assertThat(facility.recalls().request(dataset, "ada"))
                .as("the same one, again")
                .isEqualTo(recall);
        facility.step("recall");
        assertThat(facility.recalls().view(recall).orElseThrow().state()).isEqualTo("ONLINE");
        assertThat(facility.storedFiles()).hasSize(3);
    }

    @Test
    void aRecallIsRefusedForWhatIsNotOnTape() throws IOException {
        long dataset = facility.dataset("scan", 1, files);
        facility.plan();
        assertThatThrownBy(() -> facility.recalls().request(dataset, "ada"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("dataset " + dataset + " is not on tape yet");
        assertThatThrownBy(() -> facility.recalls().request(987_654, "ada"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("there is no dataset 987654");
        assertThat(facility.id("select count(*) from recall")).isZero();
        assertThat(facility.recalls().view(1)).isEmpty();
    }

    @Test
    void askingTwiceIsOneRecall() throws IOException {
        long dataset = archived();
        long first = facility.recalls().request(dataset, "ada");
        assertThat(facility.recalls().request(dataset, "bob")).isEqualTo(first);
        facility.step("recall");
        assertThat(facility.recalls().request(dataset, "bob")).isNotEqualTo(first);
        assertThat(facility.id("select count(*) from audit_event where what = 'recall'"))
                .isEqualTo(2);
    }

    @Test
    void aHubThatLostItsClaimChangesNothing() throws IOException {
        long dataset = facility.dataset("scan", 1, files);
        facility.plan();
        facility.step("archive", name -> {
            if (name.equals("written")) {
                facility.jdbc().update("update bag set state = 'PLANNED', claimed_by = null");
            }
        });
        assertThat(facility.text("select state from bag")).isEqualTo("PLANNED");
        assertThat(facility.fileStates(dataset)).containsExactly(Map.entry("CATALOGUED", 3L));
        facility.step("archive");
        assertThat(facility.text("select state from bag")).isEqualTo("VERIFIED");
        assertThat(facility.tapeFiles()).containsExactly(TAR);
    }

    @Test
    void aFileThatTheDetectorWroteAnewIsNeitherRemovedNorOverwritten() throws IOException {
        long dataset = archived();
        writtenAnew("scan/a.h5");
        facility.step("release");
        assertThat(facility.text("select state from bag where dataset_id = ?", dataset))
                .isEqualTo("RELEASED");
        assertThat(facility.storedFiles()).containsOnlyKeys("scan/a.h5");

        facility.recalls().request(dataset, "ada");
        facility.step("recall");
        assertThat(facility.text("select state from recall")).isEqualTo("ONLINE");
        assertThat(facility.storedFiles()).hasSize(3);
        assertThat(facility.stored("scan/a.h5")).hasContent("written anew");
    }

    @Test
    void aFileThatIsWrittenAnewDuringAReleaseOrRecallIsSafe() throws IOException {
        long dataset = archived();
        facility.step("release", name -> {
            if (name.equals("compared")) {
                writtenAnew("scan/a.h5");
            }
        });
        assertThat(facility.storedFiles()).containsOnlyKeys("scan/a.h5");

        facility.recalls().request(dataset, "ada");
        facility.step("recall", name -> {
            if (name.startsWith("copied scan/line")) {
                writtenAnew("scan/line\nbreak %.h5");
            }
        });
        assertThat(facility.text("select state from recall")).isEqualTo("ONLINE");
        assertThat(facility.storedFiles()).hasSize(3);
        assertThat(facility.stored("scan/line\nbreak %.h5")).hasContent("written anew");
    }

    /** What acquiring and transferring do with a file of a dataset that is complete. */
    private void writtenAnew(String path) {
        try {
            long next = facility.dataset("scan", facility.part(), Map.of());
            Files.writeString(facility.stored(path), "written anew");
            facility.jdbc()
                    .update(
                            "update file set dataset_id = ?, state = 'CATALOGUED', size = 12 where path = ?",
                            next,
                            path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void hostileDatasetNamesStayInTheTapeLibrary() throws IOException {
        facility.dataset("../../etc/x", 1, Map.of("x.h5", new byte[1]));
        facility.dataset("..", 1, Map.of("y.h5", new byte[2]));
        facility.dataset("ä\n".repeat(100), 3, Map.of("z.h5", new byte[3]));
        facility.plan();
        facility.step("archive");
        facility.step("archive");
        assertThat(facility.jdbc().queryForList("select state from bag", String.class))
                .containsOnly("VERIFIED");
        assertThat(facility.tapeFiles())
                .hasSize(3)
                .contains("gup-1/%2E..tar", "gup-1/%2E.%2F..%2Fetc%2Fx.tar")
                .anyMatch(name -> name.endsWith("%-3~3.tar"));
    }

    private long archived() throws IOException {
        long dataset = facility.dataset("scan", 1, files);
        facility.plan();
        facility.step("archive");
        assertThat(facility.text("select state from bag")).isEqualTo("VERIFIED");
        return dataset;
    }

    private static void flip(Path file, long place) {
        try (var channel =
                java.nio.channels.FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = java.nio.ByteBuffer.allocate(1);
            channel.read(one, place);
            one.put(0, (byte) (one.get(0) ^ 1)).rewind();
            channel.write(one, place);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
