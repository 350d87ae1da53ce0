package org.lightpipe.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.acquire.Acquire;
import org.lightpipe.acquire.LandedFile;
import org.lightpipe.catalog.Hints;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.StepRoutes;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.TestConfiguration;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.core.Sha256;
import org.lightpipe.storage.Storages;

/** The route file of step 3 as it is, with a real catalog and files. */
class TransferRouteTest {

    private final TestCatalog catalog = TestCatalog.empty();
    private final Work work = catalog.work(3);
    private final CamelContext camel = new DefaultCamelContext();
    private final Tampered tampered = new Tampered();

    @TempDir
    private Path directory;

    private Path detector;
    private Path data;
    private Destinations destinations;
    private StorageStates states;
    private final Hints hints = new Hints();
    private LiveConfiguration configuration;
    private Acquire acquire;
    private long daq;

    @BeforeEach
    void loadRoutes() throws Exception {
        detector = Files.createDirectory(directory.resolve("detector"));
        data = Files.createDirectories(directory.resolve("storage")).resolve("e1/data");
        configuration = TestConfiguration.of(directory.resolve("storage")).live();
        acquire = new Acquire(catalog.jdbc(), catalog.transactions(), configuration);
        daq = catalog.daq(catalog.experiment("e1", "2-BM", "t"), detector);
        Storages storages = new Storages(camel);
        destinations = new Destinations(configuration, new DestinationFactory(storages).andThen(tampered::around));
        states = new StorageStates(
                catalog.jdbc(), catalog.transactions(), Duration.ofMillis(50), Duration.ofMillis(200));
        camel.getRegistry().bind("destinations", destinations);
        camel.getRegistry().bind("storageWatch", new StorageWatch(configuration, states, destinations));
        camel.getRegistry()
                .bind(
                        "transfers",
                        new Transfers(
                                catalog.jdbc(),
                                catalog.transactions(),
                                work,
                                configuration,
                                storages,
                                destinations,
                                states,
                                hints));
        states.reconcile(configuration.get());
        StepRoutes.load(camel, catalog, work, hints, "3-transfer");
    }

    @AfterEach
    void stop() {
        camel.stop();
        destinations.close();
    }

