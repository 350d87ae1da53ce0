package org.lightpipe.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.core.Sha256;

class StoredBytesTest {

    /** Around the ends of sectors, blocks and chunks. */
    private static final List<Integer> SIZES = List.of(
            0,
            1,
            511,
            512,
            513,
            4095,
            4096,
            4097,
            (1 << 20) - 1,
            1 << 20,
            (1 << 20) + 1,
            (3 << 20) + 4096,
            (3 << 20) + 7);

    private final Throttle throttle = new Throttle();

    @TempDir
    Path directory;

    @Test
    void everySizeIsReadToItsEnd() throws Exception {
        readAll(directory);
    }

    @Test
    void aFileSystemWithoutDirectReadsIsReadThroughItsCache() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory), "there is no /dev/shm here");
        Path inMemory = Files.createTempDirectory(memory, "lightpipe");
        try {
            readAll(inMemory);
        } finally {
            for (int size : SIZES) {
                Files.deleteIfExists(inMemory.resolve("f" + size));
            }
            Files.delete(inMemory);
        }
    }

    private void readAll(Path where) throws Exception {
        StoredBytes bytes = new StoredBytes(throttle.meter(), () -> {});
        for (int size : SIZES) {
            byte[] content = new byte[size];
            new Random(size).nextBytes(content);
            Path file = Files.write(where.resolve("f" + size), content);

            assertThat(bytes.of(file, block(where)))
                    .as("%d bytes", size)
                    .isEqualTo(new Sha256.Sum(Sha256.of(content), size));
        }
    }

    private static long block(Path where) throws IOException {
        return Files.getFileStore(where).getBlockSize();
    }

    @Test
    void blocksThatAreTooLargeToBeReadDirectlyAreNoObstacle() throws Exception {
        Path file = Files.writeString(directory.resolve("f"), "abc");

        assertThat(new StoredBytes(throttle.meter(), () -> {})
                        .of(file, 16L << 20)
                        .size())
                .isEqualTo(3);
    }

    @Test
    void aLinkIsNotFollowedOutOfTheStorage() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "x");
        Path link = Files.createSymbolicLink(directory.resolve("link"), secret);
        StoredBytes bytes = new StoredBytes(throttle.meter(), () -> {});

        assertThatThrownBy(() -> bytes.of(link, block(directory))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> bytes.of(directory.resolve("none"), block(directory)))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aRateIsKeptAndTheHeartBeatsWhileWaiting() throws Exception {
        Path file = Files.write(directory.resolve("f"), new byte[1_000_000]);
        Throttle.Meter meter = throttle.meter();
        meter.rate(400_000);
        AtomicInteger beats = new AtomicInteger();
        long begin = System.nanoTime();

        new StoredBytes(meter, beats::incrementAndGet).of(file, block(directory));

        assertThat(System.nanoTime() - begin).isGreaterThan(2_400_000_000L);
        // More often than it was read from.
        assertThat(beats.get()).isGreaterThan(1);
    }

    @Test
    void aReadingEndsWhenTheHubStops() throws Exception {
        Path file = Files.write(directory.resolve("f"), new byte[3_000_000]);
        Throttle.Meter meter = throttle.meter();
        meter.rate(1);

        assertThatThrownBy(() -> new StoredBytes(meter, throttle::stop).of(file, block(directory)))
                .isInstanceOf(java.io.InterruptedIOException.class)
                .hasMessage("the hub stops");
    }
}
