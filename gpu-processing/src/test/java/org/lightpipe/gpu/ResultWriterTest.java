package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultWriterTest {

    @TempDir
    Path directory;

    private final ResultWriter writer = new ResultWriter();

    private static TechniqueResult result(float value) {
        float[][] pixels = {{value, Float.NaN}, {1, 2}};
        return new TechniqueResult(
                "A result",
                List.of(new TechniqueResult.Image("image", "", "an image", pixels)),
                Map.of("none", Double.NaN),
                Map.of());
    }

    private static Provenance of(String input) {
        return new Provenance("statistics", "java", input, 17, Instant.EPOCH);
    }

    @Test
    void theNameIsTheStemOfTheInputAndTheTechnique() throws Exception {
        assertThat(writer.write(result(1), of("scan.1.h5"), directory).result()).hasFileName("scan.1_statistics.h5");
        assertThat(writer.write(result(1), of("plain"), directory).preview()).hasFileName("plain_statistics.png");
        assertThat(writer.write(result(1), of(".hidden"), directory).result()).hasFileName(".hidden_statistics.h5");
    }

    @Test
    void whatCannotBeWrittenLeavesTheOldResultAndNoTemporary() throws Exception {
        Path h5 = writer.write(result(1), of("scan.h5"), directory).result();
        byte[] before = Files.readAllBytes(h5);
        // an image without pixels has no preview
        TechniqueResult broken = new TechniqueResult(
                "Broken", List.of(new TechniqueResult.Image("image", "", "", new float[0][0])), Map.of(), Map.of());
        assertThatThrownBy(() -> writer.write(broken, of("scan.h5"), directory)).isInstanceOf(Exception.class);
        assertThat(h5).hasBinaryContent(before);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(2);
        }
        // and the next try is not refused
        writer.write(result(2), of("scan.h5"), directory);
    }

    @Test
    void aDirectoryThatIsAFileIsRefused() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> writer.write(result(1), of("scan.h5"), file)).isInstanceOf(IOException.class);
    }
}
