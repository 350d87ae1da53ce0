package org.lightpipe.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hub dies at every point where it could leave half a thing behind; the next one ends it, and leaves nothing else. */
class ArchiveKillTest {

    private static final String TAR = "gup-1/scan.tar";

    @TempDir
    private Path directory;

    private Facility facility;
    private long dataset;
    private Map<String, String> before;

    @BeforeEach
    void makeDataset() throws IOException {
        facility = Facility.make(directory);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("scan/1", new byte[2_000_000]);
        files.put("scan/2", "two".getBytes(StandardCharsets.UTF_8));
        files.put("scan/3", new byte[3_000_000]);
        dataset = facility.dataset("scan", 1, files);
        before = facility.storedFiles();
        facility.plan();
    }

    @AfterEach
    void closeFacility() {
        facility.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"half written", "written", "proved", "in place"})
    void archiving(String milestone) throws Exception {
        dieAt("archive", milestone);
        assertThat(facility.text("select state from bag")).isEqualTo("BUILDING");
        facility.step("archive");
        assertThat(facility.text("select state from bag")).isEqualTo("VERIFIED");
        assertThat(facility.tapeFiles()).containsExactly(TAR);
        assertThat(facility.text("select digest from bag"))
                .isEqualTo(SampleBag.sha256(Files.readAllBytes(facility.onTape(TAR))));
        assertThat(facility.fileStates(dataset)).containsExactly(Map.entry("ARCHIVED", 3L));
        assertThat(facility.storedFiles()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"proved", "compared", "deleted scan/2", "removed"})
    void releasing(String milestone) throws Exception {
        facility.step("archive");
        dieAt("release", milestone);
        assertThat(facility.text("select state from bag")).isEqualTo("RELEASING");
        facility.step("release");
        assertThat(facility.text("select state from bag")).isEqualTo("RELEASED");
        assertThat(facility.fileStates(dataset)).containsExactly(Map.entry("RELEASED", 3L));
        assertThat(facility.storedFiles()).isEmpty();
        assertThat(facility.tapeFiles()).containsExactly(TAR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"copied scan/1", "renamed scan/2", "copied scan/3", "restored"})
    void recalling(String milestone) throws Exception {
        facility.step("archive");
        facility.step("release");
        facility.recalls().request(dataset, "ada");
        dieAt("recall", milestone);
        assertThat(facility.text("select state from recall")).isEqualTo("STAGING");
        facility.step("recall");
        assertThat(facility.text("select state from recall")).isEqualTo("ONLINE");
        assertThat(facility.fileStates(dataset)).containsExactly(Map.entry("RECALLED", 3L));
        assertThat(facility.storedFiles())
                .as("the same bytes, and no temporary")
                .isEqualTo(before);
    }

    private void dieAt(String step, String milestone) throws IOException, InterruptedException {
        Path said = directory.resolve("said.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlugPuller.class.getName(),
                        step,
                        milestone)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try (var words = process.outputWriter(StandardCharsets.UTF_8)) {
            words.write(String.join("\n", facility.address()) + "\n");
        }
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(said)).isEqualTo(PlugPuller.DEAD);
        } finally {
            process.destroyForcibly();
        }
        facility.otherHubsAreGone();
    }
}
