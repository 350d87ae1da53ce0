package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.gpu.core.InvalidInputException;

/** Files that are not what they should be: each gets its words, whatever the technique, and none gets further. */
class HostileInputTest {

    private static final Map<String, Map<String, String>> TECHNIQUES =
            Map.of("statistics", Map.of(), "tomography", Map.of("center", "32"), "correct", Map.of("binning", "2"));

    private static Engine engine;

    @TempDir
    Path directory;

    private Path good;
    private byte[] bytes;

    @BeforeAll
    static void start() {
        engine = Engine.start();
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @BeforeEach
    void makeAGoodFile() throws IOException {
        good = TestScans.dataExchange(
                directory.resolve("good.h5"),
                TestScans.filled(8, 2, 64, 500),
                TestScans.filled(2, 2, 64, 1000),
                TestScans.filled(2, 2, 64, 10),
                new double[] {0, 20, 40, 60, 80, 100, 120, 140});
        bytes = Files.readAllBytes(good);
    }

    private Reduced run(String technique, Path path) throws Exception {
        return GpuStep.of(engine.techniques().get(technique), TECHNIQUES.get(technique))
                .reduce(engine.reducer(), Input.of(path), directory.resolve("out"), "java", ProgressListener.NONE);
    }

    private void assertRefused(Path path, String message) {
        for (String technique : TECHNIQUES.keySet()) {
            assertThatThrownBy(() -> run(technique, path))
                    .as(technique)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(path.getFileName().toString())
                    .hasMessageContaining(message);
        }
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() {
        if (Files.exists(directory.resolve("out"))) {
            assertThat(directory.resolve("out")).isDirectoryNotContaining("glob:**.part");
        }
    }

    @Test
    void theGoodFileIsGood() throws Exception {
        for (String technique : TECHNIQUES.keySet()) {
            assertThat(run(technique, good).result()).isNotEmptyFile();
        }
        assertNothingIsLeft();
    }

    @Test
    void whatIsNotAnHdf5File() throws IOException {
        assertRefused(Files.createFile(directory.resolve("empty.h5")), "is empty");
        assertRefused(Files.writeString(directory.resolve("scan.h5"), "II*\0 a TIFF, say"), "HDF5");
        assertRefused(Files.write(directory.resolve("head.h5"), Arrays.copyOf(bytes, 8)), "HDF5");
        assertRefused(Files.createDirectory(directory.resolve("directory.h5")), "is not a file");
        assertRefused(directory.resolve("missing.h5"), "there is no such file");
    }

    @Test
    void everyTruncationIsRefusedOrReadsTheSame() throws Exception {
        Object whole = run("statistics", good).summary().metrics();
        int refused = 0;
        for (int length = 1; length < bytes.length; length += 197) {
            Path cut = Files.write(directory.resolve("cut.h5"), Arrays.copyOf(bytes, length));
            try {
                // only what lies behind the data may be missing
                assertThat(run("statistics", cut).summary().metrics()).isEqualTo(whole);
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageContaining("cut.h5");
                refused++;
            }
        }
        assertThat(refused).isPositive();
        assertNothingIsLeft();
    }

    @Test
    void everyDamagedByteEndsInWordsOrInAResult() throws Exception {
        Random random = new Random(3);
        List<String> techniques = TECHNIQUES.keySet().stream().sorted().toList();
        int refused = 0;
        for (int i = 0; i < 150; i++) {
            byte[] damaged = bytes.clone();
            for (int hits = 0; hits < 4; hits++) {
                // the structure is small beside the data, and at the beginning and the end
                int at = random.nextInt(1200);
                damaged[random.nextBoolean() ? at : damaged.length - 1 - at] = (byte) random.nextInt();
            }
            Path path = Files.write(directory.resolve("damaged.h5"), damaged);
            try {
                assertThat(run(techniques.get(i % techniques.size()), path).result())
                        .isNotEmptyFile();
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageContaining("damaged.h5");
                refused++;
            }
        }
        assertThat(refused).isPositive();
        assertNothingIsLeft();
    }

    @Test
    void linksLeadOnlyToFilesBeside() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path inside = Files.createDirectory(directory.resolve("inside"));
        TestScans.stack(outside.resolve("frames.h5"), "/frames", new int[][][] {{{1, 2}, {3, 4}}});
        Path link = inside.resolve("link.h5");
        copy("link-up.h5", link);
        assertThatThrownBy(() -> run("statistics", link))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("link.h5: /entry/data/data")
                .hasMessageContaining("outside");
        Files.delete(link);
        // the same target, now beside
        Files.move(outside.resolve("frames.h5"), inside.resolve("frames.h5"));
        copy("link-beside.h5", link);
        assertThat(run("statistics", link).summary().metrics()).containsEntry("max", 4.0);
    }

    /** Files that only the HDF5 library writes; see make.py beside them. */
    private static void copy(String resource, Path path) throws IOException {
        try (var in = HostileInputTest.class.getResourceAsStream("/hdf5/" + resource)) {
            Files.copy(in, path);
        }
    }
}
