package org.lightpipe.transfer;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.config.Digest;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.config.TransferPolicy.Keep;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.config.TransferPolicy.Share;
import org.lightpipe.core.Sha256;

class LocalDestinationTest {

    @TempDir
    Path directory;

    private Path landing;
    private Path root;
    private Policy policy = new Policy();
    private long ids;

    @BeforeEach
    void directories() throws IOException {
        landing = Files.createDirectory(directory.resolve("landing"));
        root = Files.createDirectory(directory.resolve("storage"));
    }

    @Test
    void copiesProvesAndPublishes() throws Exception {
        Item item = landed("scan/a.h5", bytes(300_000));
        try (LocalDestination destination = destination()) {
            Outcome.Proved proved = proved(copy(destination, item));
            assertThat(stored(item)).doesNotExist();
            assertThat(root.resolve(item.temporary())).hasSameBinaryContentAs(item.source());
            assertThat(proved.sha256()).isEqualTo(Sha256.of(item.source()).digest());
            assertThat(proved.provedBy()).isEqualTo("read back");

            assertThat(destination.publish(List.of(proved))).isEmpty();
            assertThat(stored(item)).hasSameBinaryContentAs(item.source());
            assertThat(root.resolve(item.temporary())).doesNotExist();
            assertThat(Files.getLastModifiedTime(stored(item))).isEqualTo(Files.getLastModifiedTime(item.source()));
            assertThat(Files.getAttribute(stored(item), "unix:mode")).isEqualTo(0100640);
        }
    }

    @Test
    void keepsEveryDigestThatIsAsked() throws Exception {
        policy.digests = EnumSet.allOf(Digest.class);
        Item item = landed("a.tif", bytes(10_000));
        Outcome.Proved proved = proved(copy(destination(), item));
        assertThat(proved.digests()).containsOnlyKeys(Digest.values());
        byte[] stored = Files.readAllBytes(root.resolve(item.temporary()));
        Digests again = new Digests(policy.digests);
        again.update(stored, 0, stored.length);
        assertThat(proved.digests()).isEqualTo(again.result());
    }

    @Test
    void aLargeFileIsDigestedInAThreadThatEnds() throws Exception {
        int size = (int) LocalCopier.LARGE + 12_345;
        Item item = landed("large.h5", bytes(size));
        Set<String> threads = ConcurrentHashMap.newKeySet();
        Outcome.Proved proved = proved(copy(destination(), bytes -> threads.addAll(digestThreads()), item));
        assertThat(proved.sha256()).isEqualTo(Sha256.of(item.source()).digest());
        assertThat(root.resolve(item.temporary())).hasSameBinaryContentAs(item.source());
        assertThat(threads).containsExactly("transfer-digest-disk");
        assertThat(digestThreads()).isEmpty();
    }

    @Test
    void readsBackFromTheDisk() throws Exception {
        policy.proof = Proof.DIRECT;
        policy.durability = Durability.FSYNC;
        for (int size : new int[] {0, 1, 4096, 100_000, Blocks.BLOCK, Blocks.BLOCK + 1, (int) LocalCopier.LARGE}) {
            Outcome.Proved proved = proved(copy(destination(), landed(size + ".h5", bytes(size))));
            assertThat(proved.provedBy())
                    .isIn("read back from disk", "read back (the file system refuses to bypass its cache)");
        }
    }

