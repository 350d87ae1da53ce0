package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The storage or the tape library is full: files wait and say why, and go on once there is space. */
class DiskFullIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int FILES = 24;
    private static final int SIZE = 1_000_000;
    private static final int SMALL = 10;
    private static final int LARGE = 200;
    private static final String FULL = "is full: no space is left";
    private static final String WHY = "No space left on device";

    private final long seed = Long.getLong("lightpipe.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    @Test
    void filesThatFindNoSpaceWaitAndGoOnByThemselvesOnceThereIsSome() throws Exception {
        fillStorage(
                "0",
                "blocked",
                hub -> hub.client().get("/api/v1/storages").toString().contains(FULL));
    }

    @Test
    void aStorageThatIsNearlyFullTakesNothingBeforeItFails() throws Exception {
        fillStorage(
                "3MB",
                "full",
                hub -> hub.client().get("/api/v1/storages").toString().contains("nearly full"));
    }

    @Test
    void bagsThatFindNoSpaceGoOnByThemselvesOnceThereIsSome() throws Exception {
        long begin = System.nanoTime();
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("tape"), SMALL)) {
            Facility facility = facility(directory.resolve("storage"), disk.place(), "0");
            Detector detector = new Detector(facility.detector(), random);
            try (HubProcess hub =
                    facility.hub(facility.state(), Quick.properties()).start()) {
                write(hub, facility, detector);
                Bounded.until(
                        "a bag says why it waits",
                        PATIENCE,
                        () -> state(hub),
                        () -> CatalogView.of(hub.client(), "exp").datasets().stream()
                                .anyMatch(dataset -> dataset.path("bags")
                                        .path(0)
                                        .path("reason")
                                        .asText()
                                        .contains(WHY)));
                CatalogView full = CatalogView.of(hub.client(), "exp");
                for (JsonNode dataset : full.datasets()) {
                    JsonNode bag = dataset.path("bags").path(0);
                    assertThat(bag.path("verified_at").isNull()
                                    || Files.exists(disk.place()
                                            .resolve(bag.path("path").asText())))
                            .as("a bag that is called proved is there: %s", bag)
                            .isTrue();
                }
                disk.grow(LARGE);
                Quick.awaitAll(hub, detector, PATIENCE, Set.of("ARCHIVED"));
                proveAll(facility, hub, detector, disk.place());
            }
        }
        System.out.printf("DiskFullIT: seed %d, tape library, %d ms%n", seed, Quick.millisSince(begin));
    }

    private interface Full {
        boolean isReached(HubProcess hub) throws Exception;
    }

    private void fillStorage(String reserve, String how, Full full) throws Exception {
        long begin = System.nanoTime();
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("storage"), SMALL)) {
            Facility facility = facility(disk.place(), directory.resolve("tape"), reserve);
            Detector detector = new Detector(facility.detector(), random);
            try (HubProcess hub = facility.hub(facility.state(), Quick.properties("storages.period", "100"))
                    .start()) {
                write(hub, facility, detector);
                Bounded.until(
                        "the storage says that it is full", PATIENCE, () -> state(hub), () -> full.isReached(hub));
                assertThat(hub.client().get("/api/v1/health").path("troubles").toString())
                        .contains("storage-trouble");
                CatalogView view = CatalogView.of(hub.client(), "exp");
                int stored = 0;
                for (JsonNode file : view.files()) {
                    String name = file.path("path").asText();
                    if (CatalogView.isStored(file)) {
                        stored++;
                        assertThat(file.path("digest").asText())
                                .as(name)
                                .isEqualTo(detector.written().get(name))
                                .isEqualTo(Sha256.of(data(disk.place()).resolve(name)));
                    } else {
                        assertThat(file.path("state").asText())
                                .as("no file is held for what is the storage's fault")
                                .isNotEqualTo("FAILED");
                        assertThat(file.path("digest").isNull()).as(name).isTrue();
                        assertThat(data(disk.place()).resolve(name)).doesNotExist();
                    }
                }
                assertThat(stored).as("files that fitted").isBetween(1, SMALL);
                if (how.equals("full")) {
                    assertThat(Files.readString(hub.log()))
                            .contains("is nearly full")
                            .doesNotContain(FULL);
                }
                disk.grow(LARGE);
                Quick.awaitAll(hub, detector, PATIENCE, Set.of("ARCHIVED"));
                proveAll(facility, hub, detector, directory.resolve("tape"));
            }
        }
        System.out.printf("DiskFullIT: seed %d, storage %s, %d ms%n", seed, how, Quick.millisSince(begin));
    }

    private void write(HubProcess hub, Facility facility, Detector detector) throws Exception {
        hub.client().post("/api/v1/experiments", "name: exp\nbeamline: small\nwatch: " + facility.detector());
        for (int number = 0; number < FILES; number++) {
            detector.write("scan_%d/frame_%02d.dat".formatted(number / 12, number), SIZE);
        }
    }

    private void proveAll(Facility facility, HubProcess hub, Detector detector, Path tape) throws Exception {
        Path storage = directory.resolve("storage");
        assertThat(CatalogView.of(hub.client(), "exp").digests(Set.of("ARCHIVED")))
                .isEqualTo(detector.written());
        assertThat(Proofs.stored(data(storage))).isEqualTo(detector.written());
        assertThat(Proofs.archived(tape)).isEqualTo(detector.written());
        assertThat(Proofs.temporaries(storage, tape)).isEmpty();
    }

    private static Path data(Path storage) {
        return storage.resolve("small/exp/data");
    }

    private static String state(HubProcess hub) {
        List<String> lines = new ArrayList<>();
        try {
            lines.add(CatalogView.of(hub.client(), "exp").summary());
        } catch (IOException | InterruptedException | RuntimeException e) {
            lines.add(e.toString());
        }
        lines.add(Quick.tail(hub));
        return String.join("\n", lines);
    }

    private Facility facility(Path storage, Path tape, String reserve) throws IOException {
        Facility facility = Facility.in(directory);
        facility.write("config/beamlines/small.yaml", """
                beamline: small
                storage: {uri: 'file:%s', transfer: {reserve: %s, group: 2, concurrency: 1}}
                acquire: {quiet: 200ms, rescan: 100ms}
                dataset: {name: '(?<dataset>[^/]+)/.*', quiet: 1s}
                archive: {after: 0s, tape: 'file:%s'}
                """.formatted(storage, reserve, tape));
        return facility;
    }
}
