package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.config.AcquirePolicy.Complete;
import org.lightpipe.config.AcquirePolicy.Events;
import org.lightpipe.core.RawName;
import org.lightpipe.core.RootedPath;

/** What a watched tree hands over, on a real file system, with and without the kernel's word. */
class LandingTest {

    @TempDir
    private Path directory;

    private Path root;
    private Path outside;

    @BeforeEach
    void make() throws IOException {
        root = Files.createDirectory(directory.resolve("watched"));
        outside = Files.createDirectory(directory.resolve("outside"));
    }

    private Path write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static Watched.Options events(Watched.Options options, Events events) {
        options.events = events;
        return options;
    }

    @ParameterizedTest
    @EnumSource(
            value = Events.class,
            names = {"ON", "OFF"})
    void directoriesThatAppearLaterAndTreesThatAreMovedIn(Events events) throws IOException {
        write("a", "1");
        Files.createDirectories(outside.resolve("tree/x/y"));
        Files.writeString(outside.resolve("tree/x/y/deep"), "1");
        Files.writeString(outside.resolve("tree/top"), "1");
        try (Watched watched = Watched.with(root, options -> events(options, events))) {
            watched.expect("a");
            write("late/er/b", "1");
            watched.expect("a", "late/er/b");
            write("late/er/c", "1");
            Files.move(outside.resolve("tree"), root.resolve("tree"));
            watched.expect("a", "late/er/b", "late/er/c", "tree/top", "tree/x/y/deep");

            // Within the tree: what lies there has other names now.
            Files.move(root.resolve("tree/x"), root.resolve("late/x"));
            watched.expect("a", "late/er/b", "late/er/c", "tree/top", "tree/x/y/deep", "late/x/y/deep");
            Files.writeString(root.resolve("late/x/y/new"), "1");
            watched.expect("a", "late/er/b", "late/er/c", "tree/top", "tree/x/y/deep", "late/x/y/deep", "late/x/y/new");

            // Out of the tree: what happens there is nobody's business.
            Files.move(root.resolve("late"), outside.resolve("late"));
            watched.rest();
            Files.writeString(outside.resolve("late/er/d"), "1");
            watched.rest();
            assertThat(watched.landed).hasSize(7);
            assertThat(watched.counts().directories()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Events.class,
            names = {"ON", "OFF"})
    void aFileThatIsReplacedByAnotherOfTheSameSizeAndTimeIsToldAgain(Events events) throws IOException {
        Path file = write("d/a", "1");
        FileTime time = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(file, time);
        try (Watched watched = Watched.with(root, options -> events(options, events))) {
            watched.expect("d/a");
            Path other = Files.writeString(outside.resolve("a"), "2");
            Files.setLastModifiedTime(other, time);
            Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            watched.expect("d/a", "d/a");
            LandedFile first = watched.landed.get(0);
            LandedFile second = watched.landed.get(1);
            assertThat(second.mtimeNs()).isEqualTo(first.mtimeNs());
            assertThat(second.inode()).isNotEqualTo(first.inode()).isNotZero();
        }
    }

    @Test
    void aFileThatIsOverwrittenInPlaceIsToldAgainByTheKernelOrByTheSweep() throws IOException {
        Path file = write("d/a", "1");
        try (Watched watched = Watched.with(root, options -> options)) {
            watched.expect("d/a");
            Files.writeString(file, "22");
            watched.expect("d/a", "d/a");
        }
        try (Watched watched = Watched.with(root, options -> {
            options.sweep = Duration.ofMillis(300);
            return options.polling();
        })) {
            watched.expect("d/a");
            Files.writeString(file, "333");
            watched.expect("d/a", "d/a");
            assertThat(watched.landed.get(1).size()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Events.class,
            names = {"ON", "OFF"})
    void namesThatAreNoTextAreCarriedUnharmed(Events events) throws IOException {
        List<byte[]> names = List.of(
                new byte[] {(byte) 0xff, 'x'},
                new byte[] {'a', '\n', 'b', '\t'},
                new byte[] {'s', 'p', ' ', ' '},
                new byte[] {(byte) 0xef, (byte) 0x9e, (byte) 0x80},
                "é;$(x)".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        try (Watched watched = Watched.with(root, options -> events(options, events))) {
            watched.look();
            Path strange = Files.createDirectory(root.resolve(RawName.path(RawName.text(names.get(0)))));
            for (byte[] name : names) {
                Files.write(strange.resolve(RawName.path(RawName.text(name))), name);
            }
            watched.until(() -> watched.landed.size() >= names.size());
            watched.rest();
            assertThat(watched.landed).hasSize(names.size());
            for (LandedFile file : watched.landed) {
                byte[] path = RawName.bytes(file.path());
                byte[] name = java.util.Arrays.copyOfRange(path, 3, path.length);
                assertThat(Files.readAllBytes(RootedPath.resolve(root, file.path())))
                        .isEqualTo(name);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Events.class,
            names = {"ON", "OFF"})
    void linksPipesAndSocketsAreLeft(Events events) throws Exception {
        Files.writeString(outside.resolve("secret"), "x");
        Files.createDirectory(outside.resolve("more"));
        Files.writeString(outside.resolve("more/secret"), "x");
        try (Watched watched = Watched.with(root, options -> events(options, events));
                ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            write("d/a", "1");
            write("swap/a", "1");
            watched.expect("d/a", "swap/a");
            Files.createSymbolicLink(root.resolve("link"), outside.resolve("secret"));
            Files.createSymbolicLink(root.resolve("d/linked"), outside.resolve("more"));
            Files.createSymbolicLink(root.resolve("d/up"), Path.of(".."));
            Files.createSymbolicLink(root.resolve("inside"), root.resolve("d/a"));
            socket.bind(UnixDomainSocketAddress.of(root.resolve("socket")));
            assertThat(new ProcessBuilder("mkfifo", root.resolve("d/pipe").toString())
                            .start()
                            .waitFor())
                    .isZero();
            // A directory that is known becomes a link.
            Files.move(root.resolve("swap"), outside.resolve("swap"));
            Files.createSymbolicLink(root.resolve("swap"), outside.resolve("more"));
            Files.writeString(outside.resolve("more/new"), "x");
            watched.rest();
            write("d/b", "1");
            watched.expect("d/a", "swap/a", "d/b");
        }
    }

    /** The kernel keeps 16,384 changes; here nobody reads them until there were more. */
    @Test
    void whenTheKernelDropsChangesEverythingIsListedAgain() throws IOException {
        Files.createDirectory(root.resolve("burst"));
        CountDownLatch read = new CountDownLatch(1);
        try (Watched watched = Watched.with(root, options -> {
            options.beforeRead = () -> {
                try {
                    assertThat(read.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            };
            return options.complete(Complete.CLOSED);
        })) {
            watched.look();
            int files = 12_000;
            for (int i = 0; i < files; i++) {
                Files.writeString(root.resolve("burst/f" + i), "1");
            }
            Files.createDirectories(root.resolve("burst/late"));
            Files.writeString(root.resolve("burst/late/last"), "1");
            watched.look();
            assertThat(watched.landed).as("nothing is known of them yet").isEmpty();
            read.countDown();
            watched.until(() -> watched.landed.size() > files);
            watched.rest();
            assertThat(watched.counts().overflows()).isPositive();
            assertThat(watched.distinct()).hasSize(files + 1).contains("burst/late/last");
        }
    }

    @Test
    void whenTheKernelGivesNoMoreWatchesTheRestIsPolled() throws IOException {
        for (int i = 0; i < 10; i++) {
            Files.createDirectories(root.resolve("d" + i));
        }
        try (Watched watched = Watched.with(root, options -> {
            options.watches = 4;
            return options;
        })) {
            watched.look();
            assertThat(watched.counts().watched()).isEqualTo(4);
            assertThat(watched.counts().mode()).isEqualTo("events and polling");
            String[] expected = new String[10];
            for (int i = 0; i < 10; i++) {
                expected[i] = "d" + i + "/f";
                write(expected[i], "1");
            }
            watched.expect(expected);
        }
    }

    @Test
    void aClosedFileIsToldWithoutWaitingAndAnOpenOneIsNot() throws IOException {
        try (Watched watched = Watched.with(root, options -> {
            options.quiet = Duration.ofSeconds(1);
            return options.complete(Complete.CLOSED);
        })) {
            watched.look();
            Path file = root.resolve("a");
            try (FileChannel writer = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                writer.write(java.nio.ByteBuffer.wrap(new byte[100]));
                watched.rest();
                assertThat(watched.landed).isEmpty();
                assertThat(watched.counts().unfinished()).isEqualTo(1);
            }
            long closed = System.nanoTime();
            watched.until(() -> !watched.landed.isEmpty());
            assertThat(Duration.ofNanos(System.nanoTime() - closed)).isLessThan(Duration.ofMillis(800));
            Files.move(Files.writeString(outside.resolve("b"), "1"), root.resolve("b"));
            watched.until(() -> watched.paths().contains("b"));
            assertThat(watched.paths()).containsExactly("a", "b");
        }
    }

    @Test
    void closedWherethereAreNoEventsIsStable() throws IOException {
        try (Watched watched = Watched.with(root, options -> options.polling().complete(Complete.CLOSED))) {
            try (FileChannel writer =
                    FileChannel.open(root.resolve("a"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                watched.rest();
                assertThat(watched.landed).isEmpty();
                writer.write(java.nio.ByteBuffer.wrap(new byte[100]));
            }
            watched.expect("a");
            assertThat(watched.landed.get(0).size()).isEqualTo(100);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Events.class,
            names = {"ON", "OFF"})
    void whatIsRefusedIsToldAgain(Events events) throws IOException {
        write("d/a", "1");
        write("b", "1");
        try (Watched watched = Watched.with(root, options -> events(options, events))) {
            watched.refuses = true;
            watched.rest();
            assertThat(watched.landed).isEmpty();
            write("c", "1");
            watched.refuses = false;
            watched.expect("d/a", "b", "c");
        }
    }

    /** More files than may be kept in mind, and more than may be remembered: all are told, and the memory stays. */
    @ParameterizedTest
    @EnumSource(
            value = Events.class,
            names = {"ON", "OFF"})
    void limitsOfMemoryLoseNothing(Events events) throws IOException {
        int files = 3_000;
        try (Watched watched = Watched.with(root, options -> {
            options.waiting = 200;
            options.remembered = 500;
            return events(options, events);
        })) {
            for (int i = 0; i < files; i++) {
                write("d" + i % 7 + "/f" + i, "1");
            }
            watched.until(() -> {
                assertThat(watched.counts().unfinished()).isLessThanOrEqualTo(200);
                return watched.distinct().size() == files;
            });
            watched.until(() -> watched.counts().remembered() < 1_000);
            assertThat(watched.counts().pruned()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Events.class,
            names = {"ON", "OFF"})
    void coldDirectoriesAreForgottenAndStillWatched(Events events) throws IOException {
        for (int i = 0; i < 100; i++) {
            write("cold/f" + i, "1");
        }
        try (Watched watched = Watched.with(root, options -> {
            options.coldAfter = Duration.ofSeconds(4);
            options.sweep = Duration.ofSeconds(5);
            return events(options, events);
        })) {
            watched.until(() -> watched.counts().pruned() == 2);
            assertThat(watched.counts().remembered()).isZero();
            assertThat(watched.landed).hasSize(100);

            // Nothing changes: a sweep of a cold directory tells nothing.
            long sweeps = watched.counts().sweeps();
            watched.until(() -> watched.counts().sweeps() > sweeps + 1);
            assertThat(watched.landed).hasSize(100);

            write("cold/late", "1");
            watched.until(() -> watched.paths().contains("cold/late"));
            Files.writeString(root.resolve("cold/f7"), "overwritten in place");
            watched.until(() -> watched.last().get("cold/f7").size() > 1);
            assertThat(watched.distinct()).hasSize(101);
        }
    }

    @Test
    void theCostOfALookIsThatOfWhatChanged() throws IOException {
        for (int i = 0; i < 2_000; i++) {
            write("d" + i % 20 + "/f" + i, "1");
        }
        try (Watched watched = Watched.with(root, Watched.Options::polling)) {
            watched.until(() -> watched.landed.size() == 2_000);
            // Until the time of a directory is old enough to be trusted it is listed again.
            watched.until(() -> {
                long before = watched.counts().listedEntries();
                watched.rest();
                return watched.counts().listedEntries() == before;
            });
            long listed = watched.counts().listedEntries();
            watched.rest();
            write("d3/new", "1");
            watched.until(() -> watched.landed.size() == 2_001);
            assertThat(watched.counts().listedEntries() - listed).isPositive().isLessThan(10 * 101);
        }
    }

    @Test
    void aRestartTellsEverythingOnceMore() throws IOException {
        write("d/a", "1");
        write("b", "1");
        for (int i = 0; i < 2; i++) {
            try (Watched watched = Watched.with(root, options -> options)) {
                watched.expect("d/a", "b");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Events.class,
            names = {"ON", "OFF"})
    void whatWasThereBeforeCanBeIgnoredUntilSomebodyChangesIt(Events events) throws Exception {
        Path old = write("d/old", "1");
        write("d/other", "1");
        long before = FileStatus.of(old).ctimeNs();
        TimeUnit.MILLISECONDS.sleep(20);
        try (Watched watched = Watched.with(root, options -> {
            options.existingBeforeNs = before + TimeUnit.MILLISECONDS.toNanos(10);
            options.sweep = Duration.ofMillis(200);
            return events(options, events);
        })) {
            watched.rest();
            Path copy = write("d/new", "1");
            // Old by its own time, as copies are: that does not make it old here.
            Files.setLastModifiedTime(copy, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
            watched.expect("d/new");
            Files.writeString(old, "changed");
            watched.expect("d/new", "d/old");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUploadIsThroughWhenEverythingIsTaken(boolean events) throws IOException {
        for (int i = 0; i < 1_200; i++) {
            write("d" + i % 3 + "/f" + i, "1");
        }
        try (Watched watched = Watched.with(root, options -> {
            options.once = true;
            return events ? options : options.polling();
        })) {
            watched.look();
            assertThat(watched.landing().isThrough()).isFalse();
            watched.until(() -> watched.landing().isThrough());
            assertThat(watched.distinct()).hasSize(1_200);
            write("late", "1");
            watched.rest();
            assertThat(watched.landed).hasSize(1_200);
        }
    }

    @Test
    void anUploadOfAnEmptyDirectoryIsThrough() {
        try (Watched watched = Watched.with(root, options -> {
            options.once = true;
            return options;
        })) {
            watched.until(() -> watched.landing().isThrough());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Events.class,
            names = {"ON", "OFF"})
    void aDirectoryIsHandedOverAsAWhole(Events events) throws IOException {
        try (Watched watched = Watched.with(root, options -> {
            options.directories = true;
            options.quiet = Duration.ofMillis(700);
            return events(options, events);
        })) {
            watched.look();
            write("scan/a", "1");
            write("scan/deep/b", "1");
            write("alone", "1");
            for (int i = 0; i < 4; i++) {
                watched.rest();
                Files.writeString(
                        root.resolve("scan/growing"), "1", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                assertThat(watched.paths()).doesNotContain("scan/a", "scan/deep/b");
            }
            watched.until(() -> watched.landed.size() == 4);
            assertThat(watched.paths()).containsExactlyInAnyOrder("alone", "scan/a", "scan/deep/b", "scan/growing");
            assertThat(watched.last().get("scan/growing").size()).isEqualTo(4);
            write("scan/deep/late", "1");
            watched.expect("alone", "scan/a", "scan/deep/b", "scan/growing", "scan/deep/late");
        }
    }

    @Test
    void aDirectoryIsHandedOverWhenItHasItsMarker() throws IOException {
        try (Watched watched = Watched.with(root, options -> {
            options.directories = true;
            options.marker = "DONE";
            return options.complete(Complete.MARKER);
        })) {
            write("one/a", "1");
            write("two/b", "1");
            watched.rest();
            assertThat(watched.landed).isEmpty();
            write("one/DONE", "");
            watched.expect("one/a");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Events.class,
            names = {"ON", "OFF"})
    void aMarkerMayComeFirstOrLastAndNotBeOlderThanItsFile(Events events) throws IOException {
        try (Watched watched = Watched.with(root, options -> events(options.complete(Complete.MARKER), events))) {
            write("a", "1");
            write("b.done", "");
            watched.rest();
            assertThat(watched.landed).isEmpty();
            write("a.done", "");
            write("b", "1");
            watched.expect("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Events.class,
            names = {"ON", "OFF"})
    void aFileMustHaveItsAge(Events events) throws IOException {
        long started = System.currentTimeMillis();
        try (Watched watched = Watched.with(root, options -> {
            options.minimumAge = Duration.ofSeconds(2);
            return events(options.complete(Complete.RENAME), events);
        })) {
            write("a", "1");
            watched.until(() -> !watched.landed.isEmpty());
            assertThat(System.currentTimeMillis() - started).isGreaterThanOrEqualTo(1_990);
        }
    }

    @Test
    void depthHiddenNamesAndPatterns() throws IOException {
        for (String path : List.of("1", "d/2", "d/e/3", "d/.hidden", ".h/4", "d/x.tmp", "d/line\nend.h5")) {
            write(path, "1");
        }
        try (Watched watched = Watched.with(root, options -> options)) {
            watched.expect("1", "d/2", "d/e/3", "d/x.tmp", "d/line\nend.h5");
        }
        try (Watched watched = Watched.with(root, options -> {
            options.filter = new PathFilter(List.of(), List.of("*.tmp"), true, 2, 2);
            return options;
        })) {
            watched.expect("d/2", "d/.hidden", ".h/4", "d/line\nend.h5");
        }
        try (Watched watched = Watched.with(root, options -> {
            options.filter = new PathFilter(List.of("**.h5"), List.of());
            return options;
        })) {
            watched.expect("d/line\nend.h5");
        }
    }

    @Test
    void aHundredThousandFilesAreToldQuicklyAndOnce() throws IOException {
        int files = 100_000;
        Path many = Files.createDirectory(root.resolve("many"));
        for (int i = 0; i < files; i++) {
            Files.createFile(many.resolve("f" + i));
        }
        long started = System.nanoTime();
        try (Watched watched = Watched.with(root, options -> {
            options.waiting = 1_000;
            return options.complete(Complete.RENAME);
        })) {
            watched.until(() -> watched.landed.size() >= files);
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            watched.rest();
            assertThat(watched.landed).hasSize(files);
            assertThat(watched.distinct()).hasSize(files);
            // A second is usual; a machine that is busy with other things may take its time.
            assertThat(took).isLessThan(Duration.ofSeconds(30));
            assertThat(watched.counts().remembered()).isLessThanOrEqualTo((1 << 18) + 8);
        }
    }
}
