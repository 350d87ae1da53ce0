package org.lightpipe.transfer.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.core.Sha256;
import org.lightpipe.storage.StorageSession;
import org.lightpipe.storage.Storages;
import org.lightpipe.transfer.Item;
import org.lightpipe.transfer.Meter;
import org.lightpipe.transfer.Needs;
import org.lightpipe.transfer.Outcome;
import org.lightpipe.transfer.SourceStat;

/** With the real programs: rsync, over a path and over a real SSH server, and coreutils. */
@Timeout(60)
class CommandDestinationTest {

    private static final List<String> HOSTILE = List.of(
            "plain.h5",
            "two  blanks & more.tif",
            "$(touch PWNED).tif",
            "; touch PWNED;",
            "`touch PWNED`'\"\\",
            "-rf",
            "ü\nline");

    private final AtomicInteger ids = new AtomicInteger();
    private final List<CommandDestination> open = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();

    @TempDir
    private Path detector;

    @TempDir
    private Path far;

    @BeforeEach
    void rsyncOverAPath() {
        Needs.program("rsync", "rsync");
        settings.put("copy", "rsync --whole-file -- {source} " + far + "/{temporary}");
        settings.put("digest", "sha256sum -- " + far + "/{temporary}");
        settings.put("readBack", "cat -- " + far + "/{temporary}");
        settings.put("rename", "mv -T -f -- " + far + "/{temporary} " + far + "/{target}");
        settings.put("remove", "rm -f -- " + far + "/{temporary}");
        settings.put("mkdir", "mkdir -p -- " + far + "/{directory}");
        settings.put("exists", "test -e " + far + "/{target}");
        settings.put("free", "df --output=avail -B1 -- " + far);
        settings.put("timeout", "5s");
    }

    @AfterEach
    void close() {
        open.forEach(CommandDestination::close);
    }

    private Storage storage() {
        return new Storage(
                "far", "command:far", Optional.empty(), 02770, 0640, TransferPolicy.standard(), Map.copyOf(settings));
    }

    private CommandDestination destination() {
        CommandDestination destination = new CommandDestination(storage());
        open.add(destination);
        return destination;
    }

    private Item item(String name, byte[] bytes) throws IOException {
        int id = ids.incrementAndGet();
        Path source = Files.createDirectories(detector.resolve("d" + id)).resolve(name);
        Files.write(source, bytes);
        SourceStat stat = SourceStat.of(source);
        return new Item(
                id, source, "exp/data/" + name, "exp/data/.lightpipe-" + id + ".part", stat.size(), stat.mtimeNs());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<Outcome> copy(CommandDestination destination, List<Item> items) {
        return destination.copy(items, Meter.none()).toCompletableFuture().join();
    }

    private Outcome.Failed fails() throws IOException {
        Outcome outcome =
                copy(destination(), List.of(item("a.h5", bytes("abc")))).get(0);
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

    private void hostileNamesArrive(String provedBy) throws IOException {
        CommandDestination destination = destination();
        List<Item> items = new ArrayList<>();
        for (String name : HOSTILE) {
            items.add(item(name, bytes("bytes of " + name)));
        }

        List<Outcome> outcomes = copy(destination, items);

        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Proved.class));
        List<Outcome.Proved> proved =
                outcomes.stream().map(Outcome.Proved.class::cast).toList();
        assertThat(stored()).hasSize(HOSTILE.size()).allMatch(name -> name.startsWith("exp/data/.lightpipe-"));
        assertThat(destination.publish(proved)).isEmpty();
        assertThat(stored())
                .containsExactlyInAnyOrderElementsOf(
                        HOSTILE.stream().map(name -> "exp/data/" + name).toList());
        for (int i = 0; i < HOSTILE.size(); i++) {
            assertThat(far.resolve("exp/data").resolve(HOSTILE.get(i))).hasContent("bytes of " + HOSTILE.get(i));
            assertThat(proved.get(i).sha256()).isEqualTo(Sha256.of(bytes("bytes of " + HOSTILE.get(i))));
            assertThat(proved.get(i).provedBy()).isEqualTo(provedBy);
        }
    }

    @Test
    void filesWithHostileNamesArriveByRsync() throws IOException {
        hostileNamesArrive("read back");
    }

    @Test
    void theFarSidesDigestIsProof() throws IOException {
        settings.remove("readBack");

        hostileNamesArrive("digest of the far side");
    }

