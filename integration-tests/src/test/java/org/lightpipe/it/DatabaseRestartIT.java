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
import org.lightpipe.catalog.EmbeddedPostgres;

/**
 * The database goes down while files flow: the hub's own, which the hub must bring back itself, and one of the
 * facility's. The seed is printed; {@code -Dlightpipe.seed=N} repeats a run.
 */
class DatabaseRestartIT {

    private static final Duration END = Duration.ofSeconds(180);
    private static final int RESTARTS = Integer.getInteger("lightpipe.restarts", 6);
    private static final int FILES_BETWEEN = 25;

    private final long seed = Long.getLong("lightpipe.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    @Test
    void theHubBringsItsOwnDatabaseBack() throws Exception {
        Facility facility = facility();
        HubProcess own = facility.hub(facility.state(), Quick.properties());
        try (HubProcess hub = own.start()) {
            survives("own", facility, hub, number -> {
                long pid = Processes.databaseServer(facility.state());
                // As the kernel does when memory is short, and as an administrator in a hurry does.
                Peers.run("kill", number % 2 == 0 ? "-KILL" : "-QUIT", Long.toString(pid));
                Bounded.until(
                        "the database is another process",
                        END,
                        () -> Quick.tail(hub),
                        () -> Processes.databaseServer(facility.state()) != pid);
            });
        }
    }

    @Test
    void anExternalDatabaseMayRestart() throws Exception {
        Facility facility = facility();
        try (EmbeddedPostgres database = EmbeddedPostgres.start(directory.resolve("database"))) {
            HubProcess external = facility.hub(facility.state(), Quick.properties())
                    .with("LIGHTPIPE_DATABASE_URL", database.jdbcUrl())
                    .with("LIGHTPIPE_DATABASE_USER", database.username())
                    .with("LIGHTPIPE_DATABASE_PASSWORD", database.password());
            try (HubProcess hub = external.start()) {
                survives("external", facility, hub, number -> database.restart());
                assertThat(facility.state().resolve("postgresql")).doesNotExist();
            }
        }
    }

    private interface Blow {
        void strike(int number) throws Exception;
    }

    private void survives(String which, Facility facility, HubProcess hub, Blow blow) throws Exception {
        long begin = System.nanoTime();
        Detector detector = new Detector(facility.detector(), random);
        hub.client().post("/api/v1/experiments", "name: exp\nbeamline: db\nwatch: " + facility.detector());
        for (int restart = 0; restart < RESTARTS; restart++) {
            for (int file = 0; file < FILES_BETWEEN; file++) {
                detector.write("scan_%02d/frame_%02d.dat".formatted(restart, file), detector.someSize(file));
            }
            // Pacing: at any moment of the work on them.
            TimeUnit.MILLISECONDS.sleep(random.nextInt(1500));
            blow.strike(restart);
        }
        Quick.awaitAll(hub, detector, END, Set.of("ARCHIVED"));
        CatalogView view = CatalogView.of(hub.client(), "exp");
        assertThat(view.digests(Set.of("ARCHIVED")))
                .as("catalog, seed %d", seed)
                .isEqualTo(detector.written());
        assertThat(Proofs.stored(facility.storage().resolve("db/exp/data")))
                .as("storage, seed %d", seed)
                .isEqualTo(detector.written());
        assertThat(Proofs.archived(facility.tape())).as("tape, seed %d", seed).isEqualTo(detector.written());
        assertThat(Proofs.temporaries(facility.storage(), facility.tape()))
                .as("temporaries, seed %d", seed)
                .isEmpty();
        assertThat(hub.isAlive()).isTrue();
        System.out.printf(
                "DatabaseRestartIT: seed %d, %s database, %d restarts, %d files in %d ms%n",
                seed, which, RESTARTS, detector.written().size(), Quick.millisSince(begin));
    }

    private Facility facility() throws IOException {
        Facility facility = Facility.in(directory);
        facility.write("config/beamlines/db.yaml", """
                beamline: db
                storage: file:%s
                acquire: {quiet: 200ms, rescan: 100ms}
                dataset: {name: '(?<dataset>[^/]+)/.*', quiet: 1s}
                archive: {after: 0s, tape: 'file:%s'}
                """.formatted(facility.storage(), facility.tape()));
        return facility;
    }
}
