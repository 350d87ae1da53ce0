package org.lightpipe.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;

/** Disks that are full, read-only, unmounted or not ours. */
@SuppressWarnings("try") // a mount is there to be there
class LocalTroubleTest {

    @TempDir
    Path directory;

    private Path root;

    @BeforeEach
    void root() throws IOException {
        root = Files.createDirectory(directory.resolve("storage"));
    }

    @Test
    void aFullStorageIsAFailureOfTheStorage() throws Exception {
        try (Mount mount = new Mount(root)) {
            LocalDestination destination = destination();
            Item large = landed("large", 3 << 20);
            assertFailed(copy(destination, large), true, "storage 'disk' is full: no space is left below " + root);
            assertThat(root.resolve(large.temporary())).doesNotExist();
            // What fits goes on.
            assertThat(copy(destination, landed("small", 100))).isInstanceOf(Outcome.Proved.class);
            OptionalLong free = destination.free();
            assertThat(free.orElseThrow()).isLessThan(3 << 20);
        }
    }

    @Test
    void aReadOnlyStorageIsAFailureOfTheStorage() throws Exception {
        try (Mount mount = new Mount(root)) {
            Item item = landed("a", 100);
            Files.createDirectories(root.resolve("e/data"));
            mount.readOnly();
            assertFailed(copy(destination(), item), true, "storage 'disk' is mounted read-only: " + root);
        }
    }

    @Test
    void aStorageThatIsUnmountedIsNotWrittenToTheDiskBelow() throws Exception {
        LocalDestination destination;
        try (Mount mount = new Mount(root)) {
            destination = destination();
            assertThat(copy(destination, landed("a", 100))).isInstanceOf(Outcome.Proved.class);
        }
        assertFailed(
                copy(destination, landed("b", 100)),
                true,
                "storage 'disk' is not there: nothing is mounted at " + root + " any more; mount it again");
        assertThat(root).isEmptyDirectory();
        try (Mount again = new Mount(root)) {
            assertThat(copy(destination, landed("b", 100))).isInstanceOf(Outcome.Proved.class);
        }
    }

    @Test
    void whatMayNotBeReadOrWrittenIsToldWithItsMend() throws Exception {
        Item item = landed("a", 100);
        Files.setAttribute(directory, "unix:mode", 0755);
        Files.setAttribute(item.source(), "unix:mode", 0600);
        Files.setAttribute(root, "unix:mode", 0777);
        assertFailed(
                asNobody(item),
                false,
                "the source cannot be read: " + item.source()
                        + ": permission denied; give read permission to the user that the hub runs as");
        Files.setAttribute(item.source(), "unix:mode", 0644);
        Files.setAttribute(root, "unix:mode", 0755);
        assertFailed(
                asNobody(item),
                false,
                "storage 'disk' cannot be written: " + root.resolve("e")
                        + ": permission denied; give write permission to the user that the hub runs as");
    }

    private Outcome asNobody(Item item) throws Exception {
        return isRoot() ? AsNobody.call(() -> copy(destination(), item)) : copyWithoutRights(item);
    }

    /** A user who is not root can take his own rights away. */
    private Outcome copyWithoutRights(Item item) throws IOException {
        boolean readable = Files.isReadable(item.source())
                && (Integer) Files.getAttribute(item.source(), "unix:mode") % 01000 == 0644;
        Files.setAttribute(item.source(), "unix:mode", readable ? 0644 : 0);
        Files.setAttribute(root, "unix:mode", readable ? 0555 : 0755);
        return copy(destination(), item);
    }

    @ParameterizedTest
    @CsvSource({
        "Disk quota exceeded, true, has used up its quota below",
        "Input/output error, true, has a disk that reports errors",
        "Stale file handle, true, was forgotten by its server: mount",
        "No space left on device, true, is full: no space is left below",
        "Is a directory, false, there is a directory of that name",
        "Connection timed out, false, cannot be written to storage 'disk': e/a: Connection timed out"
    })
    void whatTheSystemSaysIsLaidOnTheFileOrOnTheStorage(String said, boolean ofStorage, String told) {
        CopyException trouble =
                new LocalTrouble("disk", root).ofTarget("e/a", new FileSystemException("/x", null, said));
        assertThat(trouble).hasMessageContaining(told);
        assertThat(trouble.ofStorage()).isEqualTo(ofStorage);
        assertThat(trouble).hasNoCause();
    }

    private LocalDestination destination() {
        TransferPolicy policy = TransferPolicy.standard();
        return new LocalDestination(
                new Storage("disk", "file:/unused", Optional.empty(), 02770, 0640, policy, Map.of()), root);
    }

    private static Outcome copy(LocalDestination destination, Item item) {
        return destination
                .copy(List.of(item), Meter.none())
                .toCompletableFuture()
                .join()
                .get(0);
    }

    private Item landed(String name, int size) throws IOException {
        Path file = Files.write(directory.resolve(name), new byte[size]);
        SourceStat stat = SourceStat.of(file);
        return new Item(1, file, "e/data/" + name, "e/data/.lightpipe-1.part", stat.size(), stat.mtimeNs());
    }

    private static void assertFailed(Outcome outcome, boolean ofStorage, String words) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        Outcome.Failed failed = (Outcome.Failed) outcome;
        assertThat(failed.cause()).hasMessage(words);
        assertThat(failed.ofStorage()).isEqualTo(ofStorage);
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    /** A disk of a megabyte. Only root can mount one. */
    private static final class Mount implements AutoCloseable {

        private final Path place;

        Mount(Path place) throws IOException, InterruptedException {
            if (!isRoot()) {
                String why = "a full disk cannot be tested: mounting a small one takes root";
                if ("true".equals(System.getenv("CI"))) {
                    fail(why);
                }
                abort(why);
            }
            this.place = place;
            run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place.toString());
        }

        void readOnly() throws IOException, InterruptedException {
            run("mount", "-o", "remount,ro", place.toString());
        }

        @Override
        public void close() throws IOException, InterruptedException {
            run("umount", "-l", place.toString());
        }

        private static void run(String... command) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " failed");
            }
        }
    }
}
