package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.api.DatasetCreationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are not what they should be: each gets its words, none gets further. */
class HostileInputTest {

    private static final List<Technique> TECHNIQUES = List.of(new Tomography(), new Statistics());

    @TempDir
    Path directory;

    private byte[] good;

    @BeforeEach
    void makeAGoodFile() throws IOException {
        Path path = TestScans.dataExchange(
                directory.resolve("good.h5"),
                TestScans.filled(8, 2, 64, 500),
                TestScans.filled(2, 2, 64, 1000),
                TestScans.filled(2, 2, 64, 10),
                new double[] {0, 20, 40, 60, 80, 100, 120, 140});
        good = Files.readAllBytes(path);
    }

    private static TechniqueResult run(Technique technique, Path path) throws Exception {
        TechniqueOptions options =
                new TechniqueOptions(FilterWindow.SHEPP, OptionalDouble.of(32), OptionalInt.empty(), "");
        return TestScans.onJava(backend -> technique.run(path, options, backend));
    }

    private void assertRefused(byte[] content, String message) throws IOException {
        Path path = Files.write(directory.resolve("scan.h5"), content);
        assertRefused(path, "scan.h5", message);
    }

    private static void assertRefused(Path path, String name, String message) {
        for (Technique technique : TECHNIQUES) {
            assertThatThrownBy(() -> run(technique, path))
                    .as(technique.name())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining(message);
        }
    }

    @Test
    void theGoodFileIsGood() throws Exception {
        for (Technique technique : TECHNIQUES) {
            assertThat(run(technique, directory.resolve("good.h5")).images()).isNotEmpty();
        }
    }

    @Test
    void whatIsNotAnHdf5File() throws IOException {
        assertRefused(new byte[0], "is empty");
        assertRefused("II*\0 a TIFF, say".getBytes(), "is not an HDF5 file");
        assertRefused(Arrays.copyOf(good, 8), "is not an HDF5 file");
        assertRefused(directory, directory.toString(), "is not a file");
        assertRefused(directory.resolve("missing.h5"), "missing.h5", "no such file");
    }

    @Test
    void everyTruncationIsRefusedOrReadsTheSame() throws Exception {
        TechniqueResult whole = run(new Statistics(), directory.resolve("good.h5"));
        int refused = 0;
        for (int length = 1; length < good.length; length += 97) {
            Path cut = Files.write(directory.resolve("cut.h5"), Arrays.copyOf(good, length));
            try {
                // only what lies behind the data may be missing
                TechniqueResult result = run(new Statistics(), cut);
                assertThat(result.images().get(0).pixels())
                        .isDeepEqualTo(whole.images().get(0).pixels());
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageContaining("cut.h5");
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void everyDamagedByteEndsInWordsOrInAnImage() throws Exception {
        Random random = new Random(3);
        for (int i = 0; i < 400; i++) {
            byte[] damaged = good.clone();
            for (int hits = 0; hits < 4; hits++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Path path = Files.write(directory.resolve("damaged.h5"), damaged);
            for (Technique technique : TECHNIQUES) {
                try {
                    assertThat(run(technique, path).images()).isNotEmpty();
                } catch (InvalidInputException e) {
                    assertThat(e).hasMessageContaining("damaged.h5");
                }
            }
        }
    }

    @Test
    void damagedCompressedDataIsRefused() throws Exception {
        DatasetCreationOptions deflated = DatasetCreationOptions.builder()
                .chunkDimensions(1, 64, 64)
                .deflate()
                .build();
        Path path = TestScans.stack(
                directory.resolve("scan.h5"), "/exchange/data", TestScans.filled(4, 64, 64, 7), deflated);
        byte[] bytes = Files.readAllBytes(path);
        Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 40, (byte) 0xff);
        Files.write(path, bytes);
        assertThatThrownBy(() -> run(new Statistics(), path))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("scan.h5: /exchange/data cannot be read");
    }

    @Test
    void whatTheReaderWouldReadAsSomethingElseIsRefused() throws Exception {
        assertResourceRefused("unwritten.h5", "/entry/data/data has parts that were never written");
        assertResourceRefused("never-written.h5", "/entry/data/data is empty: nothing was ever written to it");
        assertResourceRefused("virtual.h5", "/entry/data/data cannot be read (Virtual storage is not supported)");
        assertResourceRefused("circle.h5", "/entry/data/data cannot be read");
    }

    @Test
    void linksLeadOnlyToFilesBeside() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path inside = Files.createDirectory(directory.resolve("inside"));
        TestScans.stack(outside.resolve("frames.h5"), "/frames", new int[][][] {{{1, 2}, {3, 4}}});
        Path link = inside.resolve("link.h5");
        copy("link-up.h5", link);
        assertThatThrownBy(() -> run(new Statistics(), link))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(
                        "link.h5: /entry/data/data is a link to a file outside the directory of this one");
        Files.delete(link);
        // the same target, now beside
        Files.move(outside.resolve("frames.h5"), inside.resolve("frames.h5"));
        copy("link-beside.h5", link);
        assertThat(run(new Statistics(), link).metrics()).containsEntry("max", 4.0);
    }

    private void assertResourceRefused(String resource, String message) throws IOException {
        Path path = directory.resolve(resource);
        copy(resource, path);
        assertThatThrownBy(() -> run(new Statistics(), path))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(resource + ": " + message);
    }

    /** Files that only the HDF5 library writes; see make.py beside them. */
    private static void copy(String resource, Path path) throws IOException {
        try (var in = HostileInputTest.class.getResourceAsStream("/hdf5/" + resource)) {
            Files.copy(in, path);
        }
    }
}
