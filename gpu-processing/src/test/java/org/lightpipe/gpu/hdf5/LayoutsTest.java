package org.lightpipe.gpu.hdf5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;

/** Files of every layout, written by the HDF5 library itself: what is read is what was written. */
class LayoutsTest {

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(3);
    private static final WorkPool POOL = new WorkPool(THREADS, 3);
    private static final List<Case> CASES = new ArrayList<>();

    @TempDir
    static Path directory;

    private record Case(String file, String dataset, String type, int[] shape, byte[] values) {}

    @BeforeAll
    static void make() throws Exception {
        for (String line : Peer.python("layouts.py", directory)) {
            String[] words = line.split(" ");
            int[] shape = words[3].equals("-")
                    ? new int[0]
                    : Arrays.stream(words[3].split(","))
                            .mapToInt(Integer::parseInt)
                            .toArray();
            CASES.add(new Case(words[0], words[1], words[2], shape, Files.readAllBytes(directory.resolve(words[4]))));
        }
        assertThat(CASES).hasSizeGreaterThan(200);
    }

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
        CASES.clear();
    }

    /** Does something with each dataset, in the name of all that failed. */
    private static void each(Check check) {
        List<String> failures = new ArrayList<>();
        for (Case one : CASES) {
            try (Hdf5File file = Hdf5File.open(directory.resolve(one.file()))) {
                check.run(one, file, file.require(one.dataset(), "see the script"));
            } catch (Exception | AssertionError e) {
                failures.add(one.file() + one.dataset() + ": " + e);
            }
        }
        assertThat(failures).isEmpty();
    }

    private interface Check {
        void run(Case one, Hdf5File file, Hdf5Dataset dataset) throws Exception;
    }

    @Test
    void allValuesAreThere() {
        each((one, file, dataset) -> {
            assertThat(dataset.shape()).isEqualTo(one.shape());
            assertThat(dataset.type().name().toLowerCase()).isEqualTo(name(one.type()));
            ByteBuffer values = ByteBuffer.allocate(one.values().length);
            dataset.read(new int[one.shape().length], one.shape(), values);
            assertThat(Arrays.mismatch(values.array(), one.values())).isEqualTo(-1);
            // not on the heap either
            ByteBuffer direct = ByteBuffer.allocateDirect(one.values().length);
            dataset.read(new int[one.shape().length], one.shape(), direct);
            assertThat(direct.mismatch(values)).isEqualTo(-1);
        });
    }

    private static String name(String type) {
        int bits = 8 * Integer.parseInt(type.substring(1));
        return switch (type.charAt(0)) {
                    case 'u' -> "uint";
                    case 'i' -> "int";
                    default -> "float";
                }
                + bits;
    }

    @Test
    void partsOfThem() {
        Random random = new Random(11);
        each((one, file, dataset) -> {
            int rank = one.shape().length;
            int size = dataset.type().bytes();
            for (int round = 0; round < 8; round++) {
                int[] offset = new int[rank];
                int[] count = new int[rank];
                int all = 1;
                for (int i = 0; i < rank; i++) {
                    offset[i] = random.nextInt(one.shape()[i]);
                    count[i] = 1 + random.nextInt(one.shape()[i] - offset[i]);
                    all *= count[i];
                }
                ByteBuffer values = ByteBuffer.allocate(all * size);
                dataset.read(offset, count, values);
                assertThat(Arrays.mismatch(values.array(), part(one, offset, count, size)))
                        .as("%s from %s", Arrays.toString(count), Arrays.toString(offset))
                        .isEqualTo(-1);
            }
        });
    }

    private static byte[] part(Case one, int[] offset, int[] count, int size) {
        int rank = offset.length;
        int all = Arrays.stream(count).reduce(1, (a, b) -> a * b);
        byte[] part = new byte[all * size];
        for (int i = 0; i < all; i++) {
            int rest = i;
            int from = 0;
            int step = 1;
            for (int d = rank - 1; d >= 0; d--) {
                from += (offset[d] + rest % count[d]) * step;
                rest /= count[d];
                step *= one.shape()[d];
            }
            System.arraycopy(one.values(), from * size, part, i * size, size);
        }
        return part;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 1000})
    void framesComeInTheirOrder(int perBlock) {
        each((one, file, dataset) -> {
            if (one.shape().length < 2) {
                return;
            }
            try (FrameSource frames = file.frames(dataset, POOL)) {
                int frameBytes = one.values().length / frames.frames();
                int from = frames.frames() > 2 ? 1 : 0;
                int[] next = {from};
                frames.forEachBlock(from, frames.frames(), perBlock, block -> {
                    assertThat(block.first()).isEqualTo(next[0]);
                    assertThat(perBlock == 0 || block.frames() <= perBlock).isTrue();
                    byte[] values = new byte[block.frames() * frameBytes];
                    block.values().get(0, values);
                    byte[] expected = Arrays.copyOfRange(
                            one.values(), block.first() * frameBytes, (block.first() + block.frames()) * frameBytes);
                    assertThat(Arrays.mismatch(values, expected)).isEqualTo(-1);
                    assertThat(block.values().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
                    next[0] += block.frames();
                });
                assertThat(next[0]).isEqualTo(frames.frames());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"old.h5", "new.h5", "v110.h5"})
    void textsAndAttributes(String name) throws Exception {
        try (Hdf5File file = Hdf5File.open(directory.resolve(name))) {
            assertThat(file.strings("/texts/variable").orElseThrow())
                    .containsExactly("one", "", "drei µ", "4".repeat(5000));
            assertThat(file.strings("/texts/fixed").orElseThrow()).containsExactly("ab", "", "abc");
            assertThat(file.strings("/texts/scalar").orElseThrow()).containsExactly("température");
            assertThat(file.strings("/texts/none")).isEmpty();
            assertThat(file.attribute("/texts", "text")).contains("Å and more");
            assertThat(file.attribute("/texts", "fixed")).contains("fixed");
            assertThat(file.attribute("/texts", "several")).contains("a, b");
            assertThat(file.attribute("/texts", "int")).contains("-3");
            assertThat(file.attribute("/texts", "u64")).contains("18446744073709551615");
            assertThat(file.attribute("/texts", "float")).contains("1.5");
            assertThat(file.attribute("/texts", "array")).contains("1.5, 2.0, 3.0");
            assertThat(file.attribute("/texts", "named")).contains("7");
            assertThat(file.attribute("/texts", "none")).isEmpty();
            assertThat(file.attribute("/nothing", "none")).isEmpty();
            for (int i = 0; i < 200; i++) {
                assertThat(file.attribute("/dense", String.format("attribute%03d", i)))
                        .contains(String.valueOf(i));
            }
            assertThat(file.attribute("/dense", "attribute200")).isEmpty();
            assertThat(file.require("/typed", "").allDoubles()).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(file.require("/scalar", "").attribute("none")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"old.h5", "new.h5", "v110.h5"})
    void groupsAndLinks(String name) throws Exception {
        try (Hdf5File file = Hdf5File.open(directory.resolve(name))) {
            List<String> many = file.members("/many");
            assertThat(many).hasSize(5000).isSorted().startsWith("member0000").endsWith("member4999");
            for (int i = 0; i < 5000; i += 7) {
                assertThat(file.attribute("/many/" + many.get(i), "none")).isEmpty();
                String member = "/many/" + many.get(i);
                assertThatThrownBy(() -> file.find(member))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessage(name + ": " + member + " is a group; a dataset is wanted");
            }
            assertThat(file.find("/many/member5000")).isEmpty();
            for (int i = 0; i < 20; i++) {
                assertThat(file.require("/few/m" + i, "").allDoubles()).containsExactly(i);
            }
            assertThat(file.members("/plain"))
                    .containsExactly("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8");
            assertThat(file.members("/nothing")).isEmpty();
            assertThat(file.require("/soft", "").allDoubles())
                    .isEqualTo(file.require("/plain/u2", "").allDoubles());
            assertThat(file.require("/relative/link", "").allDoubles()).containsExactly(0, 1, 2);
            assertThat(file.find("/dangling")).isEmpty();
            assertThat(file.require("/external", "").type().bytes()).isEqualTo(8);
            assertThatThrownBy(() -> file.find("/circle")).hasMessageContaining("/circle cannot be read (it is a link");
            assertThatThrownBy(() -> file.find("/compound")).hasMessageContaining("does not hold plain numbers");
            assertThatThrownBy(() -> file.find("/texts/scalar")).hasMessageContaining("does not hold plain numbers");
            assertThatThrownBy(() -> file.require("/zero", "").shape()).hasMessageContaining("[0, 5]");
            assertThatThrownBy(() -> file.require("/null", "").shape()).hasMessageContaining("the shape null");
            assertThatThrownBy(() -> file.require("/nothing", "write it"))
                    .hasMessage(name + ": /nothing is missing; write it");
        }
    }

    @Test
    void theImagesAreFound() throws Exception {
        try (Hdf5File file = Hdf5File.open(directory.resolve("virtual.h5"))) {
            assertThat(file.largestImages().orElseThrow().name()).isEqualTo("/frames");
        }
        try (Hdf5File file = Hdf5File.open(directory.resolve("userblock.h5"))) {
            assertThat(file.largestImages()).isEmpty();
        }
    }

    @Test
    void whatCannotBeReadIsSaid() throws Exception {
        try (Hdf5File file = Hdf5File.open(directory.resolve("refused.h5"))) {
            assertThatThrownBy(() -> file.require("/szip", "").allDoubles())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("refused.h5: /szip cannot be read (its chunks are put through the filter"
                            + " scale-offset (6), which is not read");
        }
        try (Hdf5File file = Hdf5File.open(directory.resolve("virtual.h5"))) {
            assertThatThrownBy(() -> file.require("/reshaped", "").allDoubles())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("another shape in their sources");
        }
    }

    @Test
    void aSlowReaderStopsEarly() throws Exception {
        try (Hdf5File file = Hdf5File.open(directory.resolve("new.h5"));
                FrameSource frames = file.frames(file.require("/chunked/growing", ""), POOL)) {
            assertThatThrownBy(() -> frames.forEachBlock(0, frames.frames(), 1, block -> {
                        throw new IOException("enough");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("enough");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> frames.forEachBlock(0, frames.frames(), 1, block -> {}))
                    .isInstanceOf(InterruptedException.class);
            // and the file is still good
            int[] seen = {0};
            frames.forEachBlock(0, frames.frames(), 1, block -> seen[0]++);
            assertThat(seen[0]).isEqualTo(frames.frames());
        }
    }
}
