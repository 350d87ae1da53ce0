package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the hub at random moments while a detector writes, and asks at the end that every file is exactly once in
 * storage, catalog and archive. The seed is printed; {@code -Dlightpipe.seed=N} repeats a run, {@code
 * -Dlightpipe.kills=N} and {@code -Dlightpipe.files=N} change its length.
 */
class KillIT {

    private static final int KILLS = Integer.getInteger("lightpipe.kills", 50);
    private static final int FILES = Integer.getInteger("lightpipe.files", 400);
    private static final int FILES_IN_SCAN = 20;
    private static final long END_SECONDS = 300;

    private final long seed = Long.getLong("lightpipe.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<String, String> written = new TreeMap<>();

    @TempDir
    Path directory;

    @Test
    void everyFileIsExactlyOnceEverywhere() throws Exception {
        System.out.println("KillIT: seed " + seed + ", " + KILLS + " kills, " + FILES + " files");
        Facility facility = Facility.in(directory);
        facility.write("config/beamlines/kill.yaml", """
                beamline: kill
                storage: file:%s
                acquire: {quiet: 200ms, rescan: 100ms}
                dataset: {name: '(?<dataset>[^/]+)/.*', quiet: 1s}
                trigger:
                  - workflow: count
                archive: {after: 0s, tape: 'file:%s'}
                """.formatted(facility.storage(), facility.tape()));
        facility.write("config/workflows/count.yaml", """
                name: count
                stages:
                  01-COUNT:
                    command: wc -c "$filePath" > size.txt
                    outputs: [size.txt]
                """);
        Map<String, String> quick = Map.of(
                "claim.delay",
                "50",
                "monitors.period",
                "100",
                "datasets.period",
                "200",
                "archive.cron",
                "0/1 * * * * ?",
                "retry.first",
                "200ms");
        try (HubProcess hub = facility.hub(facility.state(), quick)) {
            hub.start();
            hub.client().post("/api/v1/experiments", "name: exp\nbeamline: kill\nwatch: " + facility.detector());
            for (int kill = 0; kill < KILLS; kill++) {
                int from = FILES * kill / KILLS;
                int to = FILES * (kill + 1) / KILLS;
                for (int number = from; number < to; number++) {
                    writeFile(facility.detector(), number);
                }
                // At any moment: every third time somewhere in the start, else with work in every step.
                if (kill % 3 != 0) {
                    hub.awaitReady();
                }
                TimeUnit.MILLISECONDS.sleep(random.nextInt(2500));
                hub.kill();
                if (kill % 7 == 6) {
                    killDatabase(facility);
                }
                hub.launch();
            }
            hub.awaitReady();
            JsonNode files = awaitEnd(hub);
            hub.stop();
            assertStorage(facility);
            assertCatalog(files);
            assertArchive(facility, files);
            assertNothingTemporary(facility);
        }
    }

    /** The machine lost power, as far as the hub's own database can tell. */
    private static void killDatabase(Facility facility) throws IOException {
        Path pidFile = facility.state().resolve("postgresql/data/postmaster.pid");
        if (Files.exists(pidFile)) {
            long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private void writeFile(Path detector, int number) throws IOException {
        String name = String.format("scan_%03d/frame_%05d.dat", number / FILES_IN_SCAN, number);
        Path file = detector.resolve(name);
        Files.createDirectories(file.getParent());
        int size = switch (number % 10) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> 4_000_000 + random.nextInt(8_000_000);
            default -> random.nextInt(100_000);
        };
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        Files.write(file, bytes);
        written.put(name, Sha256.of(file));
    }

    /** Waits until every file is archived; answers the catalog's view of all files. */
    private JsonNode awaitEnd(HubProcess hub) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
        String missing = "";
        while (System.nanoTime() < end) {
            var all = new com.fasterxml.jackson.databind.ObjectMapper().createArrayNode();
            boolean done = true;
            missing = "";
            for (JsonNode summary : hub.client().get("/api/v1/datasets?experiment=exp")) {
                JsonNode dataset = hub.client()
                        .get("/api/v1/datasets/" + summary.path("id").asLong());
                for (JsonNode file : dataset.path("files")) {
                    ((com.fasterxml.jackson.databind.node.ObjectNode) file)
                            .put(
                                    "bag",
                                    dataset.path("bags").path(0).path("path").asText());
                    all.add(file);
                    if (!"ARCHIVED".equals(file.path("state").asText())) {
                        done = false;
                        missing = file.toString();
                    }
                }
                for (JsonNode job : dataset.path("jobs")) {
                    done &= "DONE".equals(job.path("state").asText());
                }
            }
            if (done && all.size() == written.size()) {
                return all;
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
        throw new AssertionError("not everything was archived after " + END_SECONDS + " s, seed " + seed + ": "
                + missing + "\n" + hub.client().get("/api/v1/status").toPrettyString() + "\n" + hub.tail());
    }

    private void assertStorage(Facility facility) throws IOException {
        Path data = facility.storage().resolve("kill/exp/data");
        Map<String, String> stored = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(data)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                stored.put(data.relativize(path).toString(), Sha256.of(path));
            }
        }
        assertThat(stored).as("storage, seed %d", seed).isEqualTo(written);
    }

    private void assertCatalog(JsonNode files) {
        Map<String, String> catalogued = new TreeMap<>();
        for (JsonNode file : files) {
            assertThat(catalogued.put(
                            file.path("path").asText(), file.path("digest").asText()))
                    .as("%s is in the catalog once, seed %d", file.path("path").asText(), seed)
                    .isNull();
        }
        assertThat(catalogued).as("catalog, seed %d", seed).isEqualTo(written);
    }

    private void assertArchive(Facility facility, JsonNode files) throws IOException {
        Map<String, String> archived = new HashMap<>();
        List<Path> bags = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(facility.tape())) {
            paths.filter(path -> path.toString().endsWith(".tar")).forEach(bags::add);
        }
        for (Path bag : bags) {
            try (TarArchiveInputStream tar =
                    new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(bag)))) {
                for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                    int data = entry.getName().indexOf("/data/");
                    if (entry.isFile() && data > 0) {
                        String name = entry.getName().substring(data + "/data/".length());
                        assertThat(archived.put(name, Sha256.of(tar)))
                                .as("%s is archived once, seed %d", name, seed)
                                .isNull();
                    }
                }
            }
        }
        assertThat(archived).as("archive, seed %d", seed).isEqualTo(written);
        assertThat(bags.stream().map(bag -> facility.tape().relativize(bag).toString()))
                .as("bags known to the catalog, seed %d", seed)
                .allMatch(bag -> {
                    for (JsonNode file : files) {
                        if (file.path("bag").asText().equals(bag)) {
                            return true;
                        }
                    }
                    return false;
                });
    }

    private void assertNothingTemporary(Facility facility) throws IOException {
        for (Path root : List.of(facility.storage(), facility.tape())) {
            try (Stream<Path> paths = Files.walk(root)) {
                assertThat(paths.filter(path -> path.getFileName().toString().endsWith(".part")))
                        .as("temporary files, seed %d", seed)
                        .isEmpty();
            }
        }
    }
}
