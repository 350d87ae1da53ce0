package org.lightpipe.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AgedOffsetTest {

    @Test
    void tellsHowFarItWasSomeTimeAgo() {
        AgedOffset aged = new AgedOffset(Duration.ofMinutes(2));
        assertThat(aged.offset(seconds(0))).isZero();
        for (int second = 0; second <= 1000; second++) {
            aged.note(seconds(second), second * 100L);
            // Rounded down to a step of 15 seconds.
            assertThat(aged.offset(seconds(second)))
                    .isLessThanOrEqualTo(Math.max(0, second - 120) * 100L)
                    .isGreaterThanOrEqualTo(Math.max(0, second - 135) * 100L);
        }
        assertThat(aged.offset(seconds(2000))).isEqualTo(99_000);
    }

    @Test
    void withoutAnAgeItIsWhatItIsNow() {
        AgedOffset aged = new AgedOffset(Duration.ZERO);
        aged.note(1, 10);
        aged.note(1, 20);
        assertThat(aged.offset(1)).isEqualTo(20);
    }

    private static long seconds(long count) {
        return TimeUnit.SECONDS.toNanos(count);
    }
}
