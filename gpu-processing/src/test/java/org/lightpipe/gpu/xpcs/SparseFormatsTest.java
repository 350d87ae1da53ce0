package org.lightpipe.gpu.xpcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.technique.FrameFormat;

/** Rigaku's events and IMM files. */
class SparseFormatsTest {

    @TempDir
    Path directory;

    private static int[][][] random(int frames, int rows, int columns) {
        Random random = new Random(1);
        int[][][] counts = new int[frames][rows][columns];
        for (int[][] frame : counts) {
            for (int[] row : frame) {
                for (int i = 0; i < columns; i++) {
                    row[i] = random.nextInt(10) == 0 ? 1 + random.nextInt(4095) : 0;
                }
            }
        }
        return counts;
    }

    private static int[][] read(FrameSource source, int from, int to, int perBlock) throws Exception {
        List<int[]> frames = new ArrayList<>();
        source.forEachBlock(from, to, perBlock, block -> {
            assertThat(block.first()).isEqualTo(from + frames.size());
            for (int i = 0; i < block.frames(); i++) {
                float[] values = new float[block.pixels()];
                block.floats(i, values);
                int[] frame = new int[values.length];
                for (int p = 0; p < frame.length; p++) {
                    frame[p] = (int) values[p];
                }
                frames.add(frame);
            }
        });
        return frames.toArray(int[][]::new);
    }

    private static FrameSource open(FrameFormat format, Path path) throws Exception {
        return format.open(path, null).orElseThrow();
    }

    @Test
    void bothFormatsAreFound() {
        assertThat(ServiceLoader.load(FrameFormat.class))
                .hasAtLeastOneElementOfType(RigakuFormat.class)
                .hasAtLeastOneElementOfType(ImmFormat.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1024 * 1024})
    void eventsBecomeFrames(int origin) throws Exception {
        int[][][] counts = random(23, 6, 9);
        // frames without any event in between, and before the end
        counts[4] = new int[6][9];
        counts[5] = new int[6][9];
        Path path = SparseFiles.rigaku(directory.resolve("scan.bin"), counts, origin);
        try (FrameSource source = open(new RigakuFormat(), path)) {
            assertThat(source.frames()).isEqualTo(23);
            assertThat(source.rows()).isEqualTo(512);
            assertThat(source.columns()).isEqualTo(1024);
            assertThat(source.type()).isEqualTo(NumberType.UINT16);
            assertThat(source.description()).isEqualTo("scan.bin");
            int[][] all = read(source, 0, 23, 0);
            for (int i = 0; i < 23; i++) {
                assertThat(all[i]).isEqualTo(module(counts[i]));
            }
            // again, from the middle, in other blocks, and backwards
            assertThat(read(source, 7, 20, 3)).isDeepEqualTo(Arrays.copyOfRange(all, 7, 20));
            assertThat(read(source, 3, 6, 1)).isDeepEqualTo(Arrays.copyOfRange(all, 3, 6));
            assertThat(read(source, 5, 5, 0)).isEmpty();
        }
    }

    private static int[] module(int[][] corner) {
        int[] module = new int[512 * 1024];
        for (int row = 0; row < corner.length; row++) {
            System.arraycopy(corner[row], 0, module, row * 1024, corner[row].length);
        }
        return module;
    }

    @Test
    void sixModulesHaveTheirPlaces() throws Exception {
        for (int i = 0; i < 6; i++) {
            SparseFiles.events(
                    directory.resolve("scan.bin.00" + i),
                    SparseFiles.event(0, 1024 * 1024, 10 + i),
                    SparseFiles.event(2, 1024 * 1024 + 1025, 20 + i));
        }
        try (FrameSource source = open(new RigakuFormat(), directory.resolve("scan.bin.000"))) {
            assertThat(source.rows()).isEqualTo(3 * 512 + 2 * 70);
            assertThat(source.columns()).isEqualTo(2 * 1024 + 52);
            assertThat(source.frames()).isEqualTo(3);
            int[][] frames = read(source, 0, 3, 0);
            int columns = source.columns();
            int[] corners = {0, 1076, 582 * columns, 582 * columns + 1076, 1164 * columns, 1164 * columns + 1076};
            int[] modules = {5, 0, 4, 1, 3, 2};
            for (int place = 0; place < 6; place++) {
                assertThat(frames[0][corners[place]]).isEqualTo(10 + modules[place]);
                assertThat(frames[2][corners[place] + columns + 1]).isEqualTo(20 + modules[place]);
            }
            assertThat(frames[1]).isEqualTo(new int[frames[1].length]);
            assertThat(Arrays.stream(frames[0]).filter(count -> count > 0).count())
                    .isEqualTo(6);
        }
    }

    @Test
    void aMissingModuleIsNamed() throws Exception {
        Path path = SparseFiles.events(directory.resolve("scan.bin.000"), SparseFiles.event(0, 1, 1));
        assertThatThrownBy(() -> open(new RigakuFormat(), path))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("scan.bin.001");
    }