    @Test
    void manySmallFilesAreFlushedTogetherAndABadOneStopsNoOther() throws Exception {
        policy.durability = Durability.FSYNC;
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            items.add(landed("scan/" + i + ".tif", bytes(1000 + i)));
        }
        Files.delete(items.get(7).source());
        Files.write(items.get(9).source(), bytes(5));
        try (LocalDestination destination = destination()) {
            List<Outcome> outcomes = copy(destination, items.toArray(Item[]::new));
            List<Outcome.Proved> proved = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                assertThat(outcomes.get(i).item()).isEqualTo(items.get(i));
                if (i == 7) {
                    assertThat(outcomes.get(i)).isInstanceOf(Outcome.Failed.class);
                } else if (i == 9) {
                    assertThat(outcomes.get(i)).isInstanceOf(Outcome.Changed.class);
                } else {
                    proved.add((Outcome.Proved) outcomes.get(i));
                }
            }
            assertThat(destination.publish(proved)).isEmpty();
            for (Outcome.Proved each : proved) {
                assertThat(stored(each.item()))
                        .hasSameBinaryContentAs(each.item().source());
            }
        }
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aSourceThatIsNotWhatWasFoundIsNotStored() throws Exception {
        Item item = landed("a.h5", bytes(100));
        Item longer = new Item(90, item.source(), item.target(), "e/data/.90.part", 101, item.mtimeNs());
        Item older = new Item(91, item.source(), item.target(), "e/data/.91.part", 100, item.mtimeNs() - 1);
        assertThat(copy(destination(), longer, older)).containsExactly(changed(longer), changed(older));
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aSourceThatChangesMeanwhileIsNotStored() throws Exception {
        for (int size : new int[] {100, 3 * Blocks.BLOCK, (int) LocalCopier.LARGE}) {
            Item grows = landed("grows.h5", bytes(size));
            Item shrinks = landed("shrinks.h5", bytes(size));
            Item replaced = landed("replaced.h5", bytes(size));
            assertThat(copy(destination(), once(() -> Files.write(grows.source(), bytes(1), APPEND)), grows))
                    .containsExactly(changed(grows));
            assertThat(copy(destination(), once(() -> Files.write(shrinks.source(), bytes(1))), shrinks))
                    .containsExactly(changed(shrinks));
            // Same size, same time, another file: only its inode tells.
            assertThat(copy(destination(), once(() -> replace(replaced)), replaced))
                    .containsExactly(changed(replaced));
            assertThat(leftovers()).isEmpty();
        }
    }

    private void replace(Item item) throws IOException {
        Path other = Files.write(landing.resolve("other"), bytes((int) item.size() - 1));
        Files.write(other, bytes(1), APPEND);
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(item.source()));
        Files.move(other, item.source(), REPLACE_EXISTING);
    }

    @Test
    void aMissingSourceIsToldPlainly() throws Exception {
        Item item = landed("a.h5", bytes(100));
        Files.delete(item.source());
        assertFailed(copy(destination(), item), false, "the source is gone: " + item.source() + " does not exist");
    }

    @Test
    void aSourceThatBecameALinkIsNotFollowed() throws Exception {
        Item item = landed("a.h5", bytes(100));
        Path elsewhere = Files.move(item.source(), directory.resolve("elsewhere"));
        Files.createSymbolicLink(item.source(), elsewhere);
        assertFailed(copy(destination(), item), false, "is no longer a regular file");
    }

    @Test
    void aNameThatIsTooLongIsToldBeforeBytesMove() throws Exception {
        Item item = landed("a.h5", bytes(100));
        String name = "x".repeat(256);
        Item tooLong = new Item(1, item.source(), "e/data/" + name, item.temporary(), 100, item.mtimeNs());
        Meter never = bytes -> {
            throw new AssertionError("bytes moved");
        };
        assertFailed(
                copy(destination(), never, tooLong), false, "the name is too long for storage 'disk': e/data/" + name);
        Item deep = new Item(2, item.source(), "e/" + name + "/a", item.temporary(), 100, item.mtimeNs());
        assertFailed(copy(destination(), never, deep), false, "the name is too long");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aTargetThatLeadsOutIsRefused() throws Exception {
        Item item = landed("a.h5", bytes(100));
        Item out = new Item(1, item.source(), "../a.h5", item.temporary(), 100, item.mtimeNs());
        assertFailed(copy(destination(), out), false, "leads out of");
        assertThat(directory.resolve("a.h5")).doesNotExist();
    }

    @Test
    void aRootThatIsNotThereIsAFailureOfTheStorageAndIsNotMade() throws Exception {
        Item item = landed("a.h5", bytes(100));
        Files.delete(root);
        String told = "storage 'disk' is not there: " + root + " is not a directory; is it mounted?";
        try (LocalDestination destination = destination()) {
            assertFailed(copy(destination, item), true, told);
            assertThatThrownBy(destination::free).hasMessage(told);
            assertThatThrownBy(() -> destination.discard(List.of(item))).hasMessage(told);
            assertThatThrownBy(() -> destination.publish(List.of())).hasMessage(told);
        }
        assertThat(root).doesNotExist();
    }

    @Test
    void whatAnAttemptThatWasCutOffHasLeftIsReplaced() throws Exception {
        Item item = landed("a.h5", bytes(100));
        Path leftover = root.resolve(item.temporary());
        Files.createDirectories(leftover.getParent());
        Files.write(leftover, bytes(5000));
        for (Share share : Share.values()) {
            policy.share = share;
            proved(copy(destination(), item));
            assertThat(leftover).hasSameBinaryContentAs(item.source());
        }
    }

    @Test
    void aKillInTheMiddleLeavesOnlyATemporaryFileThatTheNextAttemptReplaces() throws Exception {
        Item item = landed("a.h5", bytes(5 * Blocks.BLOCK));
        assertThat(CopyProcess.run(root, item, 3 * Blocks.BLOCK).status()).isEqualTo(CopyProcess.KILLED);
        assertThat(leftovers()).containsExactly(root.resolve(item.temporary()));
        assertThat(stored(item)).doesNotExist();

        try (LocalDestination destination = destination()) {
            assertThat(destination.publish(List.of(proved(copy(destination, item)))))
                    .isEmpty();
        }
        assertThat(stored(item)).hasSameBinaryContentAs(item.source());
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void worksWhereSystemCallsAreNotAvailable() throws Exception {
        Item item = landed("a.h5", bytes(5000));
        CopyProcess.Result result =
                CopyProcess.run(root, item, Long.MAX_VALUE, "-Djna.nosys=true", "-Djna.noclasspath=true");
        assertThat(result.status()).as(result.output()).isZero();
        assertThat(result.output())
                .containsOnlyOnce("System calls are not available")
                .contains("read back");
        assertThat(stored(item)).hasSameBinaryContentAs(item.source());
        assertThat(Files.getLastModifiedTime(stored(item)).toMillis()).isEqualTo(1_700_000_000_123L);
    }

    @Test
    void anInterruptEndsItWithTheRestFailed() throws Exception {
        for (int size : new int[] {3 * Blocks.BLOCK, (int) LocalCopier.LARGE}) {
            Item first = landed("first.h5", bytes(10));
            Item second = landed("second.h5", bytes(size));
            Item third = landed("third.h5", bytes(10));
            Meter meter = bytes -> {
                if (bytes == Blocks.BLOCK) {
                    Thread.currentThread().interrupt();
                }
            };
            List<Outcome> outcomes = copy(destination(), meter, first, second, third);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(outcomes.get(0)).isInstanceOf(Outcome.Proved.class);
            assertFailed(outcomes.subList(1, 2), false, "stopped before it was done");
            assertFailed(outcomes.subList(2, 3), false, "stopped before it was done");
            assertThat(leftovers()).containsExactly(root.resolve(first.temporary()));
            Files.delete(root.resolve(first.temporary()));
            assertThat(digestThreads()).isEmpty();
        }
    }

    @Test
    void aLimitThatIsToldToEndEndsIt() throws Exception {
        Item item = landed("a.h5", bytes(10));
        Meter meter = bytes -> {
            throw new InterruptedException();
        };
        assertFailed(copy(destination(), meter, item), false, "stopped before it was done");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aClosedStorageTakesNothing() throws Exception {
        LocalDestination destination = destination();
        destination.close();
        assertFailed(copy(destination, landed("a.h5", bytes(10))), false, "stopped before it was done");
    }

    @Test
    void theLimitIsAskedForEveryByteOnce() throws Exception {
        Item small = landed("a.h5", bytes(10));
        Item large = landed("b.h5", bytes(2 * Blocks.BLOCK + 1));
        List<Long> asked = new ArrayList<>();
        copy(destination(), asked::add, small, large, landed("empty", bytes(0)));
        assertThat(asked).containsExactly(10L, (long) Blocks.BLOCK, (long) Blocks.BLOCK, 1L);
    }

    @Test
    void publishingReplacesAnOlderFileAndTellsWhatItCannot() throws Exception {
        Item replaces = landed("a.h5", bytes(10));
        Item blocked = landed("b.h5", bytes(10));
        Item vanished = landed("c.h5", bytes(10));
        Item removed = landed("deep/er/d.h5", bytes(10));
        try (LocalDestination destination = destination()) {
            List<Outcome.Proved> proved = copy(destination, replaces, blocked, vanished, removed).stream()
                    .map(Outcome.Proved.class::cast)
                    .toList();
            Files.write(stored(replaces), bytes(99));
            Files.createDirectories(stored(blocked).resolve("full"));
            Files.delete(root.resolve(vanished.temporary()));
            Files.delete(root.resolve("e/data/deep/er"));

            List<Outcome.Failed> failures = destination.publish(proved);
            assertThat(failures).extracting(Outcome.Failed::item).containsExactly(blocked, vanished);
            assertFailed(failures.subList(0, 1), false, "there is a directory of that name in storage 'disk'");
            assertFailed(failures.subList(1, 2), false, "its proved copy is gone from the storage");
            assertThat(stored(replaces)).hasSameBinaryContentAs(replaces.source());
            assertThat(stored(removed)).hasSameBinaryContentAs(removed.source());
            destination.discard(List.of(blocked, vanished));
        }
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void directoriesThatWereRemovedAreMadeAgain() throws Exception {
        try (LocalDestination destination = destination()) {
            proved(copy(destination, landed("scan/a.h5", bytes(10))));
            Files.delete(root.resolve("e/data/.lightpipe-1.part"));
            Files.delete(root.resolve("e/data/scan"));
            Files.delete(root.resolve("e/data"));
            proved(copy(destination, landed("scan/b.h5", bytes(10))));
        }
    }

    @Test
    void modeIsThatOfTheStorageOrOfTheSource() throws Exception {
        Item item = landed("a.h5", bytes(10));
        Files.setAttribute(item.source(), "unix:mode", 0751);
        for (int mode : new int[] {0640, 0444, 0666, 02640}) {
            policy.fileMode = mode;
            proved(copy(destination(), item));
            assertThat((int) Files.getAttribute(root.resolve(item.temporary()), "unix:mode") & 07777)
                    .isEqualTo(mode);
        }
        policy.keep = EnumSet.of(Keep.MODE);
        proved(copy(destination(), item));
        assertThat((int) Files.getAttribute(root.resolve(item.temporary()), "unix:mode") & 07777)
                .isEqualTo(0751);
        assertThat(Files.getLastModifiedTime(root.resolve(item.temporary())))
                .isNotEqualTo(Files.getLastModifiedTime(item.source()));
    }

    @Test
    void aHardLinkIsTheSourceUnderAnotherName() throws Exception {
        policy.share = Share.HARDLINK;
        policy.durability = Durability.FSYNC;
        Item item = landed("a.h5", bytes(10));
        Object mode = Files.getAttribute(item.source(), "unix:mode");
        try (LocalDestination destination = destination()) {
            for (int attempt = 1; attempt <= 2; attempt++) {
                Outcome.Proved proved = proved(copy(destination, item));
                assertThat(proved.provedBy()).isEqualTo("read back (hard link)");
                assertThat(proved.sha256()).isEqualTo(Sha256.of(item.source()).digest());
                assertThat(destination.publish(List.of(proved))).isEmpty();
                assertThat(Files.isSameFile(stored(item), item.source())).isTrue();
                assertThat(Files.getAttribute(item.source(), "unix:mode")).isEqualTo(mode);
                assertThat(leftovers()).isEmpty();
            }
        }
    }

    @Test
    void blocksAreSharedWhereTheFileSystemCanAndCopiedElsewhere() throws Exception {
        policy.share = Share.REFLINK;
        Item item = landed("a.h5", bytes(10_000));
        Outcome.Proved proved = proved(copy(destination(), item));
        assertThat(proved.provedBy()).isIn("read back (shared blocks)", "read back");
        Path copy = root.resolve(item.temporary());
        assertThat(copy).hasSameBinaryContentAs(item.source());
        assertThat(Files.isSameFile(copy, item.source())).isFalse();
        assertThat(Files.getAttribute(copy, "unix:mode")).isEqualTo(0100640);
        assertThat(Files.getLastModifiedTime(copy)).isEqualTo(Files.getLastModifiedTime(item.source()));
    }

    @Test
    void aCopyThatIsNotWhatTheSourceIsIsNotProved() throws Exception {
        for (Proof proof : Proof.values()) {
            Path copy = Files.write(directory.resolve("copy"), bytes(10));
            Item item = landed("a.h5", bytes(11));
            Written written = new Written(
                    item,
                    copy,
                    SourceStat.of(item.source()),
                    Map.of(Digest.SHA256, Sha256.of(item.source()).digest()),
                    "");
            try (Blocks.Bench bench = new Blocks(1, Set.of(), 4096).take()) {
                assertThatThrownBy(() -> new ReadBack("disk", proof).prove(written, bench))
                        .isInstanceOf(CopyException.class)
                        .hasMessageContaining("what was read back from storage 'disk' is not what the source holds")
                        .hasMessageContaining(
                                "10 bytes, SHA-256 " + Sha256.of(copy).digest() + ", instead of 11 bytes");
            }
        }
    }

    @Test
    void saysHowMuchRoomThereIs() throws Exception {
        assertThat(destination().free().orElseThrow()).isPositive();
    }

    private static Outcome changed(Item item) {
        return new Outcome.Changed(item);
    }

    private static void assertFailed(List<? extends Outcome> outcomes, boolean ofStorage, String words) {
        assertThat(outcomes).hasSize(1).first().isInstanceOf(Outcome.Failed.class);
        Outcome.Failed failed = (Outcome.Failed) outcomes.get(0);
        assertThat(failed.cause()).hasMessageContaining(words);
        assertThat(failed.ofStorage()).isEqualTo(ofStorage);
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".part"))
                    .toList();
        }
    }

    private static Set<String> digestThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("transfer-digest"))
                .collect(Collectors.toSet());
    }

    private interface Change {
        void make() throws IOException;
    }

    /** Changes something when the first bytes have been read, and before they are written. */
    private static Meter once(Change change) {
        AtomicBoolean done = new AtomicBoolean();
        return bytes -> {
            if (!done.getAndSet(true)) {
                try {
                    change.make();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    private static Outcome.Proved proved(List<Outcome> outcomes) {
        assertThat(outcomes).hasSize(1).first().isInstanceOf(Outcome.Proved.class);
        return (Outcome.Proved) outcomes.get(0);
    }

    private static List<Outcome> copy(LocalDestination destination, Item... items) {
        return copy(destination, Meter.none(), items);
    }

    private static List<Outcome> copy(LocalDestination destination, Meter meter, Item... items) {
        return destination.copy(List.of(items), meter).toCompletableFuture().join();
    }

    private LocalDestination destination() {
        return new LocalDestination(policy.storage(), root);
    }

    private Path stored(Item item) {
        return root.resolve(item.target());
    }

    private Item landed(String name, byte[] bytes) throws IOException {
        Path file = landing.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.from(1_700_000_000_123_456_789L, TimeUnit.NANOSECONDS));
        return item(file, name);
    }

    private Item item(Path source, String name) throws IOException {
        long id = ++ids;
        SourceStat stat = SourceStat.of(source);
        return new Item(id, source, "e/data/" + name, "e/data/.lightpipe-" + id + ".part", stat.size(), stat.mtimeNs());
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** What a test changes of the usual policy. */
    private static final class Policy {
        private Durability durability = Durability.CACHE;
        private Proof proof = Proof.READ;
        private Set<Digest> digests = Set.of(Digest.SHA256);
        private Set<Keep> keep = EnumSet.of(Keep.TIMES);
        private Share share = Share.NEVER;
        private int fileMode = 0640;
        private Optional<String> group = Optional.empty();

        Storage storage() {
            return new Storage(
                    "disk",
                    "file:/unused",
                    group,
                    02770,
                    fileMode,
                    new TransferPolicy(4, 0, durability, proof, digests, keep, share, 0, 256),
                    Map.of());
        }
    }
}
