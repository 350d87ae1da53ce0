package org.lightpipe.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lightpipe.config.Digest;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.config.TransferPolicy.Keep;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.config.TransferPolicy.Share;
import org.lightpipe.core.RawName;
import org.lightpipe.core.Sha256;
import org.lightpipe.sftp.FarDirectories;
import org.lightpipe.sftp.FarPath;
import org.lightpipe.sftp.FaultyProxy;
import org.lightpipe.sftp.SftpPool;
import org.lightpipe.sftp.SshServer;
import org.lightpipe.storage.FarStorage;

/** Small files that go through the shell of OpenSSH's own server, and what that shell may do wrong. */
class SftpShellTest {

    private static final Instant CHANGED = Instant.parse("2024-05-06T07:08:09.123456789Z");
    private static final int MANY = 60;

    @TempDir
    Path directory;

    private Path sources;
    private SshServer server;
    private SftpPool pool;
    private long ids;

    @AfterEach
    void stop() {
        if (pool != null) {
            pool.close();
        }
        if (server != null) {
            server.close();
        }
    }

    // ---- what it does ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"CACHE, READ", "CACHE, DIRECT", "CACHE, FAR", "FSYNC, READ", "FSYNC, FAR"})
    void filesThatGoThroughTheShellAreProvedAndLookAsTheyShould(Durability durability, Proof proof) throws Exception {
        start(listening());
        List<Item> items = items(MANY, 30_000);
        items.add(item("scan/empty", new byte[0]));
        items.add(item("scan/" + "long".repeat(60), bytes(10)));
        items.add(item("deep/" + ("d".repeat(200) + "/").repeat(3) + "file", bytes(11)));
        items.add(item("scan/larger", bytes(300_000)));
        items.add(item("scan/largest of the small", bytes((256 << 10) - 1)));
        SftpDestination destination = destination(durability, proof, Set.of(Keep.TIMES));

        publish(destination, items);

        for (Item item : items) {
            assertThat(Files.getLastModifiedTime(far(item.target())).to(TimeUnit.SECONDS))
                    .isEqualTo(CHANGED.getEpochSecond());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(far(item.target()))))
                    .isEqualTo("rw-r-----");
        }
        assertWentThroughTheShell(items, item -> item.size() < 256 << 10);
    }

    @Test
    void namesAreOnlyNames() throws Exception {
        start(listening());
        List<Item> items = items(20, 100);
        for (String name : List.of(
                "a*b?[c]",
                "back\\slash",
                "-rf",
                "two\nlines",
                "$(touch x)",
                "' \"",
                "> out",
                "| cat",
                "ünïcödé",
                " ",
                "raw\uF7FF\uF780")) {
            items.add(item(item("odd" + items.size(), bytes(50 + items.size())).source(), "odd/" + name));
        }

        publish(destination(Durability.CACHE, Proof.READ, Set.of()), items);

        assertThat(Files.list(far("odd"))).hasSize(11);
        assertWentThroughTheShell(items, item -> true);
    }

    @Test
    void modesAreKeptWhereAsked() throws Exception {
        start(listening());
        List<Item> items = items(20, 100);
        for (int i = 0; i < items.size(); i++) {
            Files.setPosixFilePermissions(
                    items.get(i).source(), PosixFilePermissions.fromString(i % 2 == 0 ? "rwxr-x--x" : "r--------"));
        }

        publish(destination(Durability.CACHE, Proof.READ, Set.of(Keep.MODE)), items);

        for (Item item : items) {
            assertThat(Files.getPosixFilePermissions(far(item.target())))
                    .isEqualTo(Files.getPosixFilePermissions(item.source()));
        }
        assertWentThroughTheShell(items, item -> true);
    }

    @Test
    void ownersGoOverSftp() throws Exception {
        start(listening());
        publish(destination(Durability.CACHE, Proof.READ, Set.of(Keep.OWNER)), items(20, 100));
        assertThat(usesShell()).isFalse();
    }

    @Test
    void itCanBeSwitchedOff() throws Exception {
        start(listening());
        for (Proof proof : List.of(Proof.READ, Proof.FAR)) {
            SftpDestination destination = new SftpDestination(
                    storage(policy(Durability.CACHE, proof, Set.of()), Map.of("shell", "false")), farStorage());
            for (Outcome.Proved each : publish(destination, items(20, 100))) {
                assertThat(each.provedBy()).isEqualTo("read back");
            }
        }
        assertThat(usesShell()).isFalse();
        assertThat(directory.resolve("came")).doesNotExist();
    }

    @Test
    void fewFilesAreNotWorthTheWhile() throws Exception {
        start(listening());
        publish(destination(Durability.CACHE, Proof.READ, Set.of()), items(15, 100));
        assertThat(usesShell()).isFalse();
    }

    @Test
    void filesOfSeveralGroupsShareAConnection() throws Exception {
        start(listening());
        SftpDestination destination = destination(Durability.FSYNC, Proof.READ, Set.of());
        List<CompletableFuture<Void>> groups = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            List<Item> items = items("group" + i, 100, 20_000);
            groups.add(CompletableFuture.runAsync(() -> {
                try {
                    publish(destination, items);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        CompletableFuture.allOf(groups.toArray(CompletableFuture[]::new)).get(100, TimeUnit.SECONDS);
        assertThat(usesShell()).isTrue();
    }

    @Test
    void whatAnAttemptHasLeftIsReplacedAndNeverWrittenInto() throws Exception {
        start(listening());
        List<Item> items = items(30, 5000);
        Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "untouched");
        for (Item item : items) {
            Files.createDirectories(far(item.temporary()).getParent());
            if (item.id() % 3 == 0) {
                Files.createSymbolicLink(far(item.temporary()), elsewhere);
            } else if (item.id() % 3 == 1) {
                Files.writeString(far(item.temporary()), "half of an older one, which may be longer than the new one");
            }
        }
        Files.createDirectories(far(items.get(0).target()).getParent());
        Files.writeString(far(items.get(0).target()), "an older one");

        publish(destination(Durability.CACHE, Proof.READ, Set.of()), items);

        assertThat(elsewhere).hasContent("untouched");
        assertThat(usesShell()).isTrue();
    }

    @Test
    void sourcesThatAreNotWhatWasFoundAreNotStored() throws Exception {
        start(listening());
        List<Item> items = items(MANY, 1000);
        Files.delete(items.get(20).source());
        Files.write(items.get(30).source(), new byte[11]);
        AtomicInteger taken = new AtomicInteger();
        Meter growing = count -> {
            try {
                if (taken.incrementAndGet() == 15) {
                    // Read already, but not proved yet.
                    Files.write(items.get(10).source(), new byte[] {1}, StandardOpenOption.APPEND);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };

        List<Outcome> outcomes = copy(destination(Durability.FSYNC, Proof.READ, Set.of()), items, growing);

        assertThat(outcomes.get(10)).isInstanceOf(Outcome.Changed.class);
        assertFailed(outcomes.get(20), false, "the source " + items.get(20).source() + " is gone");
        assertThat(outcomes.get(30)).isInstanceOf(Outcome.Changed.class);
        for (int i = 0; i < items.size(); i++) {
            if (i % 10 != 0 || i > 30 || i == 0) {
                assertThat(outcomes.get(i)).isInstanceOf(Outcome.Proved.class);
            } else {
                assertThat(far(items.get(i).temporary())).doesNotExist();
            }
        }
        assertThat(usesShell()).isTrue();
    }

    // ---- what the far side refuses --------------------------------------------------------------------------------

    @Test
    void oneFileThatIsRefusedDoesNotStopTheOthers() throws Exception {
        start(listening());
        List<Item> items = items(MANY, 1000);
        Item inTheWay = item("inTheWay", bytes(100));
        items.add(inTheWay);
        Files.createDirectories(far("inTheWay"));
        Item shut = item("shut/a", bytes(100));
        items.add(new Item(shut.id(), shut.source(), shut.target(), "shut/.a.part", shut.size(), shut.mtimeNs()));
        Files.createDirectories(far("shut"));
        boolean root = "root".equals(System.getProperty("user.name"));
        // Root may write everywhere but there.
        String[] command = root ? new String[] {"chattr", "+i"} : new String[] {"chmod", "500"};
        String[] back = root ? new String[] {"chattr", "-i"} : new String[] {"chmod", "700"};
        SshServer.run(command[0], command[1], far("shut").toString());
        try {
            SftpDestination destination = destination(Durability.CACHE, Proof.READ, Set.of());
            List<Outcome> outcomes = copy(destination, items, Meter.none());
            assertFailed(outcomes.get(MANY + 1), false, "permission denied for 'shut/a' on ");
            List<Outcome.Proved> proved = outcomes.subList(0, MANY + 1).stream()
                    .map(Outcome.Proved.class::cast)
                    .toList();
            List<Outcome.Failed> unpublished = destination.publish(proved);
            assertThat(unpublished).hasSize(1);
            assertThat(unpublished.get(0).item()).isEqualTo(inTheWay);
            for (Item item : items.subList(0, MANY)) {
                assertThat(far(item.target())).hasSameBinaryContentAs(item.source());
            }
            assertThat(usesShell()).isTrue();
        } finally {
            SshServer.run(back[0], back[1], far("shut").toString());
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void aFullStorageIsToBlameItself(Durability durability) throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount a small disk");
        start(listening());
        Files.createDirectories(far(""));
        SshServer.run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", far("").toString());
        try {
            List<Outcome> outcomes =
                    copy(destination(durability, Proof.READ, Set.of()), items(20, 200_000), Meter.none());
            assertThat(outcomes).hasAtLeastOneElementOfType(Outcome.Proved.class);
            assertFailed(outcomes.get(19), true, "no space left on ");
            for (Outcome outcome : outcomes) {
                assertThat(Files.exists(far(outcome.item().temporary()))).isEqualTo(outcome instanceof Outcome.Proved);
            }
            assertThat(usesShell()).isTrue();
        } finally {
            SshServer.run("umount", far("").toString());
        }
    }

    /** Where several files are flushed at once and where each is for itself. */
    @Test
    void filesAreFlushedOnAnyFileSystem() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount");
        start(listening());
        Files.createDirectories(far("other"));
        SshServer.run(
                "mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", far("other").toString());
        try {
            List<Item> items = items("here", 30, 1000);
            items("other", 30, 1000)
                    .forEach(item -> items.add(new Item(
                            item.id(),
                            item.source(),
                            item.target(),
                            "other/.lightpipe-" + item.id() + ".part",
                            item.size(),
                            item.mtimeNs())));
            publish(destination(Durability.FSYNC, Proof.READ, Set.of()), items);
            assertWentThroughTheShell(items, item -> true);
        } finally {
            SshServer.run("umount", far("other").toString());
        }
    }

    // ---- what the shell does wrong --------------------------------------------------------------------------------

    @Test
    void aProfileThatSpeaksIsNotMinded() throws Exception {
        start(listening());
        Files.writeString(directory.resolve(".bashrc"), "echo welcome; echo 'lightpipe wr'; seq 1000\n");
        Assumptions.assumeTrue(spoken() > 3000, "this account's shell has no profile for commands");

        List<Item> items = items(MANY, 1000);
        publish(destination(Durability.CACHE, Proof.READ, Set.of()), items);

        assertWentThroughTheShell(items, item -> true);
    }

    @Test
    void aProfileThatNeverStopsSpeakingIsLeft() throws Exception {
        start(listening());
        Files.writeString(directory.resolve(".bashrc"), "yes | head -c 1000000\n");
        publish(destination(Durability.CACHE, Proof.READ, Set.of()), items(MANY, 1000));
        Assumptions.assumeTrue(spoken() > 3000, "this account's shell has no profile for commands");
        assertThat(usesShell()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void withoutPerlFilesGoOverSftp(Durability durability) throws Exception {
        Files.createDirectories(directory.resolve("bin"));
        start(settings() + "\nSetEnv PATH=" + directory.resolve("bin") + " HOME=" + directory);
        publish(destination(durability, Proof.READ, Set.of()), items(MANY, 1000));
        assertThat(usesShell()).isFalse();
    }

    @Test
    void anAccountWithSftpAloneHasIt() throws Exception {
        start("Subsystem sftp internal-sftp\nForceCommand internal-sftp -d " + directory.resolve("far"));
        long begin = System.nanoTime();
        publish(destination(Durability.CACHE, Proof.READ, Set.of()), items(MANY, 1000));
        assertThat(usesShell()).isFalse();
        // It is seen at once, and not by waiting for an answer.
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void aShellThatSeesOtherFilesIsNotUsed() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount");
        Path far = directory.resolve("far");
        Path mounted = directory.resolve("mounted");
        start(perl("exec unshare -m sh -c 'mount -t tmpfs tmpfs " + far + " && mkdir -p " + far + "/out/scan && echo > "
                + mounted + " && exec /usr/bin/perl \"$@\"' sh \"$@\"\n"));
        publish(destination(Durability.CACHE, Proof.READ, Set.of()), items(MANY, 1000));
        Assumptions.assumeTrue(Files.exists(mounted), "nothing can be mounted here");
        assertThat(usesShell()).isFalse();
    }

    /** Each passes the input on to the real one, and does something to it once files come. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CACHE | corrupts what it writes | $files > 3 and $b =~ s/SECRET/sEcret/;",
                "FSYNC | corrupts what it writes | $files > 3 and $b =~ s/SECRET/sEcret/;",
                "CACHE | ends in the middle      | $files > 3 and exit;",
                "FSYNC | ends in the middle      | $files > 3 and exit;",
                "CACHE | falls silent            | $files > 3 and sleep 60;",
                "CACHE | loses some of it        | $files > 3 and substr($b, 50, 7) = qq();",
            })
    void whatGoesWrongThereIsFoundOutAndDoneOverSftp(Durability durability, String what, String code) throws Exception {
        start(
                perl("exec /usr/bin/perl " + filter(code) + " \"$@\"\n"),
                Duration.ofSeconds(what.equals("falls silent") ? 2 : 20));
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            items.add(item("scan/f" + i, ("SECRET" + "x".repeat(20_000)).getBytes(StandardCharsets.US_ASCII)));
        }

        publish(destination(durability, Proof.READ, Set.of()), items);

        assertThat(Files.size(directory.resolve("came"))).as(what).isBetween(60_000L, 1_400_000L);
        assertThat(usesShell()).as(what).isFalse();
        assertThat(temporaryCopies()).isEmpty();
    }

    @Test
    void aShellThatEndsWhileItGivesNamesLeavesAllToTheNextAttempt() throws Exception {
        start(perl("exec /usr/bin/perl " + filter("$b =~ m{/out/scan/f} and exit;") + " \"$@\"\n"));
        SftpDestination destination = destination(Durability.CACHE, Proof.READ, Set.of());
        List<Item> items = items(MANY, 1000);
        List<Outcome.Proved> proved = proved(destination, items);

        assertThatThrownBy(() -> destination.publish(proved))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "the shell of " + server.access(server.port()).shown() + ": it ended");

        publish(destination, items);
        assertThat(usesShell()).isFalse();
        assertThat(temporaryCopies()).isEmpty();
    }

    // ---- the connection and the hub -------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(Durability.class)
    void whatWasNotProvedWhenTheConnectionBrokeIsDoneAgain(Durability durability) throws Exception {
        start(listening());
        AtomicLong budget = new AtomicLong(600_000);
        try (FaultyProxy proxy = new FaultyProxy(server.port(), () -> budget.getAndSet(Long.MAX_VALUE));
                SftpPool broken = new SftpPool(server.access(proxy.port()), 1);
                SftpDestination destination = new SftpDestination(
                        storage(policy(durability, Proof.READ, Set.of()), Map.of()), farStorage(broken))) {
            List<Item> items = items(MANY, 20_000);
            List<Item> left = new ArrayList<>();
            for (Outcome outcome : copy(destination, items, Meter.none())) {
                if (!(outcome instanceof Outcome.Proved)) {
                    assertFailed(outcome, true, "connection to ");
                    left.add(outcome.item());
                }
            }
            assertThat(proxy.cuts()).isEqualTo(1);
            assertThat(left).hasSizeBetween(durability == Durability.FSYNC ? MANY : 10, MANY);
            assertThat(Files.list(far("scan"))).isEmpty();
            publish(destination, items);
            assertThat(temporaryCopies()).isEmpty();
        }
    }

    @Test
    void anInterruptEndsItEarly() throws Exception {
        start(listening());
        AtomicInteger taken = new AtomicInteger();
        Meter stopping = count -> {
            if (taken.incrementAndGet() == 30) {
                Thread.currentThread().interrupt();
            }
        };
        List<Item> items = items(MANY, 20_000);
        SftpDestination destination = destination(Durability.CACHE, Proof.READ, Set.of());
        List<Outcome> outcomes;
        try {
            outcomes = destination.copy(items, stopping).toCompletableFuture().getNow(List.of());
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertFailed(outcomes.get(MANY - 1), false, "stopped");
        assertThat(outcomes).filteredOn(Outcome.Proved.class::isInstance).hasSizeLessThan(30);
        publish(destination, items);
    }

    @Test
    void closingTheDestinationEndsIt() throws Exception {
        start(perl("exec /usr/bin/perl " + filter("$files > 3 and sleep 60;") + " \"$@\"\n"));
        SftpDestination destination = destination(Durability.CACHE, Proof.READ, Set.of());
        List<Item> items = items(MANY, 20_000);
        CompletableFuture<List<Outcome>> outcomes = CompletableFuture.supplyAsync(() ->
                destination.copy(items, Meter.none()).toCompletableFuture().join());
        TimeUnit.SECONDS.sleep(2);
        destination.close();
        List<Outcome> ended = outcomes.get(5, TimeUnit.SECONDS);
        assertThat(ended).hasSize(MANY);
        assertFailed(ended.get(MANY - 1), true, "it was closed");
    }

    // ---- servers --------------------------------------------------------------------------------------------------

    private String settings() {
        return "Subsystem sftp internal-sftp -d " + directory.resolve("far");
    }

    /** A server whose Perl keeps what it is sent. */
    private String listening() throws IOException {
        return perl("tee -a " + directory.resolve("came") + " | /usr/bin/perl \"$@\"\n");
    }

    /** A server with another Perl. */
    private String perl(String script) throws IOException {
        SshServer.need(Files.isExecutable(Path.of("/usr/bin/perl")), "perl is missing: apt-get install perl-base");
        Path program = Files.createDirectories(directory.resolve("bin")).resolve("perl");
        Files.writeString(program, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return settings() + "\nSetEnv PATH=" + program.getParent() + ":/usr/bin:/bin HOME=" + directory;
    }

    /** A program that passes input on to Perl, after some code has seen each piece of it in {@code $b}. */
    private Path filter(String code) throws IOException {
        return Files.writeString(directory.resolve("filter.pl"), """
                open my $came, ">>", "%s";
                open my $perl, "|-", "/usr/bin/perl", @ARGV;
                my $files = 0;
                while (sysread STDIN, my $b, 16384) {
                    syswrite $came, $b;
                    %s
                    $files++ if $b =~ /[.]part/;
                    syswrite $perl, $b;
                }
                """.formatted(directory.resolve("came"), code));
    }

    private void start(String settings) throws Exception {
        start(settings, Duration.ofSeconds(20));
    }

    private void start(String settings, Duration answer) throws Exception {
        sources = Files.createDirectories(directory.resolve("sources"));
        server = SshServer.start(directory, settings);
        pool = new SftpPool(server.access(server.port(), "user_key", server.known(server.port()), answer), 1);
    }

    /** How much the profile of the account says when a command is run, in bytes. */
    private long spoken() throws Exception {
        Path said = directory.resolve("said");
        SshServer.run(
                "sh",
                "-c",
                "exec ssh -F none -i \"$1\" -o UserKnownHostsFile=\"$2\" -p \"$3\" 127.0.0.1 true > \"$4\"",
                "sh",
                directory.resolve("user_key").toString(),
                server.known(server.port()).toString(),
                Integer.toString(server.port()),
                said.toString());
        return Files.size(said);
    }

    private boolean usesShell() throws IOException {
        try (SftpPool.Lease lease = pool.lease()) {
            return lease.connection().writer().isPresent();
        }
    }

    private interface Which {
        boolean is(Item item);
    }

    /** The bytes of those were among what the far Perl was sent, and not those of others. */
    private void assertWentThroughTheShell(List<Item> items, Which which) throws IOException {
        assertThat(usesShell()).isTrue();
        String came = Files.readString(directory.resolve("came"), StandardCharsets.ISO_8859_1);
        for (Item item : items) {
            String content = Files.readString(item.source(), StandardCharsets.ISO_8859_1);
            if (!content.isEmpty()) {
                assertThat(came.contains(content))
                        .as(RawName.shown(item.target()))
                        .isEqualTo(which.is(item));
            }
            String renamed = server.far() + "/out/" + item.temporary() + server.far() + "/out/" + item.target();
            assertThat(came).contains(new String(RawName.bytes(renamed), StandardCharsets.ISO_8859_1));
        }
    }

    private List<Path> temporaryCopies() throws IOException {
        try (Stream<Path> all = Files.walk(far(""))) {
            return all.filter(path -> path.toString().endsWith(".part")).toList();
        }
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    private List<Outcome.Proved> publish(SftpDestination destination, List<Item> items) throws Exception {
        List<Outcome.Proved> proved = proved(destination, items);
        assertThat(destination.publish(proved)).isEmpty();
        for (Item item : items) {
            assertThat(far(item.target())).hasSameBinaryContentAs(item.source());
            assertThat(far(item.temporary())).doesNotExist();
        }
        return proved;
    }

    private static List<Outcome.Proved> proved(SftpDestination destination, List<Item> items) throws Exception {
        List<Outcome.Proved> proved = new ArrayList<>();
        for (Outcome outcome : copy(destination, items, Meter.none())) {
            assertThat(outcome).isInstanceOf(Outcome.Proved.class);
            proved.add((Outcome.Proved) outcome);
            assertThat(outcome.item()).isEqualTo(items.get(proved.size() - 1));
            assertThat(proved.get(proved.size() - 1).sha256())
                    .isEqualTo(Sha256.of(outcome.item().source()).digest());
        }
        assertThat(proved).hasSameSizeAs(items);
        return proved;
    }

    private static List<Outcome> copy(SftpDestination destination, List<Item> items, Meter meter) throws Exception {
        return destination.copy(items, meter).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static void assertFailed(Outcome outcome, boolean ofStorage, String words) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        Outcome.Failed failed = (Outcome.Failed) outcome;
        assertThat(failed.cause()).hasMessageContaining(words);
        assertThat(failed.ofStorage()).as(failed.toString()).isEqualTo(ofStorage);
    }

    private SftpDestination destination(Durability durability, Proof proof, Set<Keep> keep) {
        return new SftpDestination(storage(policy(durability, proof, keep), Map.of()), farStorage());
    }

    private FarStorage farStorage() {
        return farStorage(pool);
    }

    private static FarStorage farStorage(SftpPool connections) {
        return new FarStorage(connections, new FarPath("out"), new FarDirectories("out", 02770), 0640);
    }

    private static Storage storage(TransferPolicy policy, Map<String, String> settings) {
        return new Storage("far", "sftp:far", Optional.empty(), 02770, 0640, policy, settings);
    }

    private static TransferPolicy policy(Durability durability, Proof proof, Set<Keep> keep) {
        return new TransferPolicy(
                4, 0, durability, proof, Set.of(Digest.SHA256, Digest.MD5), keep, Share.NEVER, 0, 256);
    }

    private Path far(String path) {
        return RawName.path(server.far() + "/out/" + path);
    }

    private List<Item> items(int count, int most) throws IOException {
        return items("scan", count, most);
    }

    private List<Item> items(String where, int count, int most) throws IOException {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(item(where + "/f" + i, bytes(most - i)));
        }
        return items;
    }

    private Item item(String target, byte[] bytes) throws IOException {
        Path source = Files.write(sources.resolve("source" + ids), bytes);
        Files.setLastModifiedTime(source, FileTime.from(CHANGED));
        return item(source, target);
    }

    private Item item(Path source, String target) throws IOException {
        long id = ids++;
        SourceStat stat = SourceStat.of(source);
        return new Item(id, source, target, ".lightpipe-" + id + ".part", stat.size(), stat.mtimeNs());
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(ids).nextBytes(bytes);
        return bytes;
    }
}
