package org.lightpipe.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
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
import org.lightpipe.config.TransferPolicy.Keep;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.config.TransferPolicy.Share;
import org.lightpipe.core.Sha256;
import org.lightpipe.sftp.FarDirectories;
import org.lightpipe.sftp.FarPath;
import org.lightpipe.sftp.LyingServer;
import org.lightpipe.sftp.SftpPool;
import org.lightpipe.sftp.SshServer;
import org.lightpipe.storage.FarStorage;

/** Against OpenSSH's own server. */
class SftpDestinationTest {

    @TempDir
    static Path serverDirectory;

    @TempDir
    Path sources;

    private static SshServer server;
    private SftpPool pool;
    private Path far;
    private String root;
    private long ids;

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
        pool = new SftpPool(server.access(server.port()), 2);
        root = "r" + sources.getFileName();
        far = server.far().resolve(root);
    }

    @AfterEach
    void disconnect() {
        pool.close();
    }

    @ParameterizedTest
    @EnumSource(Proof.class)
    void copiesAGroupAndProvesIt(Proof proof) throws Exception {
        Random random = new Random(3);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            items.add(item("scan/" + i % 7 + "/f" + i, bytes(random, random.nextInt(40_000))));
        }
        items.add(item("empty", new byte[0]));
        items.add(item("large", bytes(random, 20_000_001)));
        items.add(item("exactly one chunk", bytes(random, 258_048)));
        SftpDestination destination = destination(policy(Durability.FSYNC, proof, Set.of(Keep.TIMES)));

        List<Outcome.Proved> proved = proved(destination, items);
        assertThat(regularFiles(far.resolve("scan"))).isEmpty();
        assertThat(destination.publish(proved)).isEmpty();

        for (Item item : items) {
            assertThat(far.resolve(item.target())).hasSameBinaryContentAs(item.source());
            assertThat(Files.getLastModifiedTime(far.resolve(item.target())).to(TimeUnit.SECONDS))
                    .isEqualTo(TimeUnit.NANOSECONDS.toSeconds(item.mtimeNs()));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(far.resolve(item.target()))))
                    .isEqualTo("rw-r-----");
            assertThat(far.resolve(item.temporary())).doesNotExist();
        }
        for (Outcome.Proved each : proved) {
            assertThat(each.sha256()).isEqualTo(Sha256.of(each.item().source()).digest());
            assertThat(each.digests()).containsKeys(Digest.MD5);
            assertThat(each.provedBy())
                    .isEqualTo(
                            switch (proof) {
                                case FAR -> "digest of the far side";
                                case READ -> "read back";
                                case DIRECT -> "read back, perhaps from the cache of the far side";
                            });
        }
    }

    @Test
    void namesAreOnlyNames() throws Exception {
        List<Item> items = new ArrayList<>();
        for (String name : List.of(
                "a*b?[c]",
                "back\\slash",
                "-rf",
                "two\nlines",
                "$(touch x)",
                "' \"",
                "ünïcödé",
                " ",
                "raw\uF7FF\uF780")) {
            Path source = sources.resolve("source" + items.size());
            Files.write(source, name.getBytes(StandardCharsets.UTF_8));
            items.add(item(source, "odd/" + name));
        }
        for (Proof proof : List.of(Proof.READ, Proof.FAR)) {
            SftpDestination destination = destination(policy(Durability.CACHE, proof, Set.of()));
            assertThat(destination.publish(proved(destination, items))).isEmpty();
        }
        try (Stream<Path> files = Files.list(far.resolve("odd"))) {
            assertThat(files.map(path -> path.getFileName().toUri().getRawPath())
                            .map(path -> path.substring(path.lastIndexOf('/') + 1)))
                    .contains("raw%FF%80", "a*b%3F%5Bc%5D", "back%5Cslash", "-rf", "two%0Alines")
                    .hasSize(items.size());
        }
    }

    @Test
    void replacesOlderFilesAndLeftovers() throws Exception {
        Item item = item("a", new byte[] {1, 2, 3});
        Files.createDirectories(far);
        Files.writeString(far.resolve("a"), "an older and longer one");
        Path elsewhere = Files.writeString(sources.resolve("elsewhere"), "untouched");
        // What lies there of an earlier attempt may be anything.
        Files.createSymbolicLink(far.resolve(item.temporary()), elsewhere);
        SftpDestination destination = destination(policy(Durability.FSYNC, Proof.READ, Set.of()));

        assertThat(destination.publish(proved(destination, List.of(item)))).isEmpty();

        assertThat(far.resolve("a")).isRegularFile().hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(elsewhere).hasContent("untouched");
    }

    @Test
    void keepsModeAndOwnerWhereAsked() throws Exception {
        Item item = item("a", new byte[] {1});
        Files.setPosixFilePermissions(item.source(), PosixFilePermissions.fromString("rwxr-x--x"));
        SftpDestination destination =
                destination(policy(Durability.CACHE, Proof.READ, Set.of(Keep.MODE, Keep.OWNER, Keep.GROUP)));

        proved(destination, List.of(item));

        assertThat(Files.getPosixFilePermissions(far.resolve(item.temporary())))
                .isEqualTo(PosixFilePermissions.fromString("rwxr-x--x"));
        assertThat(Files.getOwner(far.resolve(item.temporary()))).isEqualTo(Files.getOwner(item.source()));
    }

    @Test
    void aServerThatCanNoMoreThanTheProtocolDoes() throws Exception {
        try (SshServer plain = SshServer.start(
                        Files.createTempDirectory(sources, "plain"),
                        "Subsystem sftp internal-sftp -P posix-rename,fsync,statvfs,limits");
                SftpPool connections = new SftpPool(plain.access(plain.port()), 1)) {
            String absolute = Files.createDirectory(sources.resolve("out")).toString();
            try (SftpDestination destination = new SftpDestination(
                    storage(policy(Durability.FSYNC, Proof.READ, Set.of(Keep.TIMES))),
                    new FarStorage(connections, new FarPath(absolute), new FarDirectories(absolute, 0750), 0640))) {
                List<Item> items = List.of(item("d/a", bytes(new Random(1), 100_000)), item("d/b", new byte[0]));
                for (int i = 0; i < 2; i++) {
                    assertThat(destination.publish(proved(destination, items))).isEmpty();
                }
                for (Item item : items) {
                    assertThat(Path.of(absolute, item.target())).hasSameBinaryContentAs(item.source());
                }
                assertThat(destination.free()).isEmpty();
            }
        }
    }

    /** Servers change their keys after a gigabyte or an hour, in the middle of a file. */
    @Test
    void keysMayBeChangedMeanwhile() throws Exception {
        Path directory = Files.createTempDirectory(sources, "rekeying");
        try (SshServer rekeying = SshServer.start(
                        directory, "RekeyLimit 2M\nSubsystem sftp internal-sftp -d " + directory.resolve("far"));
                SftpPool connections = new SftpPool(rekeying.access(rekeying.port()), 1);
                SftpDestination destination = new SftpDestination(
                        storage(policy(Durability.CACHE, Proof.READ, Set.of())),
                        new FarStorage(connections, new FarPath(""), new FarDirectories("", 0750), 0640))) {
            List<Item> items = new ArrayList<>();
            items.add(item("large", bytes(new Random(4), 30_000_000)));
            for (int i = 0; i < 100; i++) {
                items.add(item("small" + i, bytes(new Random(i), 50_000)));
            }
            assertThat(destination.publish(proved(destination, items))).isEmpty();
            for (Item item : items) {
                assertThat(rekeying.far().resolve(item.target())).hasSameBinaryContentAs(item.source());
            }
        }
    }

    @Test
    void tellsHowMuchIsFreeAndDiscards() throws Exception {
        Item item = item("a", new byte[10]);
        SftpDestination destination = destination(policy(Durability.CACHE, Proof.READ, Set.of()));
        destination.discard(List.of(item));
        proved(destination, List.of(item));
        assertThat(destination.free().orElseThrow()).isPositive();
        destination.discard(List.of(item));
        assertThat(far.resolve(item.temporary())).doesNotExist();
    }

    @Test
    void oneBadFileDoesNotStopTheOthers() throws Exception {
        Item good = item("good", bytes(new Random(5), 1000));
        Item missing = item("missing", new byte[10]);
        Files.delete(missing.source());
        Item changed = item("changed", new byte[10]);
        Files.write(changed.source(), new byte[11]);
        Item tooLong = item(item("short", new byte[10]).source(), "d/" + "é".repeat(150));
        Item inTheWay = item(good.source(), "file/in/the/way");
        Files.createDirectories(far);
        Files.createFile(far.resolve("file"));

        List<Outcome> outcomes = copy(
                destination(policy(Durability.FSYNC, Proof.READ, Set.of())),
                List.of(missing, changed, tooLong, inTheWay, good));

        assertFailed(outcomes.get(0), false, "the source " + missing.source() + " is gone");
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Changed.class);
        assertFailed(outcomes.get(2), false, "the name is too long: 300 bytes, where the storage takes 255");
        assertFailed(outcomes.get(3), false, "'" + root + "/file' is in the way: it is not a directory");
        assertThat(outcomes.get(4)).isInstanceOf(Outcome.Proved.class);
        assertThat(regularFiles(far)).containsExactlyInAnyOrder(far.resolve(good.temporary()), far.resolve("file"));
    }

    @Test
    void aSourceThatIsWrittenToMeanwhileIsNotStored() throws Exception {
        Item item = item("a", bytes(new Random(1), 3_000_000));
        Meter growing = count -> {
            try {
                Files.write(item.source(), new byte[] {1}, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };

        List<Outcome> outcomes = destination(policy(Durability.CACHE, Proof.READ, Set.of()))
                .copy(List.of(item), growing)
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);

        assertThat(outcomes).containsExactly(new Outcome.Changed(item));
        assertThat(far.resolve(item.temporary())).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(Proof.class)
    void aFarSideThatLiesAboutSuccessIsFoundOut(Proof proof) throws Exception {
        Path directory = Files.createTempDirectory(sources, "liar");
        try (SshServer liar = SshServer.start(directory, LyingServer.setting(directory.resolve("far")));
                SftpPool connections = new SftpPool(liar.access(liar.port()), 1);
                SftpDestination destination = new SftpDestination(
                        storage(policy(Durability.CACHE, proof, Set.of())),
                        new FarStorage(connections, new FarPath(""), new FarDirectories("", 0750), 0640))) {
            Item small = item("small", bytes(new Random(2), 5000));
            Item large = item("large", bytes(new Random(2), 500_000));
            Item tiny = item("tiny", bytes(new Random(2), 50));

            List<Outcome> outcomes = copy(destination, List.of(small, large, tiny));

            String words = liar.access(liar.port()).shown() + " reported success, but what it gives back of 'small' is"
                    + " not what was sent: ";
            assertFailed(outcomes.get(0), false, words);
            assertFailed(outcomes.get(1), false, "is not what was sent");
            assertThat(outcomes.get(2)).isInstanceOf(Outcome.Proved.class);
            assertThat(regularFiles(liar.far())).containsExactly(liar.far().resolve(tiny.temporary()));
        }
    }

    @Test
    void aFullStorageIsToBlameItself() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount a small disk");
        Files.createDirectories(far);
        SshServer.run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", far.toString());
        try {
            List<Item> items = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                items.add(item("f" + i, bytes(new Random(i), 700_000)));
            }
            List<Outcome> outcomes = copy(destination(policy(Durability.CACHE, Proof.READ, Set.of())), items);
            assertThat(outcomes).hasAtLeastOneElementOfType(Outcome.Proved.class);
            assertFailed(
                    outcomes.get(5),
                    true,
                    "no space left on " + server.access(server.port()).shown());
        } finally {
            SshServer.run("umount", far.toString());
        }
    }

    @Test
    void aDirectoryThatMayNotBeWrittenIsNotTheStoragesFault() throws Exception {
        Item open = item("open/a", new byte[] {1});
        Item shut = item("shut/b", new byte[] {1});
        Item below = item("shut/below/c", new byte[] {1});
        Files.createDirectories(far.resolve("shut"));
        boolean root = "root".equals(System.getProperty("user.name"));
        // Root may write everywhere but there.
        SshServer.run(
                root
                        ? new String[] {"chattr", "+i", far.resolve("shut").toString()}
                        : new String[] {"chmod", "500", far.resolve("shut").toString()});
        try {
            SftpDestination destination = destination(policy(Durability.CACHE, Proof.READ, Set.of()));
            List<Outcome> outcomes = copy(destination, List.of(open, shut, below));
            assertThat(outcomes.get(0)).isInstanceOf(Outcome.Proved.class);
            assertFailed(outcomes.get(2), false, "permission denied for 'shut/below/c' on ");
            List<Outcome.Failed> unpublished =
                    destination.publish(List.of((Outcome.Proved) outcomes.get(0), (Outcome.Proved) outcomes.get(1)));
            assertThat(unpublished).hasSize(1);
            assertFailed(unpublished.get(0), false, "permission denied for 'shut/b' on ");
            assertThat(far.resolve("open/a")).exists();
        } finally {
            SshServer.run(
                    root
                            ? new String[] {"chattr", "-i", far.resolve("shut").toString()}
                            : new String[] {"chmod", "700", far.resolve("shut").toString()});
        }
    }

    @Test
    void aStorageThatCannotBeReachedFailsAllAndIsToBlame() throws Exception {
        int nobody;
        try (ServerSocket free = new ServerSocket(0)) {
            nobody = free.getLocalPort();
        }
        try (SftpPool unreachable = new SftpPool(server.access(nobody), 1);
                SftpDestination destination = new SftpDestination(
                        storage(TransferPolicy.standard()),
                        new FarStorage(unreachable, new FarPath(root), new FarDirectories(root, 02770), 0640))) {
            List<Outcome> outcomes = copy(destination, List.of(item("a", new byte[1]), item("b", new byte[1])));
            for (Outcome outcome : outcomes) {
                assertFailed(
                        outcome,
                        true,
                        server.access(nobody).shown() + ": connection refused: no SSH server listens there");
            }
        }
    }

    @Test
    void anInterruptEndsItEarly() throws Exception {
        Item item = item("a", bytes(new Random(1), 50_000_000));
        Thread.currentThread().interrupt();
        List<Outcome> outcomes;
        try {
            outcomes = destination(policy(Durability.CACHE, Proof.READ, Set.of()))
                    .copy(List.of(item), Meter.none())
                    .toCompletableFuture()
                    .getNow(List.of());
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(outcomes).hasSize(1);
        assertFailed(outcomes.get(0), false, "stopped");
    }

    private static List<Outcome> copy(SftpDestination destination, List<Item> items) throws Exception {
        return destination.copy(items, Meter.none()).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static void assertFailed(Outcome outcome, boolean ofStorage, String words) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        Outcome.Failed failed = (Outcome.Failed) outcome;
        assertThat(failed.cause()).hasMessageContaining(words);
        assertThat(failed.ofStorage()).as(failed.toString()).isEqualTo(ofStorage);
    }

    private List<Outcome.Proved> proved(SftpDestination destination, List<Item> items) throws Exception {
        List<Outcome> outcomes = copy(destination, items);
        assertThat(outcomes).hasSameSizeAs(items);
        List<Outcome.Proved> proved = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            assertThat(outcomes.get(i)).isInstanceOf(Outcome.Proved.class);
            assertThat(outcomes.get(i).item()).isEqualTo(items.get(i));
            proved.add((Outcome.Proved) outcomes.get(i));
        }
        return proved;
    }

    private SftpDestination destination(TransferPolicy policy) {
        return new SftpDestination(storage(policy), farStorage());
    }

    private FarStorage farStorage() {
        return new FarStorage(pool, new FarPath(root), new FarDirectories(root, 02770), 0640);
    }

    private static Storage storage(TransferPolicy policy) {
        return new Storage("far", "sftp:far", Optional.empty(), 02770, 0640, policy, Map.of());
    }

    private static TransferPolicy policy(Durability durability, Proof proof, Set<Keep> keep) {
        return new TransferPolicy(
                4, 0, durability, proof, EnumSet.of(Digest.SHA256, Digest.MD5), keep, Share.NEVER, 0, 256);
    }

    private static List<Path> regularFiles(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private Item item(String target, byte[] bytes) throws IOException {
        Path source = sources.resolve(target);
        Files.createDirectories(source.getParent());
        Files.write(source, bytes);
        Files.setLastModifiedTime(source, FileTime.from(Instant.parse("2024-05-06T07:08:09.123456789Z")));
        return item(source, target);
    }

    private Item item(Path source, String target) throws IOException {
        long id = ids++;
        SourceStat stat = SourceStat.of(source);
        return new Item(id, source, target, ".lightpipe-" + id + ".part", stat.size(), stat.mtimeNs());
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
