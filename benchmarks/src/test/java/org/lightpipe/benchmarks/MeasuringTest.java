package org.lightpipe.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuringTest {

    @Test
    void theMedianIsTheMiddle() {
        assertThat(Median.of(DoubleStream.of(9, 1, 5))).isEqualTo(5);
        assertThat(Median.of(DoubleStream.of(9, 1, 5, 3))).isEqualTo(4);
    }

    @Test
    void everybodyIsFirstOnceAndTheWarmUpDoesNotCount() throws Exception {
        List<String> runs = new ArrayList<>();
        Contest contest = new Contest(new Progress());
        contest.add("a", contestant("a", runs));
        contest.add("b", contestant("b", runs));
        contest.run("test", 2, true);
        assertThat(runs).containsExactly("a", "b", "b", "a", "a", "b");
        assertThat(contest.median("a")).isPositive();
        assertThat(contest.ratio("a", "a")).isEqualTo(1);
    }

    private static Contest.Contestant contestant(String name, List<String> runs) {
        return new Contest.Contestant() {
            @Override
            public void prepare() {
                // nothing to prepare
            }

            @Override
            public void run() {
                runs.add(name);
            }

            @Override
            public void check() {
                assertThat(runs).last().isEqualTo(name);
            }
        };
    }

    @Test
    void anOptionThatNobodyKnowsIsRefused() {
        Options options = new Options(List.of("--pairs", "7", "--save", "--sacle", "0.1"));
        assertThat(options.integer("pairs", 5)).isEqualTo(7);
        assertThat(options.save()).isTrue();
        assertThatThrownBy(options::end).isInstanceOf(UsageException.class).hasMessageContaining("--sacle");
        assertThatThrownBy(() -> new Options(List.of("pairs"))).hasMessageContaining("options begin with --");
        assertThatThrownBy(() -> new Options(List.of("--pairs", "x")).integer("pairs", 1))
                .hasMessageContaining("--pairs must be a number, and not 'x'");
    }

    @Test
    void aSeedMakesTheSameFiles(@TempDir Path directory) throws Exception {
        FileSet set = new FileSet("test", 3, 1_500_000);
        set.write(directory.resolve("one"), 1);
        set.write(directory.resolve("same"), 1);
        set.write(directory.resolve("other"), 2);
        for (String path : set.paths()) {
            Path one = directory.resolve("one").resolve(path);
            assertThat(Files.size(one)).isEqualTo(1_500_000);
            assertThat(one).hasSameBinaryContentAs(directory.resolve("same").resolve(path));
            assertThat(Files.mismatch(one, directory.resolve("other").resolve(path)))
                    .isNotNegative();
        }
    }

    @Test
    void aTableReadsWellOnATerminal() {
        Report report = new Report("Title");
        report.table(List.of("files", "time"), List.of(List.of("2 × 1 kB", "1.00 s"), List.of("a", "12.3 s")));
        assertThat(report.toString()).startsWith("# Title\n").contains("""
                        | files    |   time |
                        |:---------|-------:|
                        | 2 × 1 kB | 1.00 s |
                        | a        | 12.3 s |
                        """);
    }
}
