package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line, as {@code ./lightpipe gpu …} hands it over. */
class GpuToolTest {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path input;

    @BeforeEach
    void makeAnInput() {
        input = TestScans.stack(directory.resolve("scan.h5"), "/entry/data/data", new float[][][] {{{1, 2}}, {{3, 4}}});
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return new GpuTool(Optional.of(directory.resolve("techniques")))
                .run(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    @Test
    void isFoundByItsName() {
        assertThat(ToolProvider.findFirst("gpu")).containsInstanceOf(GpuTool.class);
        assertThat(ToolProvider.findFirst("gpu-catalog")).containsInstanceOf(GpuCatalogTool.class);
    }

    @Test
    void runReducesAFileAndTellsOfIt() throws Exception {
        Path results = directory.resolve("results");
        int status = run(
                "run",
                "probe",
                "--in",
                input.toString(),
                "--out",
                results.toString(),
                "--scale-factor=10",
                "--backend",
                "java");
        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        assertThat(out.toString())
                .contains("result   " + results.toRealPath().resolve("scan_probe.h5"))
                .contains("preview  " + results.toRealPath().resolve("scan_probe.png"))
                .contains("backend  java, ")
                .containsPattern("seconds  \\d+\\.\\d{3}: read \\d+\\.\\d{3}, compute ")
                .contains("  first   40.0")
                .contains("  frames  2");
        assertThat(results.resolve("scan_probe.h5")).exists();
    }

    @Test
    void aSwitchNeedsNoValue() {
        // endless, and stopped at once
        Thread.currentThread().interrupt();
        assertThat(run("run", "probe", "--in", input.toString(), "--out", directory.toString(), "--endless"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("lightpipe: stopped");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void helpListsEveryOptionWithItsValues() {
        assertThat(run("run", "probe", "--help")).isZero();
        assertThat(out.toString())
                .contains("The sum of all frames.")
                .contains("--scaleFactor  (a number; default: 1.0)")
                .contains("--picture  (image, plot, none; default: image)")
                .contains("--threshold  (a number)")
                .contains("    A threshold; none when not given");
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("Usage: gpu run TECHNIQUE");
        assertThat(run("devices", "--help")).isZero();
        assertThat(run("techniques", "--help")).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | Usage: gpu run TECHNIQUE",
                "runn probe | gpu runn is no command; there are run, techniques, devices (did you mean run?)",
                "run | gpu run needs the name of a technique",
                "run prode --in x | gpu:prode: there is no such technique; there are",
                "run probe | gpu run probe needs --in FILE",
                "run probe --in x --in y | --in is given twice",
                "run probe --in x --scale 2 | gpu:probe: scale is not an option",
                "run probe --in x --firstFrame -1 | gpu:probe: firstFrame=-1, but it must not be negative",
                "run probe --in x --picture film | gpu:probe: picture=film, but it must be one of image, plot, none",
                "run probe --in x --backend tpu | backend=tpu, but it must be one of auto, java, opencl, cuda",
                "run probe x --in y | 'x' is too much; an option begins with --",
                "devices --all | '--all' is no option of gpu devices",
                "techniques all | 'all' is no option of gpu techniques",
            })
    void wrongUseIsToldWithStatusTwo(String line, String message) {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void aFailureIsToldWithStatusOne() throws Exception {
        assertThat(run("run", "probe", "--in", directory.resolve("none.h5").toString(), "--out", directory.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("lightpipe: ").contains("none.h5: there is no such file");
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(run("run", "probe", "--in", input.toString(), "--out", file.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).startsWith("lightpipe: ");
    }

    @Test
    void devicesAreListedWithTheProcessorFirst() {
        assertThat(run("devices")).isZero();
        assertThat(out.toString().lines().skip(1).findFirst().orElseThrow())
                .startsWith("java ")
                .contains("threads");
    }

    @Test
    void techniquesAreListedAlsoThoseOfJars() throws Exception {
        TestJar.technique("darkest", "").in(Files.createDirectory(directory.resolve("techniques")));
        assertThat(run("techniques")).isZero();
        assertThat(out.toString())
                .containsPattern("probe +The sum of all frames.")
                .containsPattern("darkest +Finds the darkest pixel.");
        assertThat(run("run", "darkest", "--in", input.toString(), "--out", directory.toString(), "--darkness=0.5"))
                .isZero();
        assertThat(out.toString()).contains("  darkest  1.5");
        assertThat(run("techniques", "--techniques", directory.toString())).isZero();
        assertThat(out.toString()).doesNotContain("darkest");
    }

    @Test
    void theProgressIsShownWhenItTakesLong() throws Exception {
        StringWriter lines = new StringWriter();
        StringWriter drawn = new StringWriter();
        try (ProgressBar plain = new ProgressBar(new PrintWriter(lines), "scan.h5", false);
                ProgressBar bar = new ProgressBar(new PrintWriter(drawn), "scan.h5", true)) {
            plain.at(0.1);
            bar.at(0.1);
            assertThat(lines.toString() + drawn).isEmpty();
            Thread.sleep(2100);
            for (double done : new double[] {0.25, 0.26, 0.5, 1}) {
                plain.at(done);
                bar.at(done);
            }
        }
        assertThat(lines.toString().lines()).containsExactly("scan.h5: 20 %", "scan.h5: 50 %", "scan.h5: 100 %");
        assertThat(drawn.toString())
                .contains("\rscan.h5 [==========    ")
                .contains("25 %")
                .endsWith(System.lineSeparator());
    }
}
