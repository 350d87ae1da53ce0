package org.lightpipe.gpu.xpcs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DelaysTest {

    @Test
    void theListOfARealScanOfAHundredThousandFramesHas61Delays() {
        long[] taus = Delays.of(100_000).taus();
        assertThat(taus).hasSize(61).startsWith(1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32);
        assertThat(taus[60]).isLessThan(100_000);
    }

    @Property(tries = 500)
    void delaysAreAsDefined(@ForAll @IntRange(min = 2, max = 200_000) int samples) {
        List<long[]> expected = Definition.delays(samples);
        Delays delays = Delays.of(samples);
        assertThat(delays.taus())
                .containsExactly(expected.stream().mapToLong(delay -> delay[0]).toArray());
        assertThat(delays.count()).isEqualTo(expected.size());
        long[] levels = delays.levels().stream()
                .flatMapToLong(level -> LongStream.generate(level::number).limit(level.lags()))
                .toArray();
        assertThat(levels)
                .containsExactly(expected.stream().mapToLong(delay -> delay[1]).toArray());
    }

    @Property(tries = 500)
    void segmentsAreSumsOfTheFirstLevelThatHasAtMost16(@ForAll @IntRange(min = 2, max = 200_000) int samples) {
        int level = 0;
        while (samples >> level > 16) {
            level++;
        }
        assertThat(Delays.of(samples).segments().number()).isEqualTo(level);
        assertThat(Delays.of(samples).segments().samples()).isEqualTo(samples >> level);
    }

    @Test
    void everyDelayLeavesATermAtLeast() {
        for (int samples = 2; samples < 2000; samples++) {
            for (Delays.Level level : Delays.of(samples).levels()) {
                assertThat(level.samples()).isGreaterThan(level.firstLag() + level.lags() - 1);
            }
        }
        assertThat(Arrays.stream(Delays.of(2).taus())).containsExactly(1L);
    }
}