    @Test
    void aFileIsStoredWithItsDigestUnderItsNameAndWithItsMode() throws IOException {
        long file = detect("scan/a.h5", bytes(300_001));

        run();

        Map<String, Object> row = row(file);
        assertThat(row).containsEntry("state", "STORED").containsEntry("attempts", 0);
        assertThat(row.get("digest")).isEqualTo(Sha256.of(bytes(300_001)));
        assertThat(row.get("stored_at")).isNotNull();
        assertThat(row.get("claimed_by")).isNull();
        assertThat(data.resolve("scan/a.h5")).hasBinaryContent(bytes(300_001));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("scan/a.h5"))))
                .isEqualTo("rw-r-----");
        assertThat(filesBelow(data)).containsExactly("scan/a.h5");
        assertThat(detector.resolve("scan/a.h5")).exists();
    }

    @Test
    void namesAreOnlyNames() throws IOException {
        Map<String, Long> files = new HashMap<>();
        for (String name : List.of(
                "scan/empty",
                "scan/with space .h5",
                "scan/ünï – 扫描.h5",
                "scan/[a]*{b,c}?.h5",
                "scan/${date:now:yyyy}.h5",
                "scan/{{lightpipe.home}}.h5",
                "scan/a&b=c%20d+e#f.h5",
                "scan/back\\slash.h5",
                "scan/line\nbreak.h5",
                "scan/$simple{random(9)}/x.h5",
                "${bean:work}/x.h5",
                "{{no.such.property}}/x.h5",
                "a\\b/x.h5",
                "a%2e%2e/x.h5",
                "RAW(x)/?idempotent=true&x.h5",
                "-rf/x.h5",
                "scan/" + "n".repeat(250) + ".h5")) {
            files.put(name, detect(name, name.equals("scan/empty") ? new byte[0] : bytes(10)));
        }

        run();

        files.forEach((name, id) -> {
            assertThat(row(id).get("state"))
                    .as(name + ": " + row(id).get("reason"))
                    .isEqualTo("STORED");
            assertThat(data.resolve(name)).hasBinaryContent(name.equals("scan/empty") ? new byte[0] : bytes(10));
        });
        assertThat(filesBelow(directory.resolve("storage"))).hasSize(files.size());
    }

    @Test
    void aSourceThatChangesWhileItIsCopiedIsNotStored() throws IOException {
        long file = detect("scan/a.h5", bytes(1000));
        Path source = detector.resolve("scan/a.h5");
        tampered.whileCopying(() -> Files.write(source, bytes(5), StandardOpenOption.APPEND));

        run();

        assertThat(row(file)).containsEntry("state", "CHANGED").containsEntry("digest", null);
        assertThat(filesBelow(data)).isEmpty();

        tampered.whileCopying(() -> {});
        tell("scan/a.h5");
        run();
        assertThat(row(file)).containsEntry("state", "STORED").containsEntry("generation", 2);
        assertThat(data.resolve("scan/a.h5")).hasSize(1005);
    }

    @Test
    void aSourceThatAnotherOfTheSameSizeAndTimeReplacesIsCopiedAgain() throws IOException {
        long file = detect("scan/a.h5", bytes(1000));
        Path source = detector.resolve("scan/a.h5");
        AtomicInteger writes = new AtomicInteger();
        tampered.whileCopying(() -> {
            if (writes.incrementAndGet() == 1) {
                FileTime time = Files.getLastModifiedTime(source);
                Path other = Files.write(detector.resolve("other"), new byte[1000]);
                Files.setLastModifiedTime(other, time);
                Files.move(other, source, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        });

        run();

        assertThat(writes).hasValue(2);
        assertThat(row(file))
                .containsEntry("state", "STORED")
                .containsEntry("digest", Sha256.of(source).digest());
        assertThat(data.resolve("scan/a.h5")).hasBinaryContent(new byte[1000]);
    }

    @Test
    void aFileThatIsFoundAnewWhileItIsCopiedIsCopiedAgain() throws IOException {
        long file = detect("scan/a.h5", bytes(1000));
        AtomicInteger writes = new AtomicInteger();
        tampered.whileCopying(() -> {
            if (writes.incrementAndGet() == 1) {
                Files.write(detector.resolve("scan/a.h5"), bytes(2000));
                tell("scan/a.h5");
            }
        });

        run();

        assertThat(writes).hasValue(2);
        assertThat(row(file)).containsEntry("state", "STORED").containsEntry("digest", Sha256.of(bytes(2000)));
        assertThat(data.resolve("scan/a.h5")).hasSize(2000);
    }

    @Test
    void whatIsDamagedInStorageIsRefusedAndCopiedAgain() throws IOException {
        long file = detect("scan/a.h5", bytes(100_000));
        AtomicInteger attempts = new AtomicInteger();
        tampered.failing(item -> attempts.incrementAndGet() == 1
                ? new Outcome.Failed(item, new IOException("what was read back is not what was read"), false)
                : null);

        run();

        assertThat(attempts).hasValue(2);
        assertThat(row(file)).containsEntry("state", "STORED").containsEntry("attempts", 0);
        assertThat(data.resolve("scan/a.h5")).hasBinaryContent(bytes(100_000));
        assertThat(work.failureCount(Step.TRANSFER)).isEqualTo(1);
    }

    @Test
    void aFileThatAlwaysFailsIsHeldForAPersonAndTheOthersGoOn() throws IOException {
        long file = detect("scan/a.h5", bytes(100_000));
        long other = detect("scan/b.h5", bytes(100_000));
        tampered.failing(item -> item.target().endsWith("a.h5")
                ? new Outcome.Failed(item, new IOException("what was read back is not what was read"), false)
                : null);

        run();

        assertThat(row(other)).containsEntry("state", "STORED");
        assertThat(row(file)).containsEntry("state", "FAILED").containsEntry("attempts", 3);
        assertThat((String) row(file).get("reason")).isEqualTo("what was read back is not what was read");
        assertThat(filesBelow(data)).containsExactly("scan/b.h5");
    }

    @Test
    void aStorageThatFailsAsAWholeCostsNoFileAnAttempt() throws IOException {
        long file = detect("scan/a.h5", bytes(1000));
        AtomicInteger attempts = new AtomicInteger();
        tampered.failing(item -> attempts.incrementAndGet() <= 6
                ? new Outcome.Failed(item, new IOException("no route to host"), true)
                : null);

        run();

        assertThat(attempts).as("more often than a file may fail").hasValue(7);
        assertThat(row(file)).containsEntry("state", "STORED").containsEntry("attempts", 0);
        assertThat(work.failureCount(Step.TRANSFER)).isZero();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(states.all().get(0).failures()).isZero());
    }

    @Test
    void aStorageThatIsPausedOrFullTakesNothing() throws IOException {
        long file = detect("scan/a.h5", bytes(1000));
        states.pause("2-BM", true);
        camel.start();
        await().during(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(row(file)).containsEntry("state", "DETECTED"));

        states.free(configuration.get().storages().get("2-BM"), 10);
        assertThat(states.all().get(0).full()).isTrue();
        states.pause("2-BM", false);
        await().during(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(row(file)).containsEntry("state", "DETECTED"));

        states.free(configuration.get().storages().get("2-BM"), 1L << 40);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(row(file)).containsEntry("state", "STORED"));
    }

    @Test
    void theUrgentGoFirst() throws IOException {
        states.pause("2-BM", true);
        for (int i = 0; i < 20; i++) {
            detect("scan/" + i, bytes(20 << 20));
        }
        long urgent = detect("now/x", bytes(10));
        catalog.jdbc().update("update file set priority = 5 where id = ?", urgent);
        states.limit("2-BM", Optional.of(1), Optional.empty());
        states.pause("2-BM", false);

        run();

        assertThat(catalog.jdbc()
                        .queryForObject(
                                "select count(*) from file where stored_at < (select stored_at from file where id = ?)",
                                Long.class,
                                urgent))
                .isLessThan(5);
    }

    @Test
    void aMissingSourceIsHeldInWordsAndAPersonLetsItGoOn() throws IOException {
        long file = detect("scan/a.h5", bytes(10));
        long other = detect("scan/b.h5", bytes(10));
        Path source = detector.resolve("scan/a.h5");
        FileTime time = Files.getLastModifiedTime(source);
        Files.delete(source);

        run();

        assertThat(row(other)).containsEntry("state", "STORED");
        assertThat(row(file)).containsEntry("state", "FAILED").containsEntry("failed_from", "DETECTED");
        assertThat((String) row(file).get("reason")).isEqualTo("the source is gone: " + source + " does not exist");

        Files.write(source, bytes(10));
        Files.setLastModifiedTime(source, time);
        assertThat(work.retryFailed(Step.TRANSFER)).isEqualTo(1);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> row(file).get("state").equals("STORED"));
    }

    @Test
    void aSourceThatBecameALinkIsNotFollowed() throws IOException {
        long file = detect("scan/a.h5", bytes(10));
        Path source = detector.resolve("scan/a.h5");
        Path secret = Files.write(directory.resolve("secret"), bytes(10));
        Files.setLastModifiedTime(secret, Files.getLastModifiedTime(source));
        Files.delete(source);
        Files.createSymbolicLink(source, secret);

        run();

        assertThat(row(file)).containsEntry("state", "FAILED");
        assertThat(filesBelow(data)).isEmpty();
    }

    @Test
    void aLeftoverOfAKilledHubIsReplaced() throws IOException {
        long file = detect("scan/a.h5", bytes(10));
        long dead = catalog.hub();
        catalog.gone(dead);
        catalog.jdbc().update("update file set state = 'TRANSFERRING', claimed_by = ?", dead);
        Files.createDirectories(data.resolve("scan"));
        Files.write(data.resolve("scan/.lightpipe-" + file + ".part"), bytes(5000));

        run();

        assertThat(row(file)).containsEntry("state", "STORED");
        assertThat(filesBelow(data)).containsExactly("scan/a.h5");
        assertThat(data.resolve("scan/a.h5")).hasSize(10);
    }

    private long detect(String path, byte[] content) throws IOException {
        Path file = detector.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        tell(path);
        return catalog.jdbc().queryForObject("select id from file where path = ?", Long.class, path);
    }

    private void tell(String path) throws IOException {
        Path file = detector.resolve(path);
        acquire.detected(
                daq,
                List.of(new LandedFile(
                        path, Files.size(file), Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS), 0)));
    }

    /** Runs the route until every file is stored, changed or held. */
    private void run() {
        camel.start();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> catalog.rows("select * from file where state in ('DETECTED', 'TRANSFERRING')")
                        .isEmpty());
        camel.suspend();
        camel.resume();
    }

    private Map<String, Object> row(long file) {
        return catalog.rows("select * from file where id = ?", file).get(0);
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new java.util.Random(size).nextBytes(bytes);
        return bytes;
    }

    private static List<String> filesBelow(Path root) throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (var walk = Files.walk(root)) {
            return walk.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    /** Does something while files are copied, and fails some of them. */
    private static final class Tampered {

        private volatile Action action = () -> {};
        private volatile Function<Item, Outcome> failure = item -> null;

        interface Action {
            void run() throws Exception;
        }

        void whileCopying(Action wanted) {
            action = wanted;
        }

        void failing(Function<Item, Outcome> wanted) {
            failure = wanted;
        }

        Destination around(Destination destination) {
            return new Destination() {
                @Override
                public CompletionStage<List<Outcome>> copy(List<Item> items, Meter meter) {
                    List<Outcome> outcomes = new ArrayList<>();
                    List<Item> rest = new ArrayList<>();
                    for (Item item : items) {
                        Outcome failed = failure.apply(item);
                        if (failed == null) {
                            rest.add(item);
                        } else {
                            outcomes.add(failed);
                        }
                    }
                    return destination
                            .copy(rest, bytes -> {
                                meter.take(bytes);
                                act();
                            })
                            .thenApply(others -> {
                                outcomes.addAll(others);
                                return outcomes;
                            });
                }

                private void act() {
                    try {
                        action.run();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }

                @Override
                public List<Outcome.Failed> publish(List<Outcome.Proved> copies) throws IOException {
                    return destination.publish(copies);
                }

                @Override
                public void discard(List<Item> items) throws IOException {
                    destination.discard(items);
                }

                @Override
                public OptionalLong free() throws IOException {
                    return destination.free();
                }

                @Override
                public void close() {
                    destination.close();
                }
            };
        }
    }
}
