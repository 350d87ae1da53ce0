package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.hub.client.HubClient;

/**
 * The writer is not done: a file grows, is rewritten or is replaced while it is copied, or is held open. Whatever the
 * catalog calls stored was at some moment a complete content of the file, and in the end it is the last one.
 */
class SourceChangesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int LARGE = 48 << 20;
    private static final int ROUNDS = Integer.getInteger("lightpipe.rounds", 4);
    private static final Set<String> STORED = Set.of("STORED", "CATALOGUING", "CATALOGUED", "ARCHIVED");

    private final long seed = Long.getLong("lightpipe.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** Digests of every complete content that a file has had. */
    private final Map<String, Set<String>> complete = new ConcurrentHashMap<>();

    private final Map<String, String> last = new ConcurrentHashMap<>();
    private final List<String> falsehoods = new CopyOnWriteArrayList<>();

    @TempDir
    Path directory;

    @Test
    void whatIsStoredWasCompleteAtSomeTime() throws Exception {
        long begin = System.nanoTime();
        Facility facility = facility();
        Path detector = facility.detector();
        try (HubProcess hub = facility.hub(facility.state(), Quick.properties()).start()) {
            hub.client().post("/api/v1/experiments", "name: exp\nbeamline: change\nwatch: " + detector);
            for (Change change : Change.values()) {
                for (int round = 0; round < ROUNDS; round++) {
                    Path file = detector.resolve("scan/" + change + "_" + round + ".dat");
                    Files.createDirectories(file.getParent());
                    writeNew(detector, file, LARGE);
                    whileCopied(facility, prepared(change, detector, file));
                    check(hub);
                }
            }
            awaitLast(hub);
            assertThat(falsehoods).as("seed %d", seed).isEmpty();
            assertThat(Proofs.stored(facility.storage().resolve("change/exp/data")))
                    .as("storage, seed %d", seed)
                    .isEqualTo(digests(hub));
            assertThat(Proofs.temporaries(facility.storage())).isEmpty();
            long hits = Files.readAllLines(hub.log()).stream()
                    .filter(line -> line.contains("changed while it was copied"))
                    .count();
            assertThat(hits).as("changes that met a copy").isGreaterThanOrEqualTo(ROUNDS);
            System.out.printf(
                    "SourceChangesIT: seed %d, %d copies of %d changes were begun again, %d ms%n",
                    seed, hits, ROUNDS * Change.values().length, Quick.millisSince(begin));
        }
    }

    @Test
    void whatIsOpenForWritingIsNotTaken() throws Exception {
        long begin = System.nanoTime();
        Facility facility = facility();
        Path detector = facility.detector();
        Path open = detector.resolve("scan/open.dat");
        Path hdf5 = detector.resolve("scan/open.h5");
        Files.createDirectories(open.getParent());
        try (HubProcess hub = facility.hub(facility.state(), Quick.properties()).start()) {
            hub.client().post("/api/v1/experiments", "name: exp\nbeamline: change\nwatch: " + detector);
            byte[] first = bytes(100_000);
            byte[] second = bytes(50_000);
            try (FileChannel channel =
                    FileChannel.open(open, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(first));
                writeUnclosedHdf5(hdf5);
                // Another file, written later, passes: by then the open ones had their chance many times over.
                Path witness = detector.resolve("scan/witness.dat");
                for (int round = 0; round < 3; round++) {
                    writeNew(detector, witness, 1000 + round);
                    Bounded.until(
                            "the witness is stored",
                            PATIENCE,
                            () -> Quick.tail(hub),
                            () -> last.get("scan/witness.dat")
                                    .equals(digests(hub).get("scan/witness.dat")));
                }
                assertThat(CatalogView.of(hub.client(), "exp").files())
                        .extracting(file -> file.path("path").asText())
                        .containsExactly("scan/witness.dat");
                channel.write(ByteBuffer.wrap(second));
            }
            noteComplete(detector, open);
            setSuperblock(hdf5, 2, 0);
            noteComplete(detector, hdf5);
            awaitLast(hub);
            assertThat(falsehoods).isEmpty();
            assertThat(Proofs.stored(facility.storage().resolve("change/exp/data")))
                    .isEqualTo(last);
            System.out.printf("SourceChangesIT: open files, %d ms%n", Quick.millisSince(begin));
        }
    }

    private enum Change {
        /** More is added at its end. */
        APPEND,
        /** Bytes in its middle become others; its size stays. */
        REWRITE,
        /** It is cut short and written anew. */
        TRUNCATE,
        /** Another file takes its name, in one step. */
        REPLACE,
        /** Another file of the same size and time takes its name, as a tool that keeps times does it. */
        REPLACE_KEEPING_TIME
    }

    /** The change, with all its bytes made before, so that it takes no longer than it must. */
    private Action prepared(Change change, Path detector, Path file) throws IOException {
        byte[] some = bytes(1_000_000);
        byte[] many = change == Change.TRUNCATE ? bytes(LARGE / 2) : some;
        Path other = directory.resolve("other");
        if (change == Change.REPLACE || change == Change.REPLACE_KEEPING_TIME) {
            Files.write(other, bytes(LARGE));
            noteComplete(detector, other, file);
        }
        return () -> {
            switch (change) {
                case APPEND -> Files.write(file, some, StandardOpenOption.APPEND);
                case REWRITE -> {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.write(ByteBuffer.wrap(some), 1000);
                        channel.write(ByteBuffer.wrap(some), LARGE - 2L * some.length);
                    }
                }
                case TRUNCATE -> Files.write(file, many);
                case REPLACE, REPLACE_KEEPING_TIME -> {
                    if (change == Change.REPLACE_KEEPING_TIME) {
                        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
                    }
                    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            noteComplete(detector, file);
        };
    }

    private interface Action {
        void run() throws Exception;
    }

    /** Does something while a temporary file says that a copy is under way, or anyhow when none is to be seen. */
    private void whileCopied(Facility facility, Action action) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        Path data = facility.storage().resolve("change/exp/data/scan");
        while (System.nanoTime() < end && !(Files.isDirectory(data) && isGrowing(data))) {
            TimeUnit.MILLISECONDS.sleep(2);
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(30));
        action.run();
    }

    private static boolean isGrowing(Path data) throws IOException {
        try (var files = Files.newDirectoryStream(data, ".lightpipe-*")) {
            return files.iterator().hasNext();
        }
    }

    /** Looks whether the catalog says anything that never was. */
    private void check(HubProcess hub) throws Exception {
        for (JsonNode file : CatalogView.of(hub.client(), "exp").files()) {
            String path = file.path("path").asText();
            String digest = file.path("digest").asText();
            if (CatalogView.isStored(file)
                    && !complete.getOrDefault(path, Set.of()).contains(digest)) {
                falsehoods.add(file.toString());
            }
        }
    }

    private Map<String, String> digests(HubProcess hub) throws IOException, InterruptedException {
        HubClient client = hub.client();
        return CatalogView.of(client, "exp").digests(STORED);
    }

    private void awaitLast(HubProcess hub) throws Exception {
        List<String> state = new ArrayList<>();
        Bounded.until(
                "the last content of every file is stored", PATIENCE, () -> state + "\n" + Quick.tail(hub), () -> {
                    check(hub);
                    CatalogView view = CatalogView.of(hub.client(), "exp");
                    state.clear();
                    state.add(view.summary());
                    return isLast(view.digests(STORED));
                });
    }

    /**
     * Another file of the same size and time shows only while it is copied, by its place on the disk: after that it
     * is, for the hub as for any tool that compares sizes and times, the same file.
     */
    private boolean isLast(Map<String, String> stored) {
        return stored.keySet().equals(last.keySet())
                && stored.entrySet().stream()
                        .allMatch(file -> file.getKey().contains(Change.REPLACE_KEEPING_TIME.name())
                                ? complete.get(file.getKey()).contains(file.getValue())
                                : file.getValue().equals(last.get(file.getKey())));
    }

    private void writeNew(Path detector, Path file, int size) throws IOException {
        Files.write(file, bytes(size));
        noteComplete(detector, file);
    }

    private void noteComplete(Path detector, Path file) throws IOException {
        noteComplete(detector, file, file);
    }

    /** From now on this content may be seen under that name. */
    private void noteComplete(Path detector, Path content, Path name) throws IOException {
        String path = detector.relativize(name).toString();
        String digest = Sha256.of(content);
        complete.computeIfAbsent(path, key -> ConcurrentHashMap.newKeySet()).add(digest);
        last.put(path, digest);
    }

    private byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A file whose superblock (version 3) says that a writer is at work, as after a crash or while it writes. */
    private void writeUnclosedHdf5(Path file) throws IOException {
        Path made = directory.resolve("made.h5");
        try (WritableHdfFile writer = HdfFile.write(made)) {
            writer.putDataset("data", new int[][] {{1, 2}, {3, 4}});
        }
        setSuperblock(made, 3, 1);
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void setSuperblock(Path file, int version, int consistencyFlags) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) version}), 8);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) consistencyFlags}), 11);
        }
    }

    private Facility facility() throws IOException {
        Facility facility = Facility.in(directory);
        facility.write("config/beamlines/change.yaml", """
                beamline: change
                storage: file:%s
                acquire: {quiet: 200ms, rescan: 50ms}
                dataset: {name: '(?<dataset>[^/]+)/.*', quiet: 1s}
                """.formatted(facility.storage()));
        return facility;
    }
}
