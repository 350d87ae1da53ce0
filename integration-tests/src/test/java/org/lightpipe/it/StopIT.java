package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hub is told to stop in the middle of its work, and goes on at the next start. */
class StopIT {

    private static final Duration END = Duration.ofSeconds(120);
    private static final int BOUND_SECONDS = 5;
    /** What the database and the Java machine may need beyond what the work in flight gets. */
    private static final Duration MARGIN = Duration.ofSeconds(15);

    private static final int STOPS = Integer.getInteger("lightpipe.stops", 3);

    private final long seed = Long.getLong("lightpipe.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    @Test
    void aStopIsBoundedAndLeavesNothingBroken() throws Exception {
        long begin = System.nanoTime();
        Facility facility = facility();
        Detector detector = new Detector(facility.detector(), random);
        Path data = facility.state().toRealPath().resolve("postgresql/data");
        long longest = 0;
        try (HubProcess hub = hub(facility).start()) {
            hub.client().post("/api/v1/experiments", "name: exp\nbeamline: stop\nwatch: " + facility.detector());
            for (int stop = 0; stop < STOPS; stop++) {
                for (int number = 0; number < 20; number++) {
                    detector.write("scan_%d/frame_%02d.dat".formatted(stop, number), detector.someSize(number));
                }
                detector.write("scan_%d/large.dat".formatted(stop), 80_000_000);
                // Pacing: at any moment of the work on them.
                TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(2000));
                assertThat(Processes.in(data)).as("the database runs").isNotEmpty();
                Duration took = hub.stop();
                longest = Math.max(longest, took.toMillis());
                assertThat(took).as("stop, seed %d", seed).isLessThan(MARGIN.plusSeconds(BOUND_SECONDS));
                assertThat(Processes.in(data)).as("processes of the database").isEmpty();
                // What has its final name is whole.
                Proofs.stored(facility.storage().resolve("stop/exp/data"))
                        .forEach((name, digest) -> assertThat(digest)
                                .as(name)
                                .isEqualTo(detector.written().get(name)));
                hub.start();
            }
            Quick.awaitAll(hub, detector, END, Set.of("ARCHIVED"));
            prove(facility, hub, detector);
        }
        assertThat(Processes.in(data)).as("processes of the database").isEmpty();
        System.out.printf(
                "StopIT: seed %d, %d stops, the longest took %d ms, all in %d ms%n",
                seed, STOPS, longest, Quick.millisSince(begin));
    }

    @Test
    void aKilledHubsDatabaseIsTakenOver() throws Exception {
        long begin = System.nanoTime();
        Facility facility = facility();
        Detector detector = new Detector(facility.detector(), random);
        try (HubProcess hub = hub(facility).start()) {
            hub.client().post("/api/v1/experiments", "name: exp\nbeamline: stop\nwatch: " + facility.detector());
            for (int number = 0; number < 20; number++) {
                detector.write("scan/frame_%02d.dat".formatted(number), detector.someSize(number));
            }
            long database = Processes.databaseServer(facility.state());
            hub.kill();
            assertThat(ProcessHandle.of(database))
                    .as("the database outlives its hub")
                    .isPresent();
            hub.start();
            assertThat(Processes.databaseServer(facility.state()))
                    .as("the same database")
                    .isEqualTo(database);
            Quick.awaitAll(hub, detector, END, Set.of("ARCHIVED"));
            prove(facility, hub, detector);
            hub.stop();
            assertThat(Processes.in(facility.state().resolve("postgresql/data")))
                    .as("processes of a database that was taken over, after the stop")
                    .isEmpty();
        }
        System.out.printf("StopIT: seed %d, taken over, %d ms%n", seed, Quick.millisSince(begin));
    }

    private void prove(Facility facility, HubProcess hub, Detector detector) throws Exception {
        assertThat(CatalogView.of(hub.client(), "exp").digests(Set.of("ARCHIVED")))
                .as("catalog, seed %d", seed)
                .isEqualTo(detector.written());
        assertThat(Proofs.stored(facility.storage().resolve("stop/exp/data")))
                .as("storage, seed %d", seed)
                .isEqualTo(detector.written());
        assertThat(Proofs.archived(facility.tape())).as("tape, seed %d", seed).isEqualTo(detector.written());
        assertThat(Proofs.temporaries(facility.storage(), facility.tape()))
                .as("temporaries, seed %d", seed)
                .isEmpty();
    }

    private static HubProcess hub(Facility facility) {
        return facility.hub(
                facility.state(), Quick.properties("camel.main.shutdown-timeout", Integer.toString(BOUND_SECONDS)));
    }

    private Facility facility() throws IOException {
        Facility facility = Facility.in(directory);
        java.nio.file.Files.createDirectories(facility.state());
        facility.write("config/beamlines/stop.yaml", """
                beamline: stop
                storage: file:%s
                acquire: {quiet: 200ms, rescan: 100ms}
                dataset: {name: '(?<dataset>[^/]+)/.*', quiet: 1s}
                archive: {after: 0s, tape: 'file:%s'}
                """.formatted(facility.storage(), facility.tape()));
        return facility;
    }
}
