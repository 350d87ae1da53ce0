package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jhdf.HdfFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.hub.LocalHub;
import org.lightpipe.hub.client.HubClient;

/** The first command that a newcomer types. */
class DemoIT {

    private static final List<String> STEPS = List.of(
            "experiment", "acquire", "transfer", "catalog", "trigger", "process", "publish", "archive", "operate");

    /** Columns of the reference that are seen from every angle: 296 lie on the shorter side of its axis. */
    private static final int RADIUS = 296;

    @TempDir
    Path directory;

    private Facility facility;
    private Launcher lightpipe;
    private Path state;
    private Path table;

    @BeforeEach
    void facility() throws IOException {
        facility = Facility.in(directory);
        lightpipe = new Launcher(facility);
        state = directory.resolve("state");
        table = directory.resolve("table.json");
    }

    @Test
    void aSimulatedScanGoesThroughAllNineSteps() throws Exception {
        Launcher.Outcome demo = lightpipe.run("demo", "--state=" + state, "--json=" + table);

        System.out.println(demo.out());
        assertThat(demo.status()).as(demo.out() + demo.err()).isZero();
        assertProofs(demo);
        assertThat(demo.out().lines().filter(line -> line.codePointCount(0, line.length()) > 120))
                .as("lines that a terminal would break")
                .isEmpty();
        assertNothingRuns();
    }

    @Test
    void aRealScanIsReconstructedAsTheReferenceIsAndKeepLeavesTheHubUp() throws Exception {
        Path tooth = Needs.shared("tomography/tooth.h5");
        Path reference = Needs.shared("tomography/reference_gridrec.h5");
        // The reference has its axis there. The one that is searched for is 0.4 columns off, which blurs edges
        // differently.
        Path beamline = facility.home().resolve("config/beamlines/demo.yaml");
        Files.writeString(
                beamline,
                Files.readString(beamline)
                        .replace("- workflow: tomography", "- workflow: tomography\n    arguments: {center: 296}"));
        try {
            Launcher.Outcome demo =
                    lightpipe.run("demo", "--data=" + tooth, "--state=" + state, "--json=" + table, "--keep");

            System.out.println(demo.out());
            assertThat(demo.status()).as(demo.out() + demo.err()).isZero();
            assertProofs(demo);
            assertLike(reconstructed(), reference);
            assertThat(HubClient.of(state).get("/api/v1/status").path("ready").asBoolean())
                    .isTrue();
            assertThat(demo.out()).contains("./lightpipe stop --state " + state);
        } finally {
            lightpipe.run("stop", "--state=" + state);
        }
        assertNothingRuns();
    }

    @Test
    void optionsThatCannotBeAreRefusedInWords() throws Exception {
        Launcher.Outcome noFile = lightpipe.run("demo", "--data=" + directory.resolve("none.h5"), "--state=" + state);
        assertThat(noFile.status()).isEqualTo(2);
        assertThat(noFile.err()).contains("none.h5 is not a file");

        Launcher.Outcome noRate = lightpipe.run("demo", "--rate=0", "--state=" + state);
        assertThat(noRate.status()).isEqualTo(2);
        assertThat(noRate.err()).contains("--rate: must be more than 0 MB/s");

        Launcher.Outcome noNumber = lightpipe.run("demo", "--rate=fast", "--state=" + state);
        assertThat(noNumber.status()).isEqualTo(2);
        assertThat(noNumber.err()).contains("--rate").contains("fast");

        assertThat(state).doesNotExist();
    }

    @Test
    void aHubThatCannotStartIsToldInWords() throws Exception {
        Files.createDirectories(state);
        try (FileChannel channel =
                        FileChannel.open(state.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            Launcher.Outcome demo = lightpipe.run("demo", "--state=" + state);

            assertThat(demo.status()).isEqualTo(1);
            assertThat(demo.err())
                    .contains("state directory " + state + " is in use")
                    .contains("Mend:")
                    .doesNotContain("\tat ");
        }
        assertThat(state.resolve("postgresql")).doesNotExist();
    }

    private void assertProofs(Launcher.Outcome demo) throws IOException {
        JsonNode proofs = new ObjectMapper().readTree(table.toFile()).path("proofs");
        List<String> steps = new ArrayList<>();
        for (JsonNode proof : proofs) {
            steps.add(proof.path("step").asText());
            assertThat(proof.path("holds").asBoolean()).as(proof.toString()).isTrue();
            assertThat(proof.path("proof").asText()).isNotBlank();
            assertThat(proof.path("seconds").asDouble()).isNotNegative();
            assertThat(demo.out()).contains(proof.path("what").asText());
        }
        assertThat(steps).isEqualTo(STEPS);
        assertThat(demo.out()).contains("All nine proofs hold.").contains("Portal:   http://127.0.0.1:");
    }

    private void assertNothingRuns() throws IOException {
        assertThat(LocalHub.process(state)).isEmpty();
        assertThat(Processes.with(directory.toString())).isEmpty();
    }

    private Path reconstructed() throws IOException {
        try (Stream<Path> files = Files.walk(state.resolve("storage"))) {
            return files.filter(file -> file.toString().endsWith("_tomography.h5"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** A different algorithm than the reference's: alike up to one scale factor, which a correlation does not see. */
    private static void assertLike(Path result, Path reference) {
        float[][] found;
        float[][] expected;
        int row;
        try (HdfFile hdf = new HdfFile(result)) {
            found = (float[][]) hdf.getDatasetByPath("/entry/data/data").getData();
        }
        try (HdfFile hdf = new HdfFile(reference)) {
            float[][][] slices =
                    (float[][][]) hdf.getDatasetByPath("/gridrec_shepp").getData();
            row = slices.length / 2;
            expected = slices[row];
        }
        double correlation = correlation(found, expected);
        System.out.printf("reconstructed row %d, correlation with gridrec: %.4f%n", row, correlation);
        assertThat(correlation).isGreaterThanOrEqualTo(0.99);
    }

    private static double correlation(float[][] a, float[][] b) {
        int size = b.length;
        assertThat(a).hasDimensions(size, size);
        double n = 0;
        double sumA = 0;
        double sumB = 0;
        double sumAa = 0;
        double sumBb = 0;
        double sumAb = 0;
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                double dy = y - size / 2.0;
                double dx = x - size / 2.0;
                if (dx * dx + dy * dy < (double) RADIUS * RADIUS) {
                    n++;
                    sumA += a[y][x];
                    sumB += b[y][x];
                    sumAa += (double) a[y][x] * a[y][x];
                    sumBb += (double) b[y][x] * b[y][x];
                    sumAb += (double) a[y][x] * b[y][x];
                }
            }
        }
        return (n * sumAb - sumA * sumB) / Math.sqrt((n * sumAa - sumA * sumA) * (n * sumBb - sumB * sumB));
    }
}
