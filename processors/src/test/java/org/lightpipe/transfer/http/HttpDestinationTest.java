package org.lightpipe.transfer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.config.Digest;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.core.Sha256;
import org.lightpipe.storage.StorageSession;
import org.lightpipe.storage.Storages;
import org.lightpipe.transfer.Destination;
import org.lightpipe.transfer.Item;
import org.lightpipe.transfer.Meter;
import org.lightpipe.transfer.Outcome;
import org.lightpipe.transfer.SourceStat;

/** Against a real nginx, through a network that can be made to misbehave. */
@Timeout(60)
class HttpDestinationTest {

    private static final Random RANDOM = new Random(4711);

    private static Nginx nginx;

    private final AtomicInteger ids = new AtomicInteger();
    private final List<AutoCloseable> open = new ArrayList<>();

    @TempDir
    private Path detector;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException, InterruptedException {
        nginx = Nginx.start(directory);
    }

    @AfterAll
    static void stop() {
        if (nginx != null) {
            nginx.close();
        }
    }

    @BeforeEach
    void empty() throws IOException {
        for (String place : List.of("open", "small", "secret", "plain")) {
            for (Path path : all(nginx.far(place))) {
                Files.delete(path);
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private static List<Path> all(Path root) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(path -> !path.equals(root))
                    .sorted((a, b) -> b.compareTo(a))
                    .toList();
        }
    }

    private static List<String> filesOf(String place) throws IOException {
        Path root = nginx.far(place);
        return all(root).stream()
                .filter(Files::isRegularFile)
                .map(path -> root.relativize(path).toString())
                .sorted()
                .toList();
    }

    private static Storage storage(String uri, Proof proof, Map<String, String> settings) {
        TransferPolicy standard = TransferPolicy.standard();
        return new Storage(
                "far",
                uri,
                Optional.empty(),
                02770,
                0640,
                new TransferPolicy(
                        4,
                        0,
                        standard.durability(),
                        proof,
                        Set.of(Digest.SHA256, Digest.MD5),
                        standard.keep(),
                        standard.share(),
                        0,
                        256),
                settings);
    }

    private Destination destination(String uri, Map<String, String> settings) {
        Destination destination = new HttpDestination(storage(uri, Proof.READ, settings));
        open.add(destination);
        return destination;
    }

    private Destination destination(String uri) {
        return destination(uri, Map.of("timeout", "2s"));
    }

    private Wire wire() throws IOException {
        Wire wire = new Wire(nginx.port());
        open.add(wire);
        return wire;
    }

    private Item item(String name, byte[] bytes) throws IOException {
        int id = ids.incrementAndGet();
        Path source = detector.resolve("file-" + id);
        Files.write(source, bytes);
        SourceStat stat = SourceStat.of(source);
        return new Item(
                id, source, "exp/data/" + name, "exp/data/.lightpipe-" + id + ".part", stat.size(), stat.mtimeNs());
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static List<Outcome> copy(Destination destination, Meter meter, Item... items) {
        return destination.copy(List.of(items), meter).toCompletableFuture().join();
    }

    private static Outcome copyOne(Destination destination, Item item) {
        return copy(destination, Meter.none(), item).get(0);
    }

    private static Outcome.Failed failed(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return (Outcome.Failed) outcome;
    }

    private static List<Outcome.Proved> proved(List<Outcome> outcomes) {
        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Proved.class));
        return outcomes.stream().map(Outcome.Proved.class::cast).toList();
    }

    @Test
    void filesOfAnyNameAndSizeArriveProved() throws IOException {
        Destination destination = destination(nginx.uri("open"));
        List<String> names = List.of(
                "a.h5",
                "scan 1/übel & co #5?x=1%41.tif",
                "scan 1/a;b'c\"d\\e.tif",
                "deep/er/and/deep/er/line\nbreak.dat",
                "n".repeat(255));
        List<Item> items = new ArrayList<>();
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            contents.add(bytes(i == 0 ? 0 : i == 1 ? 3_000_001 : 70_000 * i));
            items.add(item(names.get(i), contents.get(i)));
        }

        List<Outcome.Proved> proved = proved(copy(destination, Meter.none(), items.toArray(Item[]::new)));

