package org.lightpipe.transfer.globus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.storage.StorageSession;
import org.lightpipe.storage.Storages;
import org.lightpipe.transfer.Item;
import org.lightpipe.transfer.Meter;
import org.lightpipe.transfer.Outcome;
import org.lightpipe.transfer.SourceStat;

/** Against a fake of Globus, with the real catalog. */
@Timeout(60)
class GlobusDestinationTest {

    private final AtomicInteger ids = new AtomicInteger();
    private final List<GlobusDestination> open = new ArrayList<>();
    private final Map<String, String> environment =
            new HashMap<>(Map.of("GLOBUS_ID", FakeGlobus.CLIENT, "GLOBUS_SECRET", FakeGlobus.SECRET));
    private final MovableClock clock = new MovableClock();
    private FakeGlobus globus;
    private TestCatalog catalog;

    @TempDir
    private Path detector;

    @TempDir
    private Path far;

    /** Time that a test moves on. */
    private static final class MovableClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }
    }

    @BeforeEach
    void start() throws IOException {
        globus = new FakeGlobus(detector, far);
        catalog = TestCatalog.empty();
        Files.createDirectories(far.resolve("projects"));
    }

    @AfterEach
    void stop() {
        open.forEach(GlobusDestination::close);
        globus.close();
        catalog.close();
    }

    private GlobusDestination destination() {
        Storage storage = new Storage(
                "collection",
                "globus:" + FakeGlobus.DESTINATION + "/projects",
                Optional.empty(),
                02770,
                0640,
                TransferPolicy.standard(),
                Map.of(
                        "sourceCollection",
                        FakeGlobus.SOURCE,
                        "sourceRoot",
                        detector.toString(),
                        "apiUrl",
                        globus.url(),
                        "authUrl",
                        globus.url(),
                        "clientIdEnv",
                        "GLOBUS_ID",
                        "clientSecretEnv",
                        "GLOBUS_SECRET",
                        "poll",
                        "20ms",
                        "deadline",
                        "2h"));
        GlobusDestination destination =
                new GlobusDestination(storage, catalog.jdbc(), catalog.transactions(), environment, clock);
        open.add(destination);
        return destination;
    }

    private Item item(String name) throws IOException {
        int id = ids.incrementAndGet();
        Path source = detector.resolve("scan").resolve(name);
        Files.createDirectories(source.getParent());
        Files.writeString(source, "bytes of " + name);
        SourceStat stat = SourceStat.of(source);
        return new Item(
                id, source, "exp/data/" + name, "exp/data/.lightpipe-" + id + ".part", stat.size(), stat.mtimeNs());
    }

    private List<Item> items(String... names) throws IOException {
        List<Item> items = new ArrayList<>();
        for (String name : names) {
            items.add(item(name));
        }
        return items;
    }

    private static List<Outcome> copy(GlobusDestination destination, List<Item> items) throws Exception {
        return destination.copy(items, Meter.none()).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static List<Outcome.Proved> proved(List<Outcome> outcomes) {
        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Proved.class));
        return outcomes.stream().map(Outcome.Proved.class::cast).toList();
    }

    private static Outcome.Failed failed(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return (Outcome.Failed) outcome;
    }

    private List<String> stored() throws IOException {
        try (Stream<Path> walk = Files.walk(far)) {
            return walk.filter(Files::isRegularFile)
                    .map(path -> far.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private long rows(String table) {
        return catalog.jdbc().queryForObject("select count(*) from " + table, Long.class);
    }

    @Test
    void aGroupIsOneTaskWithAChecksumForEachFile() throws Exception {
        GlobusDestination destination = destination();
        List<Item> items = items("a.h5", "b c.h5", "sub/ü.h5", "d.h5", "e.h5");

        List<Outcome.Proved> proved = proved(copy(destination, items));

        assertThat(globus.transfers).singleElement().satisfies(document -> {
            assertThat(document.path("source_endpoint").asText()).isEqualTo(FakeGlobus.SOURCE);
            assertThat(document.path("verify_checksum").asBoolean()).isTrue();
            assertThat(document.path("sync_level").asInt()).isEqualTo(3);
            assertThat(document.path("fail_on_quota_errors").asBoolean()).isTrue();
            assertThat(document.path("deadline").asText()).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\+00:00");
            assertThat(document.path("DATA")).hasSize(5).allSatisfy(file -> {
                assertThat(file.path("checksum_algorithm").asText()).isEqualTo("SHA256");
                assertThat(file.path("external_checksum").asText()).hasSize(64);
                assertThat(file.path("source_path").asText()).startsWith("/scan/");
                assertThat(file.path("destination_path").asText()).startsWith("/projects/exp/data/.lightpipe-");
            });
        });
        assertThat(proved.get(0).provedBy()).isEqualTo("digest of the far side");
        assertThat(rows("globus_file")).isEqualTo(5);
        assertThat(destination.publish(proved)).isEmpty();
        assertThat(stored())
                .containsExactly(
                        "projects/exp/data/a.h5",
                        "projects/exp/data/b c.h5",
                        "projects/exp/data/d.h5",
                        "projects/exp/data/e.h5",
                        "projects/exp/data/sub/ü.h5");
        assertThat(rows("globus_file")).isZero();
        assertThat(rows("globus_submission")).isZero();
        assertThat(globus.count("POST /v2/oauth2/token")).isEqualTo(1);
    }

    @Test
    void nobodyWaitsInAThread() throws Exception {
        globus.hold = true;
        GlobusDestination destination = destination();
        List<CompletableFuture<List<Outcome>>> running = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            CompletionStage<List<Outcome>> one = destination.copy(items("f" + i), Meter.none());
            running.add(one.toCompletableFuture());
        }
        long threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("globus-collection"))
                .count();

        assertThat(running).noneMatch(CompletableFuture::isDone);
        assertThat(threads).isEqualTo(1);
        globus.hold = false;
        for (CompletableFuture<List<Outcome>> one : running) {
            proved(one.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void aHubThatCrashedFindsItsTaskAgain() throws Exception {
        globus.hold = true;
        GlobusDestination first = destination();
        List<Item> items = items("a", "b", "c");
        CompletionStage<List<Outcome>> running = first.copy(items, Meter.none());
        Awaitility.await().until(() -> globus.count("GET task/") > 0);
        first.close();
        assertThat(running.toCompletableFuture().get(5, TimeUnit.SECONDS)).allMatch(Outcome.NotBegun.class::isInstance);

        // other groups than before, and one file that is new
        GlobusDestination second = destination();
        CompletableFuture<List<Outcome>> one =
                second.copy(List.of(items.get(0)), Meter.none()).toCompletableFuture();
        CompletableFuture<List<Outcome>> other = second.copy(
                        List.of(items.get(2), item("d"), items.get(1)), Meter.none())
                .toCompletableFuture();
        globus.hold = false;

        List<Outcome.Proved> proved = new ArrayList<>(proved(one.get(20, TimeUnit.SECONDS)));
        proved.addAll(proved(other.get(20, TimeUnit.SECONDS)));
        assertThat(globus.transfers).hasSize(2);
        assertThat(globus.transfers.get(1).path("DATA")).hasSize(1);
        assertThat(second.publish(proved)).isEmpty();
        assertThat(stored()).hasSize(4);
        assertThat(rows("globus_submission")).isZero();
    }

    @Test
    void aCrashBetweenProofAndNameTransfersNothingAnew() throws Exception {
        List<Item> items = items("a", "b");
        GlobusDestination first = destination();
        proved(copy(first, items));
        first.close();

        GlobusDestination second = destination();
        assertThat(second.publish(proved(copy(second, items)))).isEmpty();

        assertThat(globus.transfers).hasSize(1);
        assertThat(stored()).containsExactly("projects/exp/data/a", "projects/exp/data/b");
    }

    @Test
    void aSubmissionWhoseAnswerWasLostIsTheSameOneTheNextTime() throws Exception {
        globus.loseAnswerToTransfer = true;
        GlobusDestination destination = destination();
        List<Item> items = items("a", "b");

        List<Outcome> lost = copy(destination, items);

        assertThat(lost).allSatisfy(outcome -> {
            assertThat(failed(outcome).ofStorage()).isTrue();
            assertThat(failed(outcome).cause()).hasMessageContaining("Globus did not answer to POST transfer");
        });
        globus.loseAnswerToTransfer = false;
        // one of the two is tried first: the submission stays whole all the same
        proved(copy(destination, List.of(items.get(1))));
        proved(copy(destination, List.of(items.get(0))));
        assertThat(globus.transfers.stream()
                        .map(document -> document.path("submission_id").asText())
                        .distinct())
                .hasSize(1);
        assertThat(globus.transfers)
                .allSatisfy(document -> assertThat(document.path("DATA")).hasSize(2));
    }

    @Test
    void aTaskThatFindsNoFileIsCancelledAndOnlyThatFileFails() throws Exception {
        globus.hold = true;
        GlobusDestination destination = destination();
        List<Item> items = items("a", "gone", "gone2");
        CompletionStage<List<Outcome>> running = destination.copy(items, Meter.none());
        Files.move(items.get(1).source(), items.get(1).source().resolveSibling("elsewhere"));
        globus.hold = false;

        List<Outcome> outcomes = running.toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertThat(globus.count("POST task/")).isEqualTo(1);
        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Proved.class);
        assertThat(failed(outcomes.get(1)).ofStorage()).isFalse();
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.NotBegun.class);
        assertThat(rows("globus_file")).isEqualTo(1);
        proved(copy(destination, List.of(items.get(2))));
    }

    @Test
    void aCollectionThatDoesNotShowTheSourcesIsTold() throws Exception {
        globus.hold = true;
        GlobusDestination destination = destination();
        CompletionStage<List<Outcome>> running = destination.copy(items("a"), Meter.none());
        // the hub sees the file, Globus does not
        globus.close();
        globus = new FakeGlobus(far, far);
        running.toCompletableFuture().cancel(true);
        Outcome.Failed failed = failed(copy(destination(), items("b")).get(0));

        assertThat(failed.cause())
                .hasMessageContaining("FILE_NOT_FOUND")
                .hasMessageContaining("the source collection must show it below sourceRoot")
                .hasMessageContaining("; Command: RETR /scan/b; ");
    }

    @Test
    void aTaskThatFailsIsToldInItsWords() throws Exception {
        globus.failure = "QUOTA_EXCEEDED";
        List<Outcome> outcomes = copy(destination(), items("a", "b"));

        assertThat(outcomes).allSatisfy(outcome -> {
            assertThat(failed(outcome).cause())
                    .hasMessage("Globus says that the task failed (QUOTA_EXCEEDED): told to by the test");
            assertThat(failed(outcome).ofStorage()).isTrue();
        });
        assertThat(rows("globus_submission")).isZero();
    }

    @Test
    void aChecksumThatDiffersFailsTheFileThatItIsOf() throws Exception {
        globus.corrupt = true;
        GlobusDestination destination = destination();
        List<Item> items = items("a", "b");

        List<Outcome> outcomes = copy(destination, items);

        assertThat(failed(outcomes.get(0)).cause()).hasMessageContaining("checksum verification failed");
        assertThat(failed(outcomes.get(0)).ofStorage()).isFalse();
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.NotBegun.class);
        globus.corrupt = false;
        proved(copy(destination, items));
    }

    @Test
    void aSuccessThatNamesNoFileIsNotBelieved() throws Exception {
        globus.claimEverything = true;

        assertThat(failed(copy(destination(), items("a")).get(0)).cause())
                .hasMessage("Globus says that the task succeeded, but not that it transferred this file");
    }

    @Test
    void aSourceThatChangesMeanwhileIsToldAndRemoved() throws Exception {
        globus.hold = true;
        GlobusDestination destination = destination();
        List<Item> items = items("a", "b");
        CompletionStage<List<Outcome>> running = destination.copy(items, Meter.none());
        Files.setLastModifiedTime(items.get(0).source(), java.nio.file.attribute.FileTime.fromMillis(1));
        globus.hold = false;

        List<Outcome> outcomes = running.toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Changed.class);
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Proved.class);
        assertThat(globus.count("POST delete")).isEqualTo(1);
        assertThat(copy(destination, List.of(items.get(0))).get(0)).isInstanceOf(Outcome.Changed.class);
    }

    @Test
    void anOlderVersionThatIsStillOnItsWayIsWaitedFor() throws Exception {
        globus.hold = true;
        GlobusDestination destination = destination();
        Item old = item("a");
        destination.copy(List.of(old), Meter.none());
        Files.writeString(old.source(), "newer bytes");
        SourceStat stat = SourceStat.of(old.source());
        Item newer = new Item(old.id(), old.source(), old.target(), old.temporary(), stat.size(), stat.mtimeNs());
        CompletionStage<List<Outcome>> running = destination.copy(List.of(newer), Meter.none());
        assertThat(globus.transfers).hasSize(1);
        globus.hold = false;

        assertThat(running.toCompletableFuture().get(20, TimeUnit.SECONDS).get(0))
                .isInstanceOf(Outcome.NotBegun.class);
        destination.publish(proved(copy(destination, List.of(newer))));
        assertThat(far.resolve("projects/exp/data/a")).hasContent("newer bytes");
    }

    @Test
    void aTokenThatExpiredIsAskedForAgain() throws Exception {
        GlobusDestination destination = destination();
        proved(copy(destination, items("a")));
        globus.expireTokens();
        proved(copy(destination, items("b")));
        clock.ahead = Duration.ofHours(48);
        proved(copy(destination, items("c")));

        assertThat(globus.count("POST /v2/oauth2/token")).isEqualTo(3);
    }

    @Test
    void wrongCredentialsAreToldWithoutThem() throws Exception {
        environment.put("GLOBUS_SECRET", "open sesame");
        Outcome.Failed failed = failed(copy(destination(), items("a")).get(0));
        environment.remove("GLOBUS_SECRET");
        Outcome.Failed unset = failed(copy(destination(), items("b")).get(0));

        assertThat(failed.ofStorage()).isTrue();
        assertThat(failed.cause())
                .hasMessageContaining("401 invalid_client")
                .hasMessageContaining("check clientIdEnv")
                .hasMessageNotContaining("sesame");
        assertThat(unset.cause()).hasMessageContaining("environment variable 'GLOBUS_SECRET' (clientSecretEnv");
    }

    @Test
    void aRefusalLeavesNothingBehind() throws Exception {
        globus.refusal = "ConsentRequired";
        Outcome.Failed failed = failed(copy(destination(), items("a")).get(0));

        assertThat(failed.cause()).hasMessageContaining("403 ConsentRequired").hasMessageContaining("its consent");
        assertThat(failed.ofStorage()).isTrue();
        assertThat(rows("globus_submission")).isZero();
    }

    @Test
    void errorsOfTheServerAreWaitedOut() throws Exception {
        globus.fail("task/", 3);
        globus.fail("transfer", 2);
        GlobusDestination destination = destination();
        List<Outcome.Proved> proved = proved(copy(destination, items("a")));
        globus.fail("operation/endpoint/" + FakeGlobus.DESTINATION + "/rename", 2);

        assertThat(destination.publish(proved)).isEmpty();
        assertThat(stored()).containsExactly("projects/exp/data/a");
    }

    @Test
    void aGlobusThatDoesNotAnswerIsTheStoragesFaultAndTheTaskIsKept() throws Exception {
        globus.hold = true;
        GlobusDestination destination = destination();
        CompletionStage<List<Outcome>> running = destination.copy(items("a"), Meter.none());
        Awaitility.await().until(() -> globus.count("GET task/") > 0);
        globus.fail("task/", 1000);
        long seen = globus.count("GET task/");
        Awaitility.await().until(() -> globus.count("GET task/") > seen + 2);
        clock.ahead = Duration.ofMinutes(11);

        Outcome.Failed failed =
                failed(running.toCompletableFuture().get(30, TimeUnit.SECONDS).get(0));

        assertThat(failed.ofStorage()).isTrue();
        assertThat(failed.cause()).hasMessageContaining("Globus answers 503 to GET task/");
        assertThat(rows("globus_file")).isEqualTo(1);
    }

    @Test
    void aTaskThatMissesItsDeadlineIsCancelled() throws Exception {
        globus.hold = true;
        GlobusDestination destination = destination();
        CompletionStage<List<Outcome>> running = destination.copy(items("a"), Meter.none());
        Awaitility.await().until(() -> globus.count("GET task/") > 0);
        clock.ahead = Duration.ofMinutes(131);

        Outcome.Failed failed =
                failed(running.toCompletableFuture().get(20, TimeUnit.SECONDS).get(0));

        assertThat(failed.cause()).hasMessageContaining("it was not done by its deadline: OK");
        assertThat(globus.count("POST task/")).isEqualTo(1);
    }

    @Test
    void aFileThatIsThereIsReplacedWhereGlobusDoesNot() throws Exception {
        globus.renameDoesNotReplace = true;
        GlobusDestination destination = destination();
        destination.publish(proved(copy(destination, items("a"))));
        Item newer = item("a");
        Files.write(newer.source(), "newer".getBytes(StandardCharsets.UTF_8));
        SourceStat stat = SourceStat.of(newer.source());
        Item again =
                new Item(newer.id(), newer.source(), newer.target(), newer.temporary(), stat.size(), stat.mtimeNs());

        assertThat(destination.publish(proved(copy(destination, List.of(again)))))
                .isEmpty();

        assertThat(far.resolve("projects/exp/data/a")).hasContent("newer");
    }

    @Test
    void whatWasCutOffIsDiscardedUnlessATaskStillWritesIt() throws Exception {
        GlobusDestination destination = destination();
        List<Item> items = items("a", "b");
        proved(copy(destination, items));

        destination.discard(items);

        assertThat(stored()).isEmpty();
        assertThat(rows("globus_file")).isZero();
        globus.hold = true;
        Item held = item("c");
        CompletionStage<List<Outcome>> running = destination.copy(List.of(held), Meter.none());
        destination.discard(List.of(held));
        assertThat(rows("globus_file")).isEqualTo(1);
        globus.hold = false;
        proved(running.toCompletableFuture().get(20, TimeUnit.SECONDS));
    }

    @Test
    void whatHasToReadItIsTold() throws Exception {
        Storage storage = new Storage("collection", "globus:" + FakeGlobus.DESTINATION, Optional.empty(), 02770, 0640);
        try (Storages storages = new Storages(new DefaultCamelContext());
                StorageSession session = storages.open(storage)) {
            session.createDirectories("exp/data");

            assertThatThrownBy(() -> session.read("exp/data/a"))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("storage 'collection' cannot be opened: Globus moves files and opens none");
        }
    }

    @Test
    void whatTheSourceCollectionDoesNotShowIsTold(@TempDir Path elsewhere) throws Exception {
        Path source = Files.writeString(elsewhere.resolve("x"), "x");
        SourceStat stat = SourceStat.of(source);

        Outcome.Failed failed =
                failed(copy(destination(), List.of(new Item(1, source, "exp/x", "exp/.x", stat.size(), stat.mtimeNs())))
                        .get(0));

        assertThat(failed.cause())
                .hasMessageContaining("is not below " + detector)
                .hasMessageContaining("sourceRoot");
    }
}
