package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.catalog.EmbeddedPostgres;

/** Two hubs on one database, one storage and one watched directory share the work, and either can die. */
class TwoHubsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final int BATCHES = 8;
    private static final int FILES = 25;

    private final long seed = Long.getLong("lightpipe.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    /** A hub with a console. */
    private record Peer(Path state, HubProcess hub, int jmxPort) {
        long transferred() throws Exception {
            return StepBeans.number(jmxPort, "transfer", "Done");
        }

        /** Monitors that run here. */
        long monitors() throws Exception {
            return StepBeans.number(jmxPort, "acquire", "InFlight");
        }
    }

    @Test
    void theSurvivorFinishesEverything() throws Exception {
        long begin = System.nanoTime();
        Facility facility = facility();
        try (EmbeddedPostgres database = EmbeddedPostgres.start(directory.resolve("database"))) {
            Peer one = peer(facility, database, "one");
            Peer two = peer(facility, database, "two");
            try (HubProcess first = one.hub().start();
                    HubProcess second = two.hub().start()) {
                Detector detector = new Detector(facility.detector(), random);
                first.client().post("/api/v1/experiments", "name: exp\nbeamline: pair\nwatch: " + facility.detector());
                for (int batch = 0; batch < BATCHES; batch++) {
                    write(detector, batch);
                }
                Quick.awaitAll(second, detector, PATIENCE, Set.of("ARCHIVED"));
                long byFirst = one.transferred();
                long bySecond = two.transferred();
                assertThat(byFirst).as("files transferred by the first hub").isPositive();
                assertThat(bySecond).as("files transferred by the second hub").isPositive();
                assertThat(byFirst + bySecond).isEqualTo(detector.written().size());
                assertThat(one.monitors() + two.monitors())
                        .as("monitors of one directory")
                        .isEqualTo(1);

                // The one with the monitor dies in the middle.
                Peer dying = one.monitors() == 1 ? one : two;
                Peer survivor = dying == one ? two : one;
                long before = dying.transferred();
                int batch = BATCHES;
                for (long end = System.nanoTime() + PATIENCE.toNanos(); dying.transferred() < before + FILES; batch++) {
                    assertThat(System.nanoTime())
                            .as("the hub that is to die is at work")
                            .isLessThan(end);
                    write(detector, batch);
                    // Pacing: as a detector does.
                    TimeUnit.MILLISECONDS.sleep(300);
                }
                dying.hub().kill();
                long killed = System.nanoTime();
                write(detector, batch);
                Bounded.until(
                        "the monitor moves to the survivor",
                        PATIENCE,
                        () -> Quick.tail(survivor.hub()),
                        () -> survivor.monitors() == 1);
                long moved = Quick.millisSince(killed);
                Quick.awaitAll(survivor.hub(), detector, PATIENCE, Set.of("ARCHIVED"));
                prove(facility, survivor, detector);
                System.out.printf(
                        "TwoHubsIT: seed %d, %d and %d files, monitor moved %d ms after the kill, %d files in %d ms%n",
                        seed, byFirst, bySecond, moved, detector.written().size(), Quick.millisSince(begin));
            }
        }
    }

    @Test
    void aHubThatWasTakenForDeadAndWakesUpDoesNoHarm() throws Exception {
        long begin = System.nanoTime();
        Facility facility = facility();
        try (EmbeddedPostgres database = EmbeddedPostgres.start(directory.resolve("database"))) {
            Peer one = peer(facility, database, "one");
            Peer two = peer(facility, database, "two");
            try (HubProcess first = one.hub().start();
                    HubProcess second = two.hub().start()) {
                Detector detector = new Detector(facility.detector(), random);
                first.client().post("/api/v1/experiments", "name: exp\nbeamline: pair\nwatch: " + facility.detector());
                Path data = facility.storage().resolve("pair/exp/data");
                try (FinalNames watcher =
                        new FinalNames(data, detector.written(), () -> CatalogView.of(second.client(), "exp"))) {
                    int naps = Integer.getInteger("lightpipe.naps", 4);
                    for (int nap = 0; nap < naps; nap++) {
                        for (int large = 0; large < 4; large++) {
                            detector.write("nap_%d/large_%d.dat".formatted(nap, large), 24_000_000);
                        }
                        write(detector, nap);
                        Bounded.until(
                                "a copy is under way",
                                PATIENCE,
                                () -> Quick.tail(first),
                                () -> Files.exists(data)
                                        && !Proofs.temporaries(data).isEmpty());
                        TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
                        // Longer than its lease: the other takes its work over, while it holds files half written.
                        Peers.run("kill", "-STOP", Long.toString(first.pid()));
                        try {
                            if (nap % 2 == 0) {
                                Quick.awaitAll(second, detector, PATIENCE, Set.of("CATALOGUED", "ARCHIVED"));
                            } else {
                                // Pacing: it wakes up while the other one does its work.
                                TimeUnit.MILLISECONDS.sleep(3000 + random.nextInt(4000));
                            }
                        } finally {
                            Peers.run("kill", "-CONT", Long.toString(first.pid()));
                        }
                    }
                    Quick.awaitAll(second, detector, PATIENCE, Set.of("ARCHIVED"));
                    first.stop();
                    assertThat(watcher.wrong()).as("seed %d", seed).isEmpty();
                }
                prove(facility, two, detector);
                System.out.printf(
                        "TwoHubsIT: seed %d, a hub that slept, %d files in %d ms%n",
                        seed, detector.written().size(), Quick.millisSince(begin));
            }
        }
    }

    @Test
    void aSecondHubOnOneStateDirectoryIsRefused() throws Exception {
        Facility facility = facility();
        try (HubProcess hub = facility.hub(facility.state(), Quick.properties()).start()) {
            Path log = directory.resolve("refused.log");
            Process refused = HubProcess.command(List.of(
                            "run",
                            "--home=" + facility.home(),
                            "--state=" + facility.state(),
                            "-Dcamel.server.port=" + HubProcess.freePort()))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                assertThat(refused.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
            } finally {
                refused.destroyForcibly();
            }
            assertThat(refused.exitValue()).isNotZero();
            String said = Files.readString(log);
            assertThat(said)
                    .contains("state directory", "is in use by the hub with pid " + hub.pid(), "Mend:")
                    .doesNotContain("\tat ");
            assertThat(hub.client().get("/api/v1/status").path("ready").asBoolean())
                    .isTrue();
            System.out.println("TwoHubsIT: refused with: " + said.strip());
        }
    }

    private void write(Detector detector, int batch) throws IOException {
        for (int number = 0; number < FILES; number++) {
            detector.write("scan_%02d/frame_%02d.dat".formatted(batch, number), detector.someSize(number));
        }
    }

    private void prove(Facility facility, Peer survivor, Detector detector) throws Exception {
        assertThat(CatalogView.of(survivor.hub().client(), "exp").digests(Set.of("ARCHIVED")))
                .as("catalog, seed %d", seed)
                .isEqualTo(detector.written());
        assertThat(Proofs.stored(facility.storage().resolve("pair/exp/data")))
                .as("storage, seed %d", seed)
                .isEqualTo(detector.written());
        assertThat(Proofs.archived(facility.tape())).as("tape, seed %d", seed).isEqualTo(detector.written());
        assertThat(Proofs.temporaries(facility.storage(), facility.tape()))
                .as("temporaries, seed %d", seed)
                .isEmpty();
    }

    private Peer peer(Facility facility, EmbeddedPostgres database, String name) throws IOException {
        Path state = directory.resolve("state-" + name);
        int jmxPort = HubProcess.freePort();
        List<String> arguments = new ArrayList<>(
                List.of("run", "--home=" + facility.home(), "--state=" + state, "--jmx-port=" + jmxPort));
        Map<String, String> properties = Quick.properties("lightpipe.lease", "3s");
        properties.forEach((property, value) -> arguments.add("-D" + property + "=" + value));
        HubProcess hub = new HubProcess(state, arguments)
                .with("LIGHTPIPE_DATABASE_URL", database.jdbcUrl())
                .with("LIGHTPIPE_DATABASE_USER", database.username())
                .with("LIGHTPIPE_DATABASE_PASSWORD", database.password());
        return new Peer(state, hub, jmxPort);
    }

    private Facility facility() throws IOException {
        Facility facility = Facility.in(directory);
        facility.write("config/beamlines/pair.yaml", """
                beamline: pair
                storage: file:%s
                acquire: {quiet: 200ms, rescan: 100ms}
                dataset: {name: '(?<dataset>[^/]+)/.*', quiet: 1s}
                archive: {after: 0s, tape: 'file:%s'}
                """.formatted(facility.storage(), facility.tape()));
        return facility;
    }
}
