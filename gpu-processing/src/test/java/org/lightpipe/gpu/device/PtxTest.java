package org.lightpipe.gpu.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What CUDA loads is made of the sources that OpenCL compiles, and every kernel of it can be assembled. */
class PtxTest {

    private static final Path MAIN = Path.of("src", "main", "resources");
    private static final Path TEST = Path.of("src", "test", "resources");
    private static final String MEND = "run gpu-processing/build-kernels and commit what it changes";

    private static final Pattern ASSEMBLED = Pattern.compile("Compiling entry function '(\\w+)'");

    @BeforeAll
    static void loadTheAssembler() throws Exception {
        Natives.privately(() -> JNvPTXCompiler.nvPTXCompilerGetVersion(new int[1], new int[1]));
    }

    static Stream<Path> sources() throws IOException {
        return Stream.of(MAIN, TEST)
                .flatMap(PtxTest::files)
                .filter(file -> file.toString().endsWith(".cu"))
                .filter(file -> !file.endsWith("does-not-compile.cu"));
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path ptx(Path source) {
        return Path.of(source.toString().replaceFirst("\\.cu$", ".ptx"));
    }

    @Test
    void thereAreKernels() throws IOException {
        assertThat(sources()).anyMatch(file -> file.endsWith("fft.cu"));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void thePtxIsMadeOfItsSource(Path source) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Files.readAllBytes(MAIN.resolve("org/lightpipe/gpu/device/lightpipe.h")));
        digest.update(Files.readAllBytes(source));
        assertThat(ptx(source)).as(MEND).exists();
        List<String> lines = Files.readAllLines(ptx(source));
        assertThat(lines.get(0))
                .as(MEND)
                .isEqualTo(
                        "// SHA-256 of lightpipe.h and %s: %s",
                        source.getFileName(), HexFormat.of().formatHex(digest.digest()));
        assertThat(lines).as("drivers from 525 on load it").contains(".version 7.4", ".target sm_75");
        assertThat(lines.stream().filter(line -> line.contains(".entry")))
                .as("every kernel can be run in the largest group")
                .hasSize((int) lines.stream()
                        .filter(line -> line.startsWith(".maxntid 256"))
                        .count());
    }

    @ParameterizedTest
    @MethodSource("sources")
    void everyKernelIsAssembledForThreeGenerations(Path source) throws Exception {
        String text = Files.readString(ptx(source));
        Map<String, List<PtxSignatures.Type>> kernels = PtxSignatures.of(text);
        assertThat(kernels).isNotEmpty();
        // those that a macro makes, one for each type, have no name in the source
        assertThat(kernels.keySet()).containsAll(names(Files.readString(source)));
        for (String architecture : List.of("sm_75", "sm_80", "sm_90")) {
            assertThat(ASSEMBLED.matcher(assemble(text, architecture)).results().map(match -> match.group(1)))
                    .containsExactlyInAnyOrderElementsOf(kernels.keySet());
        }
    }

    private static List<String> names(String source) {
        return Pattern.compile("\\bKERNEL\\s+(\\w+)\\s*\\(")
                .matcher(source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^#define(?:.*\\\\\n)*.*$", ""))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** @return what the assembler tells of each kernel */
    private static String assemble(String text, String architecture) {
        byte[] ptx = (text + "\0").getBytes(StandardCharsets.US_ASCII);
        nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
        assertThat(JNvPTXCompiler.nvPTXCompilerCreate(compiler, ptx.length - 1, ptx))
                .isEqualTo(nvPTXCompileResult.NVPTXCOMPILE_SUCCESS);
        try {
            String[] options = {"--gpu-name=" + architecture, "--verbose"};
            int result = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
            long[] length = new long[1];
            JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, length);
            byte[] error = new byte[Math.toIntExact(length[0]) + 1];
            JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, error);
            assertThat(result)
                    .as("for %s: %s", architecture, new String(error, StandardCharsets.UTF_8))
                    .isEqualTo(nvPTXCompileResult.NVPTXCOMPILE_SUCCESS);
            JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(compiler, length);
            byte[] info = new byte[Math.toIntExact(length[0]) + 1];
            JNvPTXCompiler.nvPTXCompilerGetInfoLog(compiler, info);
            return new String(info, StandardCharsets.UTF_8);
        } finally {
            JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
        }
    }

    @Test
    void typesOfParametersAreRead() throws IOException {
        Map<String, List<PtxSignatures.Type>> kernels =
                PtxSignatures.of(Files.readString(TEST.resolve("org/lightpipe/gpu/device/basics.ptx")));
        assertThat(kernels.get("sum_of_all"))
                .containsExactly(
                        PtxSignatures.Type.LONG,
                        PtxSignatures.Type.INT,
                        PtxSignatures.Type.FLOAT,
                        PtxSignatures.Type.DOUBLE,
                        PtxSignatures.Type.LONG,
                        PtxSignatures.Type.LONG);
        assertThat(PtxSignatures.Type.LONG.takes(1)).isFalse();
        assertThat(PtxSignatures.Type.LONG.takes(1L)).isTrue();
        assertThat(PtxSignatures.Type.FLOAT.takes(1.0)).isFalse();
    }
}
