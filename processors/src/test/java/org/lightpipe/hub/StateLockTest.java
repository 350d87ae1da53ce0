package org.lightpipe.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StateLockTest {

    @TempDir
    Path directory;

    @Test
    void makesTheDirectoryAndSaysWhoHoldsIt() throws Exception {
        Path state = directory.resolve("new/state");
        try (StateLock lock = StateLock.acquire(state)) {
            assertThat(lock).isNotNull();
            assertThat(Files.readString(state.resolve("lock")))
                    .contains("pid=" + ProcessHandle.current().pid())
                    .containsPattern("started=\\d{4}-\\d\\d-\\d\\dT");
        }
    }

    @Test
    void theSecondIsToldTheFirstAndTheLockSurvivesTheAttempt() throws Exception {
        try (Holder holder = new Holder(directory)) {
            assertThat(holder.line()).isEqualTo("HELD");
            for (int attempt = 0; attempt < 3; attempt++) {
                assertThatThrownBy(() -> StateLock.acquire(directory))
                        .isInstanceOf(StateLockedException.class)
                        .hasMessageContaining("state directory " + directory + " is in use by the hub with pid "
                                + holder.process.pid() + " (started 20");
            }
            holder.process.destroyForcibly().waitFor();
            // the kernel gave it up with the killed process
            StateLock.acquire(directory).close();
        }
    }

    @Test
    void aSecondOneInTheSameProcessDoesNotGiveUpTheFirst() throws Exception {
        try (StateLock lock = StateLock.acquire(directory)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> StateLock.acquire(directory)).isInstanceOf(StateLockedException.class);
            try (Holder other = new Holder(directory)) {
                assertThat(other.line())
                        .startsWith("REFUSED")
                        .contains("pid " + ProcessHandle.current().pid());
            }
        }
        try (Holder other = new Holder(directory)) {
            assertThat(other.line()).isEqualTo("HELD");
        }
    }

    @Test
    void canBeTakenAgainAfterClosingAndClosedTwice() {
        StateLock lock = StateLock.acquire(directory);
        lock.close();
        StateLock again = StateLock.acquire(directory);
        // the late second close of the first must not give up the second
        lock.close();
        assertThatThrownBy(() -> StateLock.acquire(directory)).isInstanceOf(StateLockedException.class);
        again.close();
    }

    @Test
    void aFileInItsPlaceIsTold() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> StateLock.acquire(file))
                .isInstanceOf(StateLockedException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("Mend:");
    }

    @Test
    void aLinkInPlaceOfTheLockFileIsNotFollowed() throws Exception {
        Path other = Files.writeString(directory.resolve("precious"), "content");
        Files.createSymbolicLink(directory.resolve("lock"), other);
        assertThatThrownBy(() -> StateLock.acquire(directory)).isInstanceOf(StateLockedException.class);
        assertThat(other).hasContent("content");
    }

    /** The same in another process. */
    private static final class Holder implements AutoCloseable {
        private final Process process;

        Holder(Path directory) throws Exception {
            String classes = Path.of(StateLock.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    + ":"
                    + Path.of(Main.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI());
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            classes,
                            Main.class.getName(),
                            directory.toString())
                    .redirectErrorStream(true)
                    .start();
        }

        String line() throws Exception {
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            return CompletableFuture.supplyAsync(
                            () -> output.lines().findFirst().orElse("nothing"))
                    .get(20, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** Holds the lock until its input ends. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws Exception {
            try (StateLock lock = StateLock.acquire(Path.of(arguments[0]))) {
                System.out.println(lock == null ? "NOTHING" : "HELD");
                while (System.in.read() >= 0) {
                    // until the end
                }
            } catch (StateLockedException e) {
                System.out.println("REFUSED " + e.getMessage());
            }
        }
    }
}