    @Test
    void filesWithHostileNamesArriveByRsyncOverSsh(@TempDir Path directory) throws Exception {
        try (Ssh ssh = Ssh.start(directory)) {
            String client = "ssh -F " + ssh.clientConfiguration();
            settings.remove("readBack");
            settings.put("copy", "rsync -s -e '" + client + "' -- {source} far:" + far + "/{temporary}");
            settings.put("digest", client + " far sha256sum -- " + far + "/{temporary:sh}");
            settings.put("rename", client + " far mv -T -f -- " + far + "/{temporary:sh} " + far + "/{target:sh}");
            settings.put("remove", client + " far rm -f -- " + far + "/{temporary:sh}");
            settings.put("mkdir", client + " far mkdir -p -- " + far + "/{directory:sh}");

            hostileNamesArrive("digest of the far side");
        }
        assertThat(Path.of(System.getProperty("user.home"), "PWNED")).doesNotExist();
        Outcome.Failed gone = fails();
        assertThat(gone.ofStorage()).isTrue();
        assertThat(gone.cause())
                .hasMessageContaining("(ssh) ended with exit status 255")
                .hasMessageContaining("refused");
    }

    @Test
    void aCopyThatOnlySaysItSucceededIsFoundOut() throws IOException {
        settings.put("copy", "sh -c 'head -c 2 \"$1\" > \"$2\"' sh {source} " + far + "/{temporary}");
        Outcome.Failed shorter = fails();
        settings.put("copy", "true");
        Outcome.Failed nothing = fails();
        settings.remove("readBack");
        settings.put("copy", "sh -c 'echo other > \"$2\"' sh {source} " + far + "/{temporary}");
        Outcome.Failed other = fails();

        assertThat(shorter.cause())
                .hasMessageContaining("what was read back from storage is not what the source holds");
        assertThat(nothing.cause())
                .hasMessageContaining("readBack (cat) ended with exit status 1")
                .hasMessageContaining("No such file");
        assertThat(other.cause()).hasMessageContaining("what is in storage is not what the source holds");
        assertThat(stored()).isEmpty();
    }

    @Test
    void aDigestOfAnotherKindIsNoProof() throws IOException {
        settings.remove("readBack");
        settings.put("digest", "md5sum -- " + far + "/{temporary}");

        assertThat(fails().cause()).hasMessageContaining("digest (md5sum) did not print a SHA-256 first");
    }

    @Test
    void whatAFailingCommandSaidIsInTheReason() throws IOException {
        settings.put("copy", "sh -c 'for i in 1 2 3 4 5 6 7; do echo line $i >&2; done; exit 3'");

        Outcome.Failed failed = fails();

        assertThat(failed.cause())
                .hasMessage("copy (sh) ended with exit status 3: line 3 | line 4 | line 5 | line 6 | line 7");
        assertThat(failed.ofStorage()).isFalse();
    }

    @Test
    void aProgramThatIsNotThereIsTheStoragesFault() throws IOException {
        settings.put("copy", "rsink {source} {temporary}");

        Outcome.Failed failed = fails();

        assertThat(failed.cause()).hasMessageContaining("copy (rsink) could not be started");
        assertThat(failed.ofStorage()).isTrue();
    }

    @Test
    void aCommandWithoutEndIsKilledWithAllThatItStarted() throws IOException {
        Path pids = detector.resolve("pids");
        settings.put("timeout", "1s");
        settings.put(
                "copy",
                "sh -c 'echo waiting >&2; setsid sleep 300 & (sleep 301 & echo $! >> \"$1\"); echo $! $$ >> \"$1\"; sleep 302' sh "
                        + pids);

        Outcome.Failed failed = fails();

        assertThat(failed.ofStorage()).isTrue();
        assertThat(failed.cause()).hasMessageStartingWith("copy (sh) had no end after 1 s and was killed: waiting");
        Awaitility.await("all have ended")
                .atMost(Duration.ofSeconds(5))
                .until(() -> alive(pids).isEmpty());
    }

    @Test
    void anInterruptEndsTheCommands() throws Exception {
        Path pids = detector.resolve("pids");
        settings.put("copy", "sh -c 'echo $$ >> \"$1\"; sleep 300' sh " + pids);
        settings.put("timeout", "10min");
        CommandDestination destination = destination();
        List<Item> items = List.of(item("a", bytes("a")), item("b", bytes("b")), item("c", bytes("c")));
        AtomicReference<List<Outcome>> outcomes = new AtomicReference<>();
        CountDownLatch flagged = new CountDownLatch(1);
        Thread copying = new Thread(() -> {
            outcomes.set(copy(destination, items));
            if (Thread.currentThread().isInterrupted()) {
                flagged.countDown();
            }
        });
        copying.start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> Files.exists(pids) && Files.readAllLines(pids).size() == 3);

