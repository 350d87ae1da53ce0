package org.lightpipe.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Its command in the shells that accounts may have; the rest is tested where files are transferred. */
class FarWriterTest {

    @TempDir
    Path directory;

    @Test
    void theCommandHasNothingThatAShellUnderstandsItsOwnWay() {
        String inQuotes = FarWriter.COMMAND.substring("exec perl -e '".length(), FarWriter.COMMAND.length() - 1);
        assertThat(FarWriter.COMMAND).startsWith("exec perl -e '").endsWith("'");
        assertThat(inQuotes).doesNotContain("'", "!", "\\", "\n").matches("\\p{Print}+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "bash", "dash", "ksh", "zsh", "csh", "tcsh", "fish", "busybox"})
    void anyShellRunsIt(String shell) throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/bin", shell)) || Files.isExecutable(Path.of("/usr/bin", shell)),
                shell + " is not here");
        Path file = Files.writeString(directory.resolve("a"), "abc");
        byte[] path = file.toString().getBytes(StandardCharsets.UTF_8);
        ProcessBuilder builder = shell.equals("busybox")
                ? new ProcessBuilder("busybox", "sh", "-c", FarWriter.COMMAND)
                : new ProcessBuilder(shell, "-c", FarWriter.COMMAND);
        Process process = builder.redirectErrorStream(true).start();
        try (OutputStream input = process.getOutputStream()) {
            input.write(FarWriter.program());
            input.write(new byte[] {0, 0, 0, 10, 0, 0, 0, 10});
            FarQuestion.look(path, new byte[3]).writeTo(input);
            FarQuestion.rename(path, (directory + "/b").getBytes(StandardCharsets.UTF_8))
                    .writeTo(input);
            FarQuestion.look(path, new byte[3]).writeTo(input);
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(said).isEqualTo("lightpipe writes\n" + "\0\0\0\0\3abc" + "\0\0\0\0\0" + "\1\0\0\0\0");
        assertThat(directory.resolve("b")).hasContent("abc");
    }
}
