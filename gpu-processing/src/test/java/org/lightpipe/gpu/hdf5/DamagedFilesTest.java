package org.lightpipe.gpu.hdf5;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;

/**
 * Files of all kinds with bytes that are not what they were, or cut off: each ends in words or in values, soon, and
 * within the memory that the tests have.
 */
class DamagedFilesTest {

    private static final int ROUNDS = 60;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final long LONGEST_MILLIS = 10_000;

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(2);
    private static final WorkPool POOL = new WorkPool(THREADS, 2);

    @TempDir
    static Path directory;

    private static List<String> names;
    private final List<String> failures = new ArrayList<>();
    private int refused;
    private int read;

    @BeforeAll
    static void make() throws Exception {
        names = Peer.python("small.py", directory);
        assertThat(names).hasSize(12);
    }

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
    }

    @Test
    void theWholeOnesAreGood() {
        for (String name : names) {
            look(directory.resolve(name), name);
        }
        assertThat(failures).isEmpty();
        assertThat(refused).isZero();
    }

    @Test
    void cutOff() {
        Assertions.assertTimeoutPreemptively(LIMIT, () -> {
            Random random = new Random(5);
            for (String name : names) {
                byte[] good = Files.readAllBytes(directory.resolve(name));
                for (int i = 0; i < ROUNDS; i++) {
                    int length = 1 + random.nextInt(good.length - 1);
                    damaged(name, Arrays.copyOf(good, length), "cut at " + length);
                }
            }
        });
        end();
    }

    @Test
    void otherBytes() {
        Assertions.assertTimeoutPreemptively(LIMIT, () -> {
            Random random = new Random(6);
            for (String name : names) {
                byte[] good = Files.readAllBytes(directory.resolve(name));
                for (int i = 0; i < ROUNDS; i++) {
                    damaged(name, changed(good, random), "change " + i);
                }
            }
        });
        end();
    }

    /** Somebody who means it gets the checksums right. */
    @Test
    void otherBytesWithGoodChecksums() {
        Assertions.assertTimeoutPreemptively(LIMIT, () -> {
            Random random = new Random(7);
            for (String name : names) {
                byte[] good = Files.readAllBytes(directory.resolve(name));
                for (int i = 0; i < 3 * ROUNDS; i++) {
                    damaged(name, withSums(changed(good, random)), "change with sums " + i);
                }
            }
        });
        end();
    }

    private void end() {
        assertThat(failures).isEmpty();
        assertThat(refused).isPositive();
        assertThat(read).isPositive();
    }

    private static byte[] changed(byte[] good, Random random) {
        byte[] bytes = good.clone();
        int hits = 1 + random.nextInt(4);
        for (int i = 0; i < hits; i++) {
            int at = random.nextInt(bytes.length);
            // what numbers are wrong by most
            int length = random.nextBoolean() ? 1 : Math.min(8, bytes.length - at);
            byte value = (byte) (random.nextBoolean() ? random.nextInt() : random.nextBoolean() ? 0xff : 0x7f);
            Arrays.fill(bytes, at, at + length, value);
        }
        return bytes;
    }

    private static byte[] withSums(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + 48 < bytes.length; at++) {
            String signature = new String(bytes, at, 4, java.nio.charset.StandardCharsets.ISO_8859_1);
            long length = switch (signature) {
                case "\u0089HDF" -> bytes[at + 8] >= 2 ? 44 : 0;
                case "OHDR" -> headerLength(buffer, at);
                case "BTHD" -> 34;
                case "FRHP" -> 142;
                case "FAHD" -> 24;
                case "EAHD" -> 68;
                default -> 0;
            };
            if (length > 0 && at + length + 4 <= bytes.length) {
                buffer.putInt((int) (at + length), Lookup3.hash(bytes, at, (int) length));
            }
        }
        return bytes;
    }

    private static long headerLength(ByteBuffer buffer, int at) {
        int flags = buffer.get(at + 5);
        int prefix = 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        return switch (flags & 3) {
            case 0 -> prefix + 1 + (buffer.get(at + prefix) & 0xff);
            case 1 -> prefix + 2 + (buffer.getShort(at + prefix) & 0xffff);
            default -> 0;
        };
    }

    private void damaged(String name, byte[] bytes, String what) throws IOException {
        // the others find it under its name
        Path place = Files.createDirectories(directory.resolve("damaged"));
        for (String other : names) {
            if (!Files.exists(place.resolve(other))) {
                Files.copy(directory.resolve(other), place.resolve(other));
            }
        }
        Path path = place.resolve(name);
        byte[] good = Files.readAllBytes(path);
        Files.write(path, bytes);
        long start = System.nanoTime();
        look(path, name + ", " + what);
        long took = (System.nanoTime() - start) / 1_000_000;
        if (took > LONGEST_MILLIS) {
            failures.add(name + ", " + what + ": took " + took + " ms");
        }
        Files.write(path, good);
    }

    /** Reads all there is. */
    private void look(Path path, String what) {
        try (Hdf5File file = Hdf5File.open(path)) {
            read++;
            attempt(what, () -> file.attribute("/entry", "text"));
            attempt(what, () -> file.attribute("/entry", "numbers"));
            attempt(what, () -> file.attribute("/", "attribute17"));
            attempt(what, () -> file.strings("/entry/title"));
            attempt(what, () -> file.strings("/entry/names"));
            attempt(what, () -> file.largestImages());
            attempt(what, () -> file.find("/group/member3"));
            walk(file, "", 0, what);
        } catch (InvalidInputException | IOException e) {
            refused++;
            assertThat(e.getMessage()).contains(path.getFileName().toString());
        } catch (Exception | Error e) {
            failures.add(what + ": " + e + " at " + Arrays.toString(Arrays.copyOf(e.getStackTrace(), 6)));
        }
    }

    private interface Attempt {
        Object run() throws Exception;
    }

    private void attempt(String what, Attempt attempt) {
        try {
            attempt.run();
        } catch (InvalidInputException | IOException e) {
            refused += e.getMessage().contains("; a dataset is wanted")
                            || e.getMessage().contains("does not hold plain numbers")
                    ? 0
                    : 1;
        } catch (Exception | Error e) {
            failures.add(what + ": " + e + " at " + Arrays.toString(Arrays.copyOf(e.getStackTrace(), 6)));
        }
    }

    private void walk(Hdf5File file, String group, int depth, String what) {
        List<String> members = new ArrayList<>();
        attempt(what, () -> members.addAll(file.members(group + "/")));
        for (String member : members.subList(0, Math.min(60, members.size()))) {
            String path = group + "/" + member;
            attempt(what, () -> {
                file.find(path).ifPresent(dataset -> attempt(what, () -> read(file, dataset)));
                return null;
            });
            if (depth < 4) {
                walk(file, path, depth + 1, what);
            }
        }
    }

    private static Object read(Hdf5File file, Hdf5Dataset dataset) throws Exception {
        int[] shape = dataset.shape();
        dataset.chunk();
        dataset.attribute("units");
        long values = Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> Math.min(1L << 40, a * b));
        int[] one = shape.clone();
        Arrays.fill(one, 1);
        dataset.doubles(new int[shape.length], one);
        dataset.doubles(Arrays.stream(shape).map(n -> n - 1).toArray(), one);
        if (values < 1_000_000) {
            dataset.allDoubles();
            if (shape.length > 1) {
                try (FrameSource frames = file.frames(dataset, POOL)) {
                    frames.forEachBlock(0, frames.frames(), 0, block -> block.floats(0, new float[block.pixels()]));
                }
            }
        }
        return null;
    }
}
