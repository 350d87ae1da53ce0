package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A storage behind a real nginx, over a network that is good and over one that is not. The seed is printed;
 * {@code -Dlightpipe.seed=N} repeats a run.
 */
class WebDavIT {

    private static final Duration END = Duration.ofSeconds(240);

    private final long seed = Long.getLong("lightpipe.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    @Test
    void everyNameAndSizeArrivesGoesToTapeAndComesBack() throws Exception {
        try (WebDavServer server = WebDavServer.start(Files.createDirectory(directory.resolve("nginx")))) {
            Facility facility = facility(server.port(), true);
            Detector detector = new Detector(facility.detector(), random);
            List<String> odd = List.of(
                    "with space/a b  c.dat",
                    "Überlänge/Größe µ 試料.dat",
                    "star*dir/what?[ab] {x,y}.dat",
                    "dollar$HOME `id` ;rm/${date:now} %41 + & #.dat",
                    "quote'\"/it's.dat",
                    "back\\slash/a\\b.dat",
                    "plain/-leading-dash.dat");
            try (HubProcess hub = facility.hub(facility.state(), Quick.properties())
                    .with("LC_ALL", "C.UTF-8")
                    .start()) {
                hub.client().post("/api/v1/experiments", "name: exp\nbeamline: far\nwatch: " + facility.detector());
                for (int number = 0; number < 60; number++) {
                    detector.write(
                            "scan_%02d/frame_%04d.dat".formatted(number / 20, number), detector.someSize(number));
                }
                detector.write("large/large.dat", 40 << 20);
                for (String name : odd) {
                    detector.write(name, 1000 + random.nextInt(1000));
                }
                Path data = server.far().resolve("storage/far/exp/data");
                Quick.awaitAll(hub, detector, END, Set.of("RELEASED"));
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
                assertThat(Proofs.temporaries(server.far(), facility.tape())).isEmpty();
            }
        }
    }

    @Test
    void aConnectionThatBreaksLosesNothingAndShowsNothingPartial() throws Exception {
        int cuts = Integer.getInteger("lightpipe.cuts", 10);
        System.out.println("WebDavIT: seed " + seed + ", " + cuts + " cuts");
        try (WebDavServer server = WebDavServer.start(Files.createDirectory(directory.resolve("nginx")));
                FaultyProxy network = new FaultyProxy(server.port())) {
            Random budgets = new Random(seed);
            network.cutAfter(() -> 10_000 + budgets.nextInt(6_000_000));
            Facility facility = facility(network.port(), false);
            Detector detector = new Detector(facility.detector(), random);
            Path data = server.far().resolve("storage/far/exp/data");
            try (HubProcess hub = facility.hub(facility.state(), Quick.properties())
                            .with("LC_ALL", "C.UTF-8")
                            .start();
                    FinalNames watcher =
                            new FinalNames(data, detector.written(), () -> CatalogView.of(hub.client(), "exp"))) {
                hub.client().post("/api/v1/experiments", "name: exp\nbeamline: far\nwatch: " + facility.detector());
                detector.write("scan_0/large.dat", 5_000_000);
                for (int more = 0; network.cuts() < cuts; more++) {
                    int wanted = Math.min(cuts, network.cuts() + 2);
                    detector.write("scan_%d/more_%03d.dat".formatted(more % 3, more), 3_000_000);
                    Bounded.until(
                            "the network breaks",
                            Duration.ofSeconds(60),
                            () -> Quick.tail(hub),
                            () -> network.cuts() >= wanted || allStored(hub, detector));
                }
                network.cutAfter(() -> Long.MAX_VALUE);
                Quick.awaitAll(hub, detector, END, Set.of("ARCHIVED"));
                assertThat(watcher.wrong()).as("seed %d", seed).isEmpty();
                assertThat(Proofs.stored(data)).as("storage, seed %d", seed).isEqualTo(detector.written());
                assertThat(Proofs.archived(facility.tape()))
                        .as("tape, seed %d", seed)
                        .isEqualTo(detector.written());
                assertThat(Proofs.temporaries(server.far(), facility.tape()))
                        .as("temporaries, seed %d", seed)
                        .isEmpty();
            }
        }
    }

    private static boolean allStored(HubProcess hub, Detector detector) throws Exception {
        return CatalogView.of(hub.client(), "exp").files().stream()
                        .filter(CatalogView::isStored)
                        .count()
                == detector.written().size();
    }

    private Facility facility(int port, boolean release) throws Exception {
        Facility facility = Facility.in(directory);
        facility.write("config/beamlines/far.yaml", """
                beamline: far
                storage: {uri: "http://127.0.0.1:%d/storage", settings: {timeout: 10s}}
                acquire: {quiet: 300ms, rescan: 100ms}
                dataset: {name: '(?<dataset>[^/]+)/.*', quiet: 1s}
                archive: {after: 0s, tape: 'file:%s', release: %s}
                """.formatted(port, facility.tape(), release));
        return facility;
    }
}
