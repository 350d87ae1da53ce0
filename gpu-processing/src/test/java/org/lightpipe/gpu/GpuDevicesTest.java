package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GpuDevicesTest {

    @Test
    void saysInOneLineWhereStepsRunAndLeavesNoTraces() throws Exception {
        String temporary = System.getProperty("java.io.tmpdir");
        String description = GpuDevices.describe();
        assertThat(description).endsWith("gpu: steps run on the java backend").doesNotContain("\n");
        if (!Files.exists(Path.of("/dev/nvidiactl"))) {
            assertThat(description).startsWith("no NVIDIA driver found: ");
        }
        assertThat(System.getProperty("java.io.tmpdir")).isEqualTo(temporary);
        try (Stream<Path> files = Files.list(Path.of(temporary))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("libJCudaRuntime"));
        }
        assertThat(GpuDevices.describe()).isSameAs(description);
    }
}