        copying.interrupt();
        copying.join(10_000);

        assertThat(outcomes.get()).hasSize(3).allMatch(Outcome.Failed.class::isInstance);
        assertThat(flagged.getCount()).isZero();
        Awaitility.await("all have ended")
                .atMost(Duration.ofSeconds(5))
                .until(() -> alive(pids).isEmpty());
    }

    private static List<Long> alive(Path pids) throws IOException {
        List<Long> all = Stream.of(Files.readString(pids).strip().split("\\s+"))
                .map(Long::valueOf)
                .toList();
        assertThat(all).isNotEmpty();
        return all.stream()
                .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
                .toList();
    }

    @Test
    void aSourceThatChangesMeanwhileIsToldAndNotStored() throws IOException {
        Item item = item("a.h5", bytes("abc"));
        settings.put("copy", "sh -c 'cp -- \"$1\" \"$2\"; echo more >> \"$1\"' sh {source} " + far + "/{temporary}");

        assertThat(copy(destination(), List.of(item)).get(0)).isInstanceOf(Outcome.Changed.class);
        assertThat(stored()).isEmpty();
        assertThat(copy(destination(), List.of(item)).get(0)).isInstanceOf(Outcome.Changed.class);
    }

    @Test
    void commandsSeeLittleOfTheHub() throws IOException {
        settings.put("copy", "sh -c 'env > \"$1\"' sh " + far + "/seen");
        settings.put("environment", "JAVA_HOME");

        fails();

        assertThat(Files.readAllLines(far.resolve("seen")))
                .extracting(line -> line.replaceAll("=.*", ""))
                .isSubsetOf("PATH", "HOME", "LC_ALL", "JAVA_HOME", "LIGHTPIPE_COMMAND", "PWD", "SHLVL", "_", "OLDPWD");
    }

    @Test
    void theFreeSpaceIsAskedFor() throws IOException {
        assertThat(destination().free().orElse(0)).isPositive();
        settings.remove("free");
        assertThat(destination().free()).isEmpty();
    }

    @Test
    void whatWasCutOffIsDiscarded() throws IOException {
        Item item = item("a.h5", bytes("abc"));
        Files.createDirectories(far.resolve("exp/data"));
        Files.writeString(far.resolve(item.temporary()), "a");
        CommandDestination destination = destination();

        destination.discard(List.of(item));
        destination.discard(List.of(item));

        assertThat(stored()).isEmpty();
    }

    @Test
    void aRenameThatFailsIsTold() throws IOException {
        CommandDestination destination = destination();
        Outcome.Proved proved = (Outcome.Proved)
                copy(destination, List.of(item("a.h5", bytes("abc")))).get(0);
        Files.delete(far.resolve(proved.item().temporary()));

        assertThat(destination.publish(List.of(proved)))
                .singleElement()
                .satisfies(failed ->
                        assertThat(failed.cause()).hasMessageContaining("rename (mv) ended with exit status 1"));
    }

    @Test
    void whatIsStoredCanBeReadWhereACommandReads() throws Exception {
        try (Storages storages = new Storages(new DefaultCamelContext());
                StorageSession session = storages.open(storage())) {
            session.createDirectories("exp/analysis");
            session.write("exp/analysis/.x", new ByteArrayInputStream(bytes("text")));
            session.rename("exp/analysis/.x", "exp/analysis/x");

            assertThat(session.exists("exp/analysis/x")).isTrue();
            assertThat(session.exists("exp/analysis/.x")).isFalse();
            try (InputStream read = session.read("exp/analysis/x")) {
                assertThat(read.readAllBytes()).isEqualTo(bytes("text"));
            }
            session.delete("exp/analysis/x");
            assertThat(session.exists("exp/analysis/x")).isFalse();
            try (InputStream read = session.read("exp/analysis/x")) {
                assertThatThrownBy(read::readAllBytes).hasMessageContaining("No such file");
            }
            assertThatThrownBy(() -> session.delete("../x")).isInstanceOf(IllegalArgumentException.class);
        }
        settings.remove("readBack");
        try (Storages storages = new Storages(new DefaultCamelContext());
                StorageSession session = storages.open(storage())) {
            assertThatThrownBy(() -> session.read("x"))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("the storage has no command for this; add 'readBack' to the settings of storage far");
        }
    }
}