        assertThat(filesOf("open")).hasSize(5).allMatch(name -> name.startsWith("exp/data/.lightpipe-"));
        assertThat(destination.publish(proved)).isEmpty();
        assertThat(filesOf("open"))
                .containsExactlyInAnyOrderElementsOf(
                        names.stream().map(name -> "exp/data/" + name).toList());
        for (int i = 0; i < names.size(); i++) {
            assertThat(nginx.far("open").resolve("exp/data").resolve(names.get(i)))
                    .hasBinaryContent(contents.get(i));
            assertThat(proved.get(i).sha256()).isEqualTo(Sha256.of(contents.get(i)));
            assertThat(proved.get(i).digests()).containsKey(Digest.MD5);
            assertThat(proved.get(i).provedBy()).isEqualTo("read back");
        }
    }

    @Test
    void aNameThatIsNotUtf8KeepsItsBytes() throws IOException {
        Destination destination = destination(nginx.uri("open"));

        assertThat(destination.publish(proved(List.of(copyOne(destination, item("a\uF7FFb.tif", bytes(10)))))))
                .isEmpty();

        assertThat(all(nginx.far("open")))
                .filteredOn(Files::isRegularFile)
                .singleElement()
                .satisfies(file -> assertThat(file.toUri().getRawPath()).endsWith("/exp/data/a%FFb.tif"));
    }

    @Test
    void anOlderFileIsReplacedAndWhatWasCutOffIsDiscarded() throws IOException {
        Destination destination = destination(nginx.uri("open"));
        Item first = item("a.h5", bytes(1000));
        destination.publish(proved(List.of(copyOne(destination, first))));
        byte[] newer = bytes(500);
        Item second = item("a.h5", newer);
        Item cutOff = item("b.h5", bytes(10));
        Files.write(nginx.far("open").resolve(cutOff.temporary()), bytes(3));

        assertThat(destination.publish(proved(List.of(copyOne(destination, second)))))
                .isEmpty();
        destination.discard(List.of(cutOff, first));

        assertThat(filesOf("open")).containsExactly("exp/data/a.h5");
        assertThat(nginx.far("open").resolve("exp/data/a.h5")).hasBinaryContent(newer);
    }

    @Test
    void aDirectoryThatSomebodyRemovedIsMadeAgain() throws IOException {
        Destination destination = destination(nginx.uri("open"));
        destination.publish(proved(List.of(copyOne(destination, item("s/a.h5", bytes(10))))));
        empty();
        List<Outcome.Proved> proved = proved(List.of(copyOne(destination, item("s/b.h5", bytes(10)))));

        assertThat(destination.publish(proved)).isEmpty();

        assertThat(filesOf("open")).containsExactly("exp/data/s/b.h5");
    }

    @Test
    void aSourceThatChangesMeanwhileIsToldAndNotStored() throws IOException {
        Destination destination = destination(nginx.uri("open"));
        Item grows = item("grows", bytes(2_000_000));
        Item shrinks = item("shrinks", bytes(2_000_000));
        Item other = item("other", bytes(100));
        Files.write(other.source(), bytes(101));
        Item gone = item("gone", bytes(1));
        Files.delete(gone.source());

        Outcome grown = copy(destination, append(grows.source()), grows).get(0);
        Outcome shrunk = copy(destination, truncate(shrinks.source()), shrinks).get(0);

        assertThat(grown).isInstanceOf(Outcome.Changed.class);
        assertThat(shrunk).isInstanceOf(Outcome.Changed.class);
        assertThat(copyOne(destination, other)).isInstanceOf(Outcome.Changed.class);
        Outcome.Failed missing = failed(copyOne(destination, gone));
        assertThat(missing.cause()).isInstanceOf(NoSuchFileException.class);
        assertThat(missing.ofStorage()).isFalse();
        assertThat(filesOf("open")).isEmpty();
    }

    private static Meter append(Path source) {
        return taken -> change(source, file -> Files.write(file, new byte[] {1}, StandardOpenOption.APPEND));
    }

    private static Meter truncate(Path source) {
        return taken -> change(source, file -> {
            try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
                channel.truncate(10);
            }
        });
    }

    private interface Change {
        void of(Path file) throws IOException;
    }

    private static void change(Path file, Change change) {
        try {
            change.of(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFarSideThatStoresOtherBytesIsFoundOut() throws IOException {
        Wire wire = wire();
        Destination destination = destination(wire.uri("open"));
        proved(List.of(copyOne(destination, item("first", bytes(10)))));
        Item item = item("a.h5", bytes(1_000_000));
        wire.corrupt(500_000);

        Outcome.Failed failed = failed(copyOne(destination, item));

        assertThat(failed.cause()).hasMessageContaining("what was read back from storage is not what the source holds");
        assertThat(failed.ofStorage()).isFalse();
        assertThat(nginx.far("open").resolve(item.temporary())).doesNotExist();
        proved(List.of(copyOne(destination, item)));
    }

    @Test
    void aConnectionThatIsCutFailsTheFileAndTheNextAttemptSucceeds() throws IOException {
        Wire wire = wire();
        Destination destination = destination(wire.uri("open"));
        byte[] bytes = bytes(3_000_000);
        Item item = item("a.h5", bytes);
        wire.cut(1_500_000);

        Outcome.Failed failed = failed(copyOne(destination, item));

        assertThat(failed.ofStorage()).isTrue();
        assertThat(failed.cause()).hasMessageContaining("PUT failed: the connection broke");
        assertThat(destination.publish(proved(List.of(copyOne(destination, item)))))
                .isEmpty();
        assertThat(nginx.far("open").resolve(item.target())).hasBinaryContent(bytes);
    }

    @Test
    void aConnectionThatTheServerHasClosedMeanwhileIsNoFailure() throws Exception {
        Destination destination = destination(nginx.uri("open"));
        List<Outcome.Proved> first = proved(List.of(copyOne(destination, item("a", bytes(10)))));
        // longer than the server keeps connections
        TimeUnit.MILLISECONDS.sleep(2500);

        assertThat(destination.publish(first)).isEmpty();
        proved(List.of(copyOne(destination, item("b", bytes(10)))));
    }

    @Test
    void aStalledConnectionEndsWithTheTimeout() throws IOException {
        Wire wire = wire();
        Destination destination = destination(wire.uri("open"));
        wire.stall(1_500_000);
        long start = System.nanoTime();

        Outcome.Failed failed = failed(copyOne(destination, item("a.h5", bytes(30_000_000))));

        assertThat(failed.ofStorage()).isTrue();
        assertThat(failed.cause()).hasMessageContaining("nothing happened for 2 s");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void aServerThatNeverAnswersEndsWithTheTimeout() throws IOException {
        Wire wire = wire();
        Destination destination = destination(wire.uri("open"));
        wire.stall(0);

        Outcome.Failed failed = failed(copyOne(destination, item("a.h5", bytes(10))));

        assertThat(failed.ofStorage()).isTrue();
        assertThat(failed.cause()).hasMessageContaining("no answer for 2 s");
    }

    @Test
    void anInterruptEndsAGroupWithNothingLeft() throws Exception {
        Destination destination = destination(nginx.uri("open"));
        CountDownLatch began = new CountDownLatch(1);
        Meter never = taken -> {
            began.countDown();
            new CountDownLatch(1).await();
        };
        Item[] items = new Item[20];
        for (int i = 0; i < items.length; i++) {
            items[i] = item("f" + i, bytes(300_000));
        }
        AtomicReference<List<Outcome>> outcomes = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread copying = new Thread(() -> {
            outcomes.set(copy(destination, never, items));
            flag.set(Thread.currentThread().isInterrupted());
        });
        copying.start();
        began.await();

        copying.interrupt();
        copying.join(10_000);

        assertThat(copying.isAlive()).isFalse();
        assertThat(flag.get()).isTrue();
        assertThat(outcomes.get())
                .hasSize(20)
                .allSatisfy(outcome -> assertThat(failed(outcome).ofStorage()).isFalse());
        assertThat(filesOf("open")).isEmpty();
    }

    @Test
    void theEndOfTheHubEndsAGroup() throws Exception {
        Destination destination = destination(nginx.uri("open"));
        CountDownLatch began = new CountDownLatch(1);
        Meter never = taken -> {
            began.countDown();
            new CountDownLatch(1).await();
        };
        Item[] items = new Item[20];
        for (int i = 0; i < items.length; i++) {
            items[i] = item("f" + i, bytes(300_000));
        }
        AtomicReference<List<Outcome>> outcomes = new AtomicReference<>();
        Thread copying = new Thread(() -> outcomes.set(copy(destination, never, items)));
        copying.start();
        began.await();

        destination.close();
        copying.join(10_000);

        assertThat(outcomes.get()).hasSize(20).allMatch(Outcome.NotBegun.class::isInstance);
        assertThat(copyOne(destination, items[0])).isInstanceOf(Outcome.NotBegun.class);
    }

    @Test
    void aRenameWhoseAnswerWasLostCounts() throws IOException {
        Wire wire = wire();
        Destination destination = destination(wire.uri("open"));
        List<Outcome.Proved> proved = proved(List.of(copyOne(destination, item("a.h5", bytes(10)))));
        wire.loseAnswer("MOVE ");

        assertThat(destination.publish(proved)).isEmpty();

        assertThat(filesOf("open")).containsExactly("exp/data/a.h5");
    }

    @Test
    void aProvedCopyThatVanishedIsToldWhenItIsToGetItsName() throws IOException {
        Destination destination = destination(nginx.uri("open"));
        List<Outcome.Proved> proved = proved(List.of(copyOne(destination, item("a.h5", bytes(10)))));
        empty();

        assertThat(destination.publish(proved)).singleElement().satisfies(failed -> {
            assertThat(failed.cause()).isInstanceOf(NoSuchFileException.class);
            assertThat(failed.ofStorage()).isFalse();
        });
    }

    @Test
    void aServerThatIsNotThereIsTheStoragesFault() throws IOException {
        Wire wire = wire();
        String uri = wire.uri("open");
        wire.close();

        Outcome.Failed failed = failed(copyOne(destination(uri), item("a.h5", bytes(10))));

        assertThat(failed.ofStorage()).isTrue();
        assertThat(failed.cause()).hasMessageContaining("MKCOL failed: ").hasMessageContaining("onnect");
    }

    @Test
    void aFileThatIsTooLargeForTheServerIsThatFilesFault() throws IOException {
        Destination destination = destination(nginx.uri("small"));

        Outcome.Failed failed = failed(copyOne(destination, item("a.h5", bytes(5_000_000))));

        assertThat(failed.cause())
                .hasMessageContaining("the server answers 413 to PUT: the file is larger than it takes");
        assertThat(failed.ofStorage()).isFalse();
        proved(List.of(copyOne(destination, item("b.h5", bytes(500_000)))));
    }

    @Test
    void aServerWithoutWebDavIsTold() throws IOException {
        Outcome.Failed failed = failed(copyOne(destination(nginx.uri("plain")), item("a.h5", bytes(10))));

        assertThat(failed.cause()).hasMessageContaining("WebDAV must be on, with PUT, DELETE, MKCOL and MOVE");
        assertThat(failed.ofStorage()).isTrue();
    }

    @Test
    void credentialsComeFromAFileAndAreInNoMessage() throws IOException {
        Path secret = detector.resolve("authorization");
        Files.writeString(secret, "Basic bm9ib2R5Om5vdGhpbmc=\n");
        Map<String, String> settings = Map.of("authorizationFile", secret.toString());
        Destination destination = destination(nginx.uri("secret"), settings);

        Outcome.Failed failed = failed(copyOne(destination, item("a.h5", bytes(10))));
        Files.writeString(secret, Nginx.CREDENTIALS + "\n");
        Files.setLastModifiedTime(secret, java.nio.file.attribute.FileTime.fromMillis(1));

        assertThat(failed.ofStorage()).isTrue();
        assertThat(failed.cause())
                .hasMessageContaining("401")
                .hasMessageContaining("check authorizationEnv or authorizationFile")
                .hasMessageNotContaining("bm9ib2R5");
        proved(List.of(copyOne(destination, item("a.h5", bytes(10)))));
        Files.writeString(secret, "Bearer two\nlines");
        assertThat(failed(copyOne(destination, item("a.h5", bytes(10)))).cause())
                .hasMessageContaining("does not hold one line of text")
                .hasMessageNotContaining("two");
    }

    @Test
    void overTlsOnlyWhoIsTrustedIsSpokenTo() throws IOException {
        Outcome.Failed failed = failed(copyOne(destination(nginx.tlsUri("open")), item("a.h5", bytes(10))));

        assertThat(failed.cause()).hasMessageContaining("no trusted connection").hasMessageContaining("trustStore");
        Destination trusting = destination(
                nginx.tlsUri("open"), Map.of("trustStore", nginx.certificate().toString()));
        byte[] bytes = bytes(2_000_000);
        assertThat(trusting.publish(proved(List.of(copyOne(trusting, item("b.h5", bytes))))))
                .isEmpty();
        assertThat(nginx.far("open").resolve("exp/data/b.h5")).hasBinaryContent(bytes);
    }

    @Test
    void whatIsStoredCanBeReadByTheStepsThatFollow() throws Exception {
        try (Storages storages = new Storages(new DefaultCamelContext());
                StorageSession session = storages.open(storage(nginx.uri("open"), Proof.READ, Map.of()))) {
            byte[] bytes = bytes(1_000_000);
            session.createDirectories("exp/analysis");
            session.write("exp/analysis/.x", new ByteArrayInputStream(bytes));
            session.write("exp/analysis/.x", new ByteArrayInputStream("short".getBytes(StandardCharsets.UTF_8)));
            session.write("exp/analysis/.x", new ByteArrayInputStream(bytes));
            session.rename("exp/analysis/.x", "exp/analysis/x");

            assertThat(session.exists("exp/analysis/.x")).isFalse();
            assertThat(session.exists("exp/analysis/x")).isTrue();
            assertThat(session.exists("exp/analysis")).isTrue();
            try (InputStream read = session.read("exp/analysis/x")) {
                assertThat(read.readAllBytes()).isEqualTo(bytes);
            }
            try (InputStream read = session.read("exp/analysis/x")) {
                assertThat(read.read()).isEqualTo(bytes[0] & 0xff);
            }
            session.delete("exp/analysis/x");
            session.delete("exp/analysis/x");
            assertThat(session.exists("exp/analysis/x")).isFalse();
            assertThatThrownBy(() -> session.read("exp/analysis/x")).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> session.read("../far")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.delete("")).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