    @Test
    void eventsThatWereCutOffAreRefused() throws Exception {
        Path path = SparseFiles.rigaku(directory.resolve("scan.bin"), random(5, 3, 3), 0);
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(bytes, bytes.length - 3));
        assertThatThrownBy(() -> open(new RigakuFormat(), path))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("scan.bin")
                .hasMessageContaining("cut off");
    }

    @Test
    void eventsOutOfOrderAreRefused() throws Exception {
        Path path = SparseFiles.events(
                directory.resolve("scan.bin"),
                SparseFiles.event(0, 1, 1),
                SparseFiles.event(5, 1, 1),
                SparseFiles.event(3, 1, 1),
                SparseFiles.event(8, 1, 1));
        assertDamaged(path, "event 2 is of frame 3");
    }

    @Test
    void eventsOfNoPixelAreRefused() throws Exception {
        Path path = SparseFiles.events(
                directory.resolve("scan.bin"), SparseFiles.event(0, 1, 1), SparseFiles.event(1, 600_000, 1));
        assertDamaged(path, "pixel 600000");
    }

    private static void assertDamaged(Path path, String message) throws Exception {
        try (FrameSource source = open(new RigakuFormat(), path)) {
            assertThatThrownBy(() -> read(source, 0, source.frames(), 0))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("scan.bin")
                    .hasMessageContaining(message);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void immFramesAreRead(boolean sparse) throws Exception {
        int[][][] counts = random(12, 5, 7);
        counts[3] = new int[5][7];
        Path path = SparseFiles.imm(directory.resolve("scan.imm"), counts, sparse);
        try (FrameSource source = open(new ImmFormat(), path)) {
            assertThat(source.frames()).isEqualTo(12);
            assertThat(source.rows()).isEqualTo(5);
            assertThat(source.columns()).isEqualTo(7);
            int[][] all = read(source, 0, 12, 0);
            for (int i = 0; i < 12; i++) {
                assertThat(all[i]).isEqualTo(Scan.flat(counts[i]));
            }
            assertThat(read(source, 5, 9, 2)).isDeepEqualTo(Arrays.copyOfRange(all, 5, 9));
        }
        assertThat(new RigakuFormat().open(path, null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 60})
    void immFramesThatWereCutOffAreRefused(int missing) throws Exception {
        Path path = SparseFiles.imm(directory.resolve("scan.imm"), random(3, 5, 5), false);
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(bytes, bytes.length - missing));
        assertThatThrownBy(() -> open(new ImmFormat(), path))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("scan.imm: ends in frame 2");
    }

    @Test
    void immFramesOfAnotherSizeAreRefused() throws Exception {
        Path path = SparseFiles.imm(directory.resolve("scan.imm"), random(3, 5, 5), false);
        byte[] bytes = Files.readAllBytes(path);
        bytes[1024 + 50 + 108] = 6;
        Files.write(path, bytes);
        assertThatThrownBy(() -> open(new ImmFormat(), path))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("frame 1 has compression 0, 6 x 5 pixels and 25 values");
    }

    @Test
    void immPixelsOutsideTheFrameAreRefused() throws Exception {
        int[][][] counts = new int[2][3][3];
        counts[0][1][1] = 7;
        counts[1][1][1] = 7;
        Path path = SparseFiles.imm(directory.resolve("scan.imm"), counts, true);
        byte[] bytes = Files.readAllBytes(path);
        bytes[1024] = 9;
        Files.write(path, bytes);
        try (FrameSource source = open(new ImmFormat(), path)) {
            assertThatThrownBy(() -> read(source, 0, 2, 0))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("frame 0 has a value for pixel 9, but there are 9 pixels");
        }
    }

    @Test
    void otherFilesAreOfNeitherFormat() throws IOException, InvalidInputException {
        Path text = Files.writeString(directory.resolve("notes.txt"), "nothing that counts photons. ".repeat(100));
        Path zeros = Files.write(directory.resolve("zeros.bin"), new byte[4096]);
        Path little = Files.write(directory.resolve("little.bin"), new byte[] {1, 2, 3});
        for (Path path : List.of(text, zeros, little)) {
            assertThat(new RigakuFormat().open(path, null)).isEmpty();
            assertThat(new ImmFormat().open(path, null)).isEmpty();
        }
    }

    @Test
    void aConsumerThatFailsEndsTheReading() throws Exception {
        Path path = SparseFiles.imm(directory.resolve("scan.imm"), random(50, 40, 40), false);
        try (FrameSource source = open(new ImmFormat(), path)) {
            assertThatThrownBy(() -> source.forEachBlock(0, 50, 1, block -> {
                        throw new IOException("enough");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("enough");
            assertThat(read(source, 0, 50, 0)).hasNumberOfRows(50);
        }
    }
}
