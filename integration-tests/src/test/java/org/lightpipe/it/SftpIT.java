package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A storage behind a real OpenSSH server, over a network that is good and over one that is not. The seed is printed;
 * {@code -Dlightpipe.seed=N} repeats a run.
 */
class SftpIT {

    private static final Duration END = Duration.ofSeconds(240);
    private static final int LARGE = 60 << 20;

    private final long seed = Long.getLong("lightpipe.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    @Test
    void everyNameAndSizeArrivesGoesToTapeAndComesBack() throws Exception {
        try (SshServer ssh = SshServer.start(Files.createDirectory(directory.resolve("ssh")))) {
            Facility facility = facility(ssh.uri(ssh.port(), "storage", ""), true);
            Detector detector = new Detector(facility.detector(), random);
            List<String> odd = List.of(
                    "with space/a b  c.dat",
                    "Überlänge/Größe µ 試料.dat",
                    "star*dir/what?[ab] {x,y}.dat",
                    "dollar$HOME `id` ;rm/${date:now} %41 + & #.dat",
                    "quote'\"/it's.dat",
                    "deep/1/2/3/4/5/6/7/8/9/file.dat",
                    "back\\slash/a\\b.dat",
                    "plain/-leading-dash.dat");
            long begin = System.nanoTime();
            try (HubProcess hub = facility.hub(facility.state(), Quick.properties())
                    .with("LC_ALL", "C.UTF-8")
                    .start()) {
                hub.client().post("/api/v1/experiments", "name: exp\nbeamline: far\nwatch: " + facility.detector());
                for (int number = 0; number < 200 - odd.size() - 1; number++) {
                    detector.write(
                            "scan_%02d/frame_%04d.dat".formatted(number / 40, number), detector.someSize(number));
                }
                detector.write("large/large.dat", LARGE);
                for (String name : odd) {
                    detector.write(name, 1000 + random.nextInt(1000));
                }
                Path data = ssh.far().resolve("storage/far/exp/data");
                Quick.awaitAll(hub, detector, END, Set.of("RELEASED"));
                long released = System.nanoTime();
                CatalogView view = CatalogView.of(hub.client(), "exp");
                assertThat(view.digests(Set.of("RELEASED"))).isEqualTo(detector.written());
                assertThat(Proofs.archived(facility.tape())).isEqualTo(detector.written());
                assertThat(Proofs.stored(data)).as("storage after release").isEmpty();
                for (JsonNode dataset : view.datasets()) {
                    hub.client()
                            .post(
                                    "/api/v1/recalls",
                                    "{\"dataset\": " + dataset.path("id").asLong() + "}");
                }
                Quick.awaitAll(hub, detector, END, Set.of("RECALLED"));
                assertThat(Proofs.stored(data)).as("storage after recall").isEqualTo(detector.written());
                assertThat(Proofs.temporaries(ssh.far(), facility.tape())).isEmpty();
                System.out.printf(
                        "SftpIT: seed %d, 200 files stored, archived, released in %d ms, recalled in %d ms%n",
                        seed, (released - begin) / 1_000_000, (System.nanoTime() - released) / 1_000_000);
            }
        }
    }

    @Test
    void anExistingFileIsReplaced() throws Exception {
        try (SshServer ssh = SshServer.start(Files.createDirectory(directory.resolve("ssh")))) {
            Facility facility = facility(ssh.uri(ssh.port(), "storage", ""), false);
            Detector detector = new Detector(facility.detector(), random);
            try (HubProcess hub = facility.hub(facility.state(), Quick.properties())
                    .with("LC_ALL", "C.UTF-8")
                    .start()) {
                hub.client().post("/api/v1/experiments", "name: exp\nbeamline: far\nwatch: " + facility.detector());
                Path data = ssh.far().resolve("storage/far/exp/data");
                for (int size : new int[] {2_000_000, 10, 1_000_000, 0}) {
                    detector.write("scan/frame.dat", size);
                    Bounded.until("the newest content is stored", Duration.ofSeconds(60), () -> Quick.tail(hub), () -> {
                        Map<String, String> digests = CatalogView.of(hub.client(), "exp")
                                .digests(Set.of("STORED", "CATALOGUING", "CATALOGUED", "ARCHIVED"));
                        return digests.equals(detector.written());
                    });
                    assertThat(Proofs.stored(data)).isEqualTo(detector.written());
                }
                assertThat(Proofs.temporaries(ssh.far())).isEmpty();
            }
        }
    }

    @Test
    void aConnectionThatBreaksLosesNothingAndShowsNothingPartial() throws Exception {
        int cuts = Integer.getInteger("lightpipe.cuts", 25);
        System.out.println("SftpIT: seed " + seed + ", " + cuts + " cuts");
        try (SshServer ssh = SshServer.start(Files.createDirectory(directory.resolve("ssh")));
                FaultyProxy network = new FaultyProxy(ssh.port())) {
            Random budgets = new Random(seed);
            network.cutAfter(() -> 10_000 + budgets.nextInt(6_000_000));
            Facility facility = facility(ssh.uri(network.port(), "storage", ""), false);
            Detector detector = new Detector(facility.detector(), random);
            Path data = ssh.far().resolve("storage/far/exp/data");
            long begin = System.nanoTime();
            try (HubProcess hub = facility.hub(facility.state(), Quick.properties())
                            .with("LC_ALL", "C.UTF-8")
                            .start();
                    FinalNames watcher =
                            new FinalNames(data, detector.written(), () -> CatalogView.of(hub.client(), "exp"))) {
                hub.client().post("/api/v1/experiments", "name: exp\nbeamline: far\nwatch: " + facility.detector());
                detector.write("scan_0/large.dat", 5_000_000);
                for (int number = 0; number < 60; number++) {
                    detector.write("scan_%d/frame_%03d.dat".formatted(number / 20, number), detector.someSize(number));
                }
                for (int more = 0; network.cuts() < cuts; more++) {
                    int wanted = Math.min(cuts, network.cuts() + 3);
                    detector.write("scan_9/more_%03d.dat".formatted(more), 4_000_000);
                    Bounded.until(
                            "the network breaks",
                            Duration.ofSeconds(60),
                            () -> Quick.tail(hub),
                            () -> network.cuts() >= wanted || allStored(hub, detector));
                }
                // Slow, with something on its way …
                network.cutAfter(() -> Long.MAX_VALUE);
                network.slow(10);
                long sent = network.bytes();
                detector.write("scan_9/slow.dat", 8_000_000);
                Bounded.until(
                        "something is on its way",
                        Duration.ofSeconds(60),
                        () -> Quick.tail(hub),
                        () -> network.bytes() > sent + 2_000_000);
                // … then gone in the middle of it, for a while.
                network.refuse(true);
                detector.write("scan_9/meanwhile.dat", 100_000);
                Bounded.until(
                        "the hub tries again",
                        Duration.ofSeconds(60),
                        () -> Quick.tail(hub),
                        () -> network.refusals() >= 6);
                network.slow(0);
                network.refuse(false);
                Quick.awaitAll(hub, detector, END, Set.of("ARCHIVED"));
                assertThat(watcher.wrong()).as("seed %d", seed).isEmpty();
                assertThat(Proofs.stored(data)).as("storage, seed %d", seed).isEqualTo(detector.written());
                assertThat(Proofs.archived(facility.tape()))
                        .as("tape, seed %d", seed)
                        .isEqualTo(detector.written());
                assertThat(Proofs.temporaries(ssh.far(), facility.tape()))
                        .as("temporaries, seed %d", seed)
                        .isEmpty();
                System.out.printf(
                        "SftpIT: seed %d, %d files over %d cuts and %d refusals in %d ms, storage looked at %d times%n",
                        seed,
                        detector.written().size(),
                        network.cuts(),
                        network.refusals(),
                        (System.nanoTime() - begin) / 1_000_000,
                        watcher.looks());
            }
        }
    }

    private static boolean allStored(HubProcess hub, Detector detector) throws Exception {
        return CatalogView.of(hub.client(), "exp").files().stream()
                        .filter(CatalogView::isStored)
                        .count()
                == detector.written().size();
    }

    private Facility facility(String storage, boolean release) throws Exception {
        Facility facility = Facility.in(directory);
        facility.write("config/beamlines/far.yaml", """
                beamline: far
                storage: {uri: "%s"}
                acquire: {quiet: 300ms, rescan: 100ms}
                dataset: {name: '(?<dataset>[^/]+)/.*', quiet: 1s}
                archive: {after: 0s, tape: 'file:%s', release: %s}
                """.formatted(storage, facility.tape(), release));
        return facility;
    }
}
