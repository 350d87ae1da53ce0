package org.lightpipe.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lightpipe.config.Digest;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.config.TransferPolicy.Share;
import org.lightpipe.core.Sha256;
import org.lightpipe.sftp.FarDirectories;
import org.lightpipe.sftp.FarPath;
import org.lightpipe.sftp.FaultyProxy;
import org.lightpipe.sftp.SftpPool;
import org.lightpipe.sftp.SshServer;
import org.lightpipe.storage.FarStorage;

/** Connections that break: large files go on where they were, and nothing half done is ever seen. */
class SftpResumeTest {

    private static final int SIZE = 24_000_000;
    private static final long RESUMED_FROM = 1 << 20;
    private static final long FLUSHED_EVERY = 2 << 20;

    @TempDir
    static Path serverDirectory;

    @TempDir
    Path sources;

    private static SshServer server;
    private final AtomicLong cutAfter = new AtomicLong(Long.MAX_VALUE);
    private final AtomicReference<LongSupplier> budgets =
            new AtomicReference<>(() -> cutAfter.getAndSet(Long.MAX_VALUE));
    private FaultyProxy proxy;
    private SftpPool pool;
    private Path far;

    @BeforeAll
    static void startServer() throws Exception {
        server = SshServer.start(serverDirectory);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void connect() throws IOException {
        proxy = new FaultyProxy(server.port(), () -> budgets.get().getAsLong());
        pool = new SftpPool(server.access(proxy.port()), 2);
        far = server.far().resolve("r" + sources.getFileName());
    }

    @AfterEach
    void disconnect() throws IOException {
        pool.close();
        proxy.close();
    }

    @ParameterizedTest
    @EnumSource(Proof.class)
    void aLargeFileGoesOnWhereItWasCutOff(Proof proof) throws Exception {
        goesOn(proof, destination(Durability.FSYNC, proof));
    }

    @ParameterizedTest
    @EnumSource(Proof.class)
    void unflushedItGoesOnWhereItHadComeSomeTimeBefore(Proof proof) throws Exception {
        goesOn(proof, destination(pool, Durability.CACHE, proof, Duration.ZERO));
    }

    private void goesOn(Proof proof, SftpDestination destination) throws Exception {
        Item item = large();
        cutOff(destination, item, proof);
        long there = Files.size(far.resolve(item.temporary()));
        assertThat(there).isBetween(SIZE / 4L, SIZE - 1L);

        AtomicLong sent = new AtomicLong();
        long passed = proxy.passed();
        complete(destination, item, sent);

        assertThat(sent.get()).isLessThan(SIZE - there + (1 << 20));
        // What the far side cannot have lost is not even compared again.
        assertThat(proxy.passed() - passed).isLessThan(there + 2 * (SIZE - there) - SIZE / 4);
    }

    @ParameterizedTest
    @EnumSource(Proof.class)
    void evenAfterTheHubWasStartedAnew(Proof proof) throws Exception {
        Item item = large();
        cutOff(destination(Durability.CACHE, proof), item, proof);
        long there = Files.size(far.resolve(item.temporary()));

        AtomicLong sent = new AtomicLong();
        complete(destination(Durability.CACHE, proof), item, sent);

        assertThat(sent.get()).isLessThan(SIZE - there + (1 << 20));
    }

    /** A power cut of the far side may take with it what it had acknowledged. */
    @ParameterizedTest
    @EnumSource(Proof.class)
    void whatTheFarSideLostMeanwhileIsSentAgain(Proof proof) throws Exception {
        Item item = large();
        SftpDestination destination = destination(Durability.CACHE, proof);
        cutOff(destination, item, proof);
        try (RandomAccessFile there =
                new RandomAccessFile(far.resolve(item.temporary()).toFile(), "rw")) {
            there.seek(1_234_567);
            there.write(new byte[1000]);
        }

        complete(destination, item, new AtomicLong());
    }

    @Test
    void anotherSourceIsNotMixedWithTheOldOne() throws Exception {
        Item before = large();
        SftpDestination destination = destination(Durability.FSYNC, Proof.READ);
        cutOff(destination, before, Proof.READ);
        Path other = sources.resolve("other");
        Files.write(other, bytes(new Random(99), SIZE - 5_000_000));
        Files.move(other, before.source(), StandardCopyOption.REPLACE_EXISTING);
        SourceStat stat = SourceStat.of(before.source());
        Item now = new Item(
                before.id(), before.source(), before.target(), before.temporary(), stat.size(), stat.mtimeNs());

        complete(destination, now, new AtomicLong());
    }

    @Test
    void aServerThatFallsSilentIsGivenUpInTime() throws Exception {
        try (SftpPool impatient = new SftpPool(
                server.access(proxy.port(), "user_key", server.known(proxy.port()), Duration.ofSeconds(2)), 1)) {
            SftpDestination destination = destination(impatient, Durability.CACHE, Proof.READ, Duration.ofMinutes(2));
            Meter silencing = new Meter() {
                private long left = SIZE / 3;

                @Override
                public void take(long bytes) {
                    left -= bytes;
                    if (left < 0) {
                        proxy.fallSilent();
                    }
                }
            };
            List<Outcome> outcomes = destination
                    .copy(List.of(large()), silencing)
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                assertThat(failed.cause()).hasMessageContaining("no answer within 2 s");
                assertThat(failed.ofStorage()).isTrue();
            });
        }
    }

    /** Cuts at random places until everything is there. */
    @Test
    void everythingEndsProvedAndNothingPartialIsEverSeen() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        String told = "seed " + seed;
        System.out.println("SftpResumeTest: -Dseed=" + seed);
        Random random = new Random(seed);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int size = random.nextInt(10) == 0 ? random.nextInt(3_000_000) : random.nextInt(60_000);
            Path source = Files.write(sources.resolve("f" + i), bytes(random, size));
            items.add(item(i, source, "d" + i % 5 + "/f" + i));
        }
        List<Item> left = new ArrayList<>(items);
        Random cuts = new Random(random.nextLong());
        // Some end within the login, which takes about 3 kB.
        budgets.set(() -> cuts.nextInt(10) == 0 ? cuts.nextInt(5_000) : 3_000L + cuts.nextInt(4_000_000));
        int attempts = 0;
        SftpDestination destination = any(random);
        while (!left.isEmpty()) {
            assertThat(attempts++).as(told).isLessThan(200);
            if (random.nextInt(10) == 0) {
                // The hub was started anew, perhaps with another policy.
                destination = any(random);
            }
            List<Item> group = left.subList(0, Math.min(left.size(), 1 + random.nextInt(60)));
            List<Outcome.Proved> proved = new ArrayList<>();
            for (Outcome outcome : destination
                    .copy(List.copyOf(group), Meter.none())
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS)) {
                if (outcome instanceof Outcome.Proved each) {
                    assertThat(each.sha256())
                            .as(told)
                            .isEqualTo(Sha256.of(each.item().source()).digest());
                    proved.add(each);
                } else {
                    assertThat(outcome).as(told).isInstanceOf(Outcome.Failed.class);
                    assertThat(((Outcome.Failed) outcome).ofStorage())
                            .as(told + outcome)
                            .isTrue();
                }
            }
            try {
                List<Item> unpublished = destination.publish(proved).stream()
                        .map(Outcome.Failed::item)
                        .toList();
                proved.removeIf(each -> unpublished.contains(each.item()));
                proved.forEach(each -> left.remove(each.item()));
            } catch (IOException e) {
                // Not known which of them: all of them again.
            }
            for (Item item : items) {
                if (Files.exists(far.resolve(item.target()))) {
                    assertThat(far.resolve(item.target())).as(told).hasSameBinaryContentAs(item.source());
                }
            }
        }
        assertThat(proxy.cuts()).as(told).isGreaterThan(3);
        for (Item item : items) {
            assertThat(far.resolve(item.target())).as(told).hasSameBinaryContentAs(item.source());
            assertThat(far.resolve(item.temporary())).as(told).doesNotExist();
        }
    }

    private SftpDestination any(Random random) {
        return destination(
                pool,
                random.nextBoolean() ? Durability.FSYNC : Durability.CACHE,
                Proof.values()[random.nextInt(Proof.values().length)],
                Duration.ZERO);
    }

    /** At three quarters; what is read back passes twice. */
    private void cutOff(SftpDestination destination, Item item, Proof proof) throws Exception {
        cutAfter.set(SIZE / 4 * (proof == Proof.FAR ? 3L : 6L));
        List<Outcome> outcomes = destination
                .copy(List.of(item), Meter.none())
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertThat(outcomes)
                .singleElement()
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.ofStorage())
                                .as(failed.toString())
                                .isTrue());
        assertThat(proxy.cuts()).isEqualTo(1);
        assertThat(far.resolve(item.target())).doesNotExist();
    }

    private void complete(SftpDestination destination, Item item, AtomicLong sent) throws Exception {
        List<Outcome> outcomes = destination
                .copy(List.of(item), sent::addAndGet)
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertThat(outcomes).singleElement().isInstanceOf(Outcome.Proved.class);
        Outcome.Proved proved = (Outcome.Proved) outcomes.get(0);
        assertThat(proved.sha256()).isEqualTo(Sha256.of(item.source()).digest());
        assertThat(destination.publish(List.of(proved))).isEmpty();
        assertThat(far.resolve(item.target())).hasSameBinaryContentAs(item.source());
    }

    private SftpDestination destination(Durability durability, Proof proof) {
        return destination(pool, durability, proof, Duration.ofMinutes(2));
    }

    private SftpDestination destination(
            SftpPool connections, Durability durability, Proof proof, Duration onDiskAfter) {
        String root = far.getFileName().toString();
        TransferPolicy policy = new TransferPolicy(
                4, 0, durability, proof, Set.of(Digest.SHA256, Digest.XXH3), Set.of(), Share.NEVER, 0, 256);
        return new SftpDestination(
                new Storage("far", "sftp:far", Optional.empty(), 02770, 0640, policy, Map.of()),
                new FarStorage(connections, new FarPath(root), new FarDirectories(root, 02770), 0640),
                RESUMED_FROM,
                FLUSHED_EVERY,
                onDiskAfter);
    }

    private Item large() throws IOException {
        return item(1000, Files.write(sources.resolve("large"), bytes(new Random(11), SIZE)), "scan/large");
    }

    private static Item item(long id, Path source, String target) throws IOException {
        SourceStat stat = SourceStat.of(source);
        return new Item(id, source, target, ".lightpipe-" + id + ".part", stat.size(), stat.mtimeNs());
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
