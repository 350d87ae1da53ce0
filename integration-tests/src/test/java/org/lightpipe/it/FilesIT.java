package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.hub.client.HubClient;

/**
 * What an operator does with files, typed as an operator types it: uploads a tree, finds what is in it, hears of rot, and
 * mends what is held. The seed is printed; {@code -Dlightpipe.seed=N} repeats a run.
 */
class FilesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final long seed = Long.getLong("lightpipe.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    @Test
    void aTreeIsUploadedFoundVerifiedAndItsRotReported() throws Exception {
        System.out.println("FilesIT: seed " + seed);
        Facility facility = facility();
        Launcher lightpipe = new Launcher(facility);
        String state = "--state=" + facility.state();
        Detector detector = new Detector(facility.detector(), random);
        for (int number = 0; number < 30; number++) {
            detector.write("scan_%d/frame_%02d.dat".formatted(number / 10, number), detector.someSize(number));
        }
        detector.write("odd/with\nnewline and ' quotes.dat", 1234);
        detector.write("large/large.dat", 20_000_000);
        try (HubProcess hub = facility.hub(facility.state(), Quick.properties()).start()) {
            HubClient client = hub.client();
            client.post("/api/v1/experiments", "name: exp\nbeamline: files\n");
            Launcher.Outcome upload = lightpipe.run(
                    "upload", state, "--experiment=exp", facility.detector().toString(), "--follow");
            assertThat(upload.status())
                    .as("%s%s%s", upload.out(), upload.err(), Quick.tail(hub))
                    .isZero();
            assertThat(upload.out()).contains("all 32 new files", "are stored, proved and catalogued");
            Path data = facility.storage().resolve("files/exp/data");
            assertThat(Proofs.stored(data)).isEqualTo(detector.written());

            assertThat(lightpipe.run("files", "ls", state, "exp").out().lines())
                    .hasSize(32)
                    .contains("odd/with\\nnewline and ' quotes.dat");
            assertThat(lightpipe
                            .run("files", "find", state, "exp", "--larger=20MB")
                            .out())
                    .isEqualTo("exp/large/large.dat\n");
            String digest = detector.written().get("scan_1/frame_11.dat");
            assertThat(lightpipe
                            .run("files", "find", state, "--digest=" + digest)
                            .out())
                    .contains("exp/scan_1/frame_11.dat");
            assertThat(lightpipe
                            .run("files", "find", state, "--name=frame_99.*")
                            .status())
                    .isOne();

            Launcher.Outcome well = lightpipe.run("files", "verify", state, "exp");
            assertThat(well.status()).as(well.out() + well.err()).isZero();
            assertThat(well.err()).contains("32 files compared, nothing is wrong");
            flip(data.resolve("large/large.dat"), 1 + random.nextInt(19_999_999));
            Files.delete(data.resolve("scan_0/frame_03.dat"));
            Launcher.Outcome rotten = lightpipe.run("verify", state, "--rate=0");
            assertThat(rotten.status()).isOne();
            assertThat(rotten.out().lines()).hasSize(3);
            assertThat(rotten.out())
                    .containsPattern("DIGEST +files +exp/large/large.dat: has SHA-256")
                    .containsPattern("MISSING +files +exp/scan_0/frame_03.dat");
            assertThat(Files.readString(hub.log())).contains("ROT in storage files: exp/large/large.dat");
            assertThat(client.get("/api/v1/health").path("troubles").toString()).contains("storage-rot");
        }
    }

    @Test
    void aVerificationGoesOnWhereTheHubWasKilled() throws Exception {
        Facility facility = facility();
        Launcher lightpipe = new Launcher(facility);
        String state = "--state=" + facility.state();
        Detector detector = new Detector(facility.detector(), random);
        for (int number = 0; number < 12; number++) {
            detector.write("scan/frame_%02d.dat".formatted(number), 1_000_000);
        }
        try (HubProcess hub = facility.hub(facility.state(), Quick.properties()).start()) {
            hub.client().post("/api/v1/experiments", "name: exp\nbeamline: files\n");
            assertThat(lightpipe
                            .run(
                                    "upload",
                                    state,
                                    "--experiment=exp",
                                    facility.detector().toString(),
                                    "--follow")
                            .status())
                    .isZero();
            flip(facility.storage().resolve("files/exp/data/scan/frame_00.dat"), 4711);
            long id = hub.client()
                    .post("/api/v1/verifications", "{\"experiment\": \"exp\", \"rate\": \"1MB/s\"}")
                    .path("id")
                    .asLong();
            Bounded.until(
                    "a batch is compared",
                    PATIENCE,
                    () -> Quick.tail(hub),
                    () -> verification(hub, id).path("checkedFiles").asLong() > 0);
            hub.kill();
            hub.start();
            long before = verification(hub, id).path("checkedFiles").asLong();
            assertThat(before).isBetween(1L, 11L);
            hub.client().post("/api/v1/verifications", "{\"experiment\": \"exp\", \"rate\": 0}");
            Launcher.Outcome shown = lightpipe.run("verify", state, "--show=" + id);
            assertThat(shown.status()).isOne();
            assertThat(shown.out()).contains("exp/scan/frame_00.dat");
            assertThat(verification(hub, id).path("checkedFiles").asLong())
                    .as("each file is compared once")
                    .isEqualTo(12);
        }
    }

    @Test
    void rotInAStorageBehindSftpIsFound() throws Exception {
        try (SshServer ssh = SshServer.start(Files.createDirectory(directory.resolve("ssh")))) {
            Facility facility = facility(ssh.uri(ssh.port(), "storage", ""));
            Launcher lightpipe = new Launcher(facility);
            String state = "--state=" + facility.state();
            Detector detector = new Detector(facility.detector(), random);
            for (int number = 0; number < 10; number++) {
                detector.write("scan/frame_%02d.dat".formatted(number), 100_000);
            }
            try (HubProcess hub =
                    facility.hub(facility.state(), Quick.properties()).start()) {
                hub.client().post("/api/v1/experiments", "name: exp\nbeamline: files\n");
                Launcher.Outcome upload = lightpipe.run(
                        "upload", state, "--experiment=exp", facility.detector().toString(), "--follow");
                assertThat(upload.status()).as(upload.out() + upload.err()).isZero();
                Path data = ssh.far().resolve("storage/files/exp/data/scan");
                assertThat(lightpipe.run("files", "verify", state, "exp").status())
                        .isZero();
                flip(data.resolve("frame_07.dat"), 12_345);
                Files.delete(data.resolve("frame_03.dat"));

                Launcher.Outcome rotten = lightpipe.run("files", "verify", state, "exp/scan");

                assertThat(rotten.status()).isOne();
                assertThat(rotten.out())
                        .containsPattern("MISSING +files +exp/scan/frame_03.dat")
                        .containsPattern("DIGEST +files +exp/scan/frame_07.dat");
                assertThat(rotten.err()).contains("10 files compared, 2 problems");
            }
        }
    }

    @Test
    void whatAnUploadLeavesHeldIsToldAndRetried() throws Exception {
        Facility facility = facility();
        Launcher lightpipe = new Launcher(facility);
        String state = "--state=" + facility.state();
        Detector detector = new Detector(facility.detector(), random);
        detector.write("scan/good.dat", 1000);
        detector.write("scan/blocked.dat", 1000);
        try (HubProcess hub = facility.hub(facility.state(), Quick.properties("retry.attempts", "2"))
                .start()) {
            hub.client().post("/api/v1/experiments", "name: exp\nbeamline: files\n");
            Path inTheWay = facility.storage().resolve("files/exp/data/scan/blocked.dat/directory");
            Bounded.until(
                    "the experiment is ready",
                    PATIENCE,
                    () -> Quick.tail(hub),
                    () -> "READY"
                            .equals(hub.client()
                                    .get("/api/v1/experiments")
                                    .get(0)
                                    .path("state")
                                    .asText()));
            Files.createDirectories(inTheWay);

            Launcher.Outcome upload = lightpipe.run(
                    "upload", state, "--experiment=exp", facility.detector().toString(), "--follow");

            assertThat(upload.status()).as(upload.out() + upload.err()).isOne();
            assertThat(upload.err()).contains("1 files are held:", "scan/blocked.dat");
            // The same once more: nothing is new, and it is still not all there.
            assertThat(lightpipe
                            .run(
                                    "upload",
                                    state,
                                    "--experiment=exp",
                                    facility.detector().toString(),
                                    "--follow")
                            .status())
                    .isOne();
            Launcher.Outcome held = lightpipe.run("held", state);
            assertThat(held.out()).containsPattern("transfer +1 ").contains("./lightpipe retry transfer --reason");
            Files.delete(inTheWay);
            Files.delete(inTheWay.getParent());
            String glob = hub.client().get("/api/v1/held").get(0).path("reason").asText();
            assertThat(lightpipe
                            .run("retry", state, "transfer", "--reason=" + glob)
                            .out())
                    .isEqualTo("1 items wait again\n");
            Launcher.Outcome again = lightpipe.run(
                    "upload", state, "--experiment=exp", facility.detector().toString(), "--follow");
            assertThat(again.status()).as(again.out() + again.err()).isZero();
            assertThat(Proofs.stored(facility.storage().resolve("files/exp/data")))
                    .isEqualTo(detector.written());
        }
    }

    private static JsonNode verification(HubProcess hub, long id) throws Exception {
        return hub.client().get("/api/v1/verifications/" + id);
    }

    /** One bit in the middle of a stored file, as a bad disk would have it: size and times stay. */
    private static void flip(Path file, long position) throws Exception {
        var times = Files.getLastModifiedTime(file);
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(position);
            int old = bytes.read();
            bytes.seek(position);
            bytes.write(old ^ 1);
        }
        Files.setLastModifiedTime(file, times);
    }

    private Facility facility() throws Exception {
        Facility facility = Facility.in(directory);
        return described(facility, "file:" + facility.storage());
    }

    private Facility facility(String storage) throws Exception {
        return described(Facility.in(directory), storage);
    }

    private static Facility described(Facility facility, String storage) throws Exception {
        facility.write("config/beamlines/files.yaml", """
                beamline: files
                storage: "%s"
                acquire: {quiet: 200ms, rescan: 100ms}
                dataset: {name: '(?<dataset>[^/]+)/.*', quiet: 1s}
                """.formatted(storage));
        return facility;
    }
}
