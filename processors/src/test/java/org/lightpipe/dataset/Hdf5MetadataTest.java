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
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void aFileTellsItsNamesShapesAndSingleValues() throws IOException {
        assertThat(Hdf5Metadata.of(file()))
                .containsEntry("/exchange/data", "short[4, 5, 6]")
                .containsEntry("/exchange/data@units", "counts")
                .containsEntry("/exchange/energy", 25.5)
                .containsEntry("/exchange/name", "enamel")
                .containsEntry("/exchange/bad", "NaN")
                .doesNotContainKey("unreadable");
    }

    @Test
    void whatIsNotHdf5HasNoMetadata() throws IOException {
        assertThat(Hdf5Metadata.of(Files.write(directory.resolve("empty"), new byte[0])))
                .isEmpty();
        assertThat(Hdf5Metadata.of(Files.writeString(directory.resolve("text"), "hello")))
                .isEmpty();
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
                        Map<String, Object> found = Hdf5Metadata.of(damaged);
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
        assertThat(Hdf5Metadata.of(data.resolve("tomography/tooth.h5")))
                .containsEntry("/exchange/data", "float[181, 2, 640]")
                .containsKey("/exchange/data_white");
        try (var walk = Files.walk(data)) {
            for (Path file : walk.filter(path -> path.toString().matches(".*\\.(h5|hdf5|nxs|hdf)"))
                    .limit(40)
                    .toList()) {
                assertThatCode(() -> Hdf5Metadata.of(file)).as(file.toString()).doesNotThrowAnyException();
            }
        }
    }
}
