package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand faults on the way to a storage behind a real OpenSSH server: connections that are cut, bytes that are
 * changed on the wire, writes that are confirmed and stored otherwise, a network that stalls or is gone, a hub that is
 * killed. Every file is proved at the end, nothing is there twice, and nothing partial is ever seen under a final name.
 * The seed is printed; {@code -Dlightpipe.seed=N} repeats a run, {@code -Dlightpipe.faults=N} asks for more or fewer.
 */
class FaultsIT {

    private static final Duration END = Duration.ofSeconds(300);
    private static final Duration AT_MOST = Duration.ofMinutes(15);
    private static final int KILL_EVERY = 250;

    private static final int LARGE = 20_000_000;

    private final long seed = Long.getLong("lightpipe.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    private enum Fault {
        CUT,
        CHANGED_ON_THE_WIRE,
        STORED_OTHERWISE,
        STALL,
        NO_NETWORK
    }

    @Test
    void everyFileIsProvedAtTheEnd() throws Exception {
        int wanted = Integer.getInteger("lightpipe.faults", 1000);
        System.out.println("FaultsIT: seed " + seed + ", " + wanted + " faults");
        long begin = System.nanoTime();
        try (SshServer ssh = SshServer.startLiar(Files.createDirectory(directory.resolve("ssh")));
                FaultyProxy network = new FaultyProxy(ssh.port())) {
            Facility facility = facility(ssh.uri(network.port(), "storage", ""));
            Detector detector = new Detector(facility.detector(), random);
            Path data = ssh.far().resolve("storage/far/exp/data");
            Map<Fault, Integer> met = new EnumMap<>(Fault.class);
            HubProcess hub = start(facility);
            try (FinalNames watcher =
                    new FinalNames(data, detector.written(), () -> CatalogView.of(client(facility), "exp"))) {
                hub.client().post("/api/v1/experiments", "name: exp\nbeamline: far\nwatch: " + facility.detector());
                int faults = 0;
                int number = 0;
                while (faults < wanted) {
                    assertThat(System.nanoTime() - begin)
                            .as("%d faults were met in time, seed %d; %s", wanted, seed, Quick.tail(hub))
                            .isLessThan(AT_MOST.toNanos());
                    // Always something on its way, and now and then something large.
                    if (waiting(ssh.far(), detector, data) < 20) {
                        for (int more = 0; more < 10; more++, number++) {
                            int size = number % 15 == 7 ? LARGE : detector.someSize(number);
                            detector.write("scan_%03d/frame_%05d.dat".formatted(number / 100, number), size);
                        }
                    }
                    TimeUnit.MILLISECONDS.sleep(20 + random.nextInt(120));
                    Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                    if (happens(fault, network, ssh)) {
                        met.merge(fault, 1, Integer::sum);
                        faults++;
                        if (faults % KILL_EVERY == KILL_EVERY / 2) {
                            hub.kill();
                            hub = start(facility);
                        }
                    }
                }
                Quick.awaitAll(hub, detector, END, Set.of("CATALOGUED"));
                assertThat(watcher.wrong()).as("seed %d", seed).isEmpty();
                CatalogView view = CatalogView.of(hub.client(), "exp");
                assertThat(view.digests(Set.of("CATALOGUED")))
                        .as("catalog, seed %d", seed)
                        .isEqualTo(detector.written());
                assertThat(view.files())
                        .as("no file twice, seed %d", seed)
                        .hasSameSizeAs(detector.written().keySet());
                assertThat(Proofs.stored(data)).as("storage, seed %d", seed).isEqualTo(detector.written());
                assertThat(Proofs.temporaries(ssh.far()))
                        .as("temporaries, seed %d", seed)
                        .isEmpty();
                System.out.printf(
                        "FaultsIT: seed %d, %d files over %s in %d s, storage looked at %d times%n",
                        seed,
                        detector.written().size(),
                        met,
                        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin),
                        watcher.looks());
            } finally {
                hub.close();
            }
        }
    }

    /** False when there was nothing that it could have hit. */
    private boolean happens(Fault fault, FaultyProxy network, SshServer ssh) throws Exception {
        switch (fault) {
            case CUT -> {
                return network.cutNow();
            }
            case CHANGED_ON_THE_WIRE -> {
                int before = network.corruptions();
                network.corruptNext();
                TimeUnit.MILLISECONDS.sleep(100);
                return network.corruptions() > before;
            }
            case STORED_OTHERWISE -> {
                return lies(ssh);
            }
            case STALL -> {
                long before = network.bytes();
                network.slow(50);
                TimeUnit.MILLISECONDS.sleep(200);
                network.slow(0);
                return network.bytes() > before;
            }
            default -> {
                int before = network.refusals();
                network.refuse(true);
                TimeUnit.MILLISECONDS.sleep(100 + random.nextInt(200));
                network.refuse(false);
                return network.refusals() > before;
            }
        }
    }

    /** Put down and taken away again when nobody wrote. */
    private static boolean lies(SshServer ssh) throws Exception {
        Files.writeString(ssh.lie(), "");
        for (int look = 0; look < 20 && Files.exists(ssh.lie()); look++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return !Files.deleteIfExists(ssh.lie());
    }

    private static long waiting(Path far, Detector detector, Path data) throws IOException {
        long there = Files.isDirectory(data) ? Proofs.count(data) : 0;
        return detector.written().size() - there;
    }

    private static HubProcess start(Facility facility) throws Exception {
        Map<String, String> properties = new java.util.TreeMap<>(Quick.properties("retry.first", "20ms"));
        properties.put("retry.longest", "300ms");
        return facility.hub(facility.state(), properties)
                .with("LC_ALL", "C.UTF-8")
                .start();
    }

    private static org.lightpipe.hub.client.HubClient client(Facility facility) throws IOException {
        return org.lightpipe.hub.client.HubClient.of(facility.state());
    }

    private Facility facility(String storage) throws Exception {
        Facility facility = Facility.in(directory);
        facility.write("config/beamlines/far.yaml", """
                beamline: far
                storage: {uri: "%s"}
                acquire: {quiet: 200ms, rescan: 100ms}
                dataset: {name: '(?<dataset>[^/]+)/.*', quiet: 1s}
                """.formatted(storage));
        return facility;
    }
}
