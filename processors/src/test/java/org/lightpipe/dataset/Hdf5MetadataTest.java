package org.lightpipe.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.config.MetadataPolicy;

class Hdf5MetadataTest {

    @TempDir
    private Path directory;

    private Path file() {
        Path file = directory.resolve("a.h5");
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            WritableGroup exchange = hdf.putGroup("exchange");
            exchange.putDataset("data", new short[4][5][6]).putAttribute("units", "counts");
            exchange.putDataset("energy", 25.5);
            exchange.putDataset("name", "enamel");
            exchange.putDataset("bad", Double.NaN);
        }
        return file;
    }

    private static Map<String, Object> read(Path file) throws IOException {
        return FileMetadata.of(file, MetadataPolicy.everything());
    }

    private static Map<String, Object> read(Path file, List<String> keep, Map<String, List<String>> names)
            throws IOException {
        return FileMetadata.of(file, new MetadataPolicy(Optional.of(keep), names));
    }

    @Test
    void aFileTellsItsNamesShapesAndSingleValues() throws IOException {
        assertThat(read(file()))
                .containsEntry("/exchange/data", "short[4, 5, 6]")
                .containsEntry("/exchange/data@units", "counts")
                .containsEntry("/exchange/energy", 25.5)
                .containsEntry("/exchange/name", "enamel")
                .containsEntry("/exchange/bad", "NaN")
                .doesNotContainKey("unreadable");
    }

    @Test
    void whatIsNotHdf5HasNoMetadata() throws IOException {
        assertThat(read(Files.write(directory.resolve("empty"), new byte[0]))).isEmpty();
        assertThat(read(Files.writeString(directory.resolve("text"), "hello"))).isEmpty();
    }

    @Test
    void onlyWhatIsChosenIsKept() throws IOException {
        assertThat(read(file(), List.of("/exchange/da*{,@units}", "format"), Map.of()))
                .isEqualTo(
                        Map.of("/exchange/data", "short[4, 5, 6]", "/exchange/data@units", "counts", "format", "HDF5"));
        assertThat(read(
                        file(),
                        List.of(),
                        Map.of(
                                "energy", List.of("/no/such/field", "/exchange/energy"),
                                "counts", List.of("/exchange/data"),
                                "angle", List.of("/exchange/theta"))))
                .isEqualTo(Map.of("energy", 25.5, "counts", "short[4, 5, 6]", "counts@units", "counts"));
    }

    @Test
    void aNamedFieldIsFoundHoweverManyOthersThereAre() throws IOException {
        Path file = directory.resolve("many.h5");
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            WritableGroup many = hdf.putGroup("a");
            for (int i = 0; i < 800; i++) {
                many.putDataset("x" + i, i);
            }
            hdf.putGroup("z").putDataset("energy", 8.04);
        }
        assertThat(read(file)).hasSize(Found.MOST).doesNotContainKey("/z/energy");
        assertThat(FileMetadata.of(file, new MetadataPolicy(Optional.empty(), Map.of("energy", List.of("/z/energy")))))
                .containsEntry("energy", 8.04)
                .containsEntry("/z/energy", 8.04)
                .hasSize(Found.MOST + 1);
        assertThat(read(file, List.of("/z/**"), Map.of())).isEqualTo(Map.of("/z/energy", 8.04));
    }

    /** Bytes of structure are damaged at random, many times: the answer is metadata, or why there is none. */
    @Test
    @Timeout(60)
    void aDamagedFileIsReadOrToldUnreadable() throws IOException {
        byte[] good = Files.readAllBytes(file());
        Path damaged = directory.resolve("damaged.h5");
        Random random = new Random(20261124);
        for (int round = 0; round < 1500; round++) {
            byte[] bytes = good.clone();
            if (round % 5 == 0) {
                bytes = java.util.Arrays.copyOf(bytes, random.nextInt(8, bytes.length));
            }
            for (int i = random.nextInt(1, 12); i > 0; i--) {
                bytes[random.nextInt(8, bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt(256) : 0xff);
            }
            Files.write(damaged, bytes);
            int seen = round;
            assertThatCode(() -> {
                        Map<String, Object> found = read(damaged);
                        assertThat(new ObjectMapper().writeValueAsString(found)).doesNotContain("\\u0000");
                    })
                    .as("round " + seen)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void realFilesAreRead() throws IOException {
        Path data = Path.of(System.getProperty("lightpipe.shared", "../../shared/data"));
        if (!"true".equals(System.getenv("CI"))) {
            Assumptions.assumeTrue(Files.isDirectory(data), data + " with example files is not there");
        }
        assertThat(read(data.resolve("tomography/tooth.h5")))
                .containsEntry("/exchange/data", "float[181, 2, 640]")
                .containsKey("/exchange/data_white");
        try (var walk = Files.walk(data)) {
            for (Path file : walk.filter(path -> path.toString().matches(".*\\.(h5|hdf5|nxs|hdf)"))
                    .limit(40)
                    .toList()) {
                assertThatCode(() -> read(file)).as(file.toString()).doesNotThrowAnyException();
            }
        }
    }
}
