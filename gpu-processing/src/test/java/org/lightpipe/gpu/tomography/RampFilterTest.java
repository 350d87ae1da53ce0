package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RampFilterTest {

    @ParameterizedTest
    @CsvSource({"2, 128", "42, 128", "43, 256", "640, 2048", "683, 4096", "2048, 8192"})
    void padsToThreeWidthsAndMore(int columns, int length) {
        assertThat(RampFilter.paddedLength(columns)).isEqualTo(length);
    }

    @Test
    void isTheRampBeyondTheLowestFrequencies() {
        int length = 512;
        float[] factors = RampFilter.factors(FilterWindow.RAMP, length, length);
        for (int k = 24; k <= length / 2; k++) {
            assertThat((double) factors[k]).isCloseTo(k / (double) length, within(1e-5));
        }
    }

    /** The weights integrate |f| g(f) exactly where g is smooth: here a Gaussian, whose integral is 1 / (2a) twice. */
    @Test
    void integratesWithTheRamp() {
        int length = 256;
        double narrow = 300;
        float[] factors = RampFilter.factors(FilterWindow.RAMP, length, length);
        double sum = factors[0];
        for (int k = 1; k < factors.length; k++) {
            double frequency = k / (double) length;
            sum += 2 * factors[k] * Math.exp(-narrow * frequency * frequency);
        }
        assertThat(sum / length).isCloseTo(1 / narrow, within(1e-6 / narrow));
        // as the plain ramp does not
        double plain = 0;
        for (int k = 1; k < factors.length; k++) {
            double frequency = k / (double) length;
            plain += 2 * frequency * Math.exp(-narrow * frequency * frequency);
        }
        assertThat(Math.abs(plain / length * narrow - 1)).isGreaterThan(5e-4);
    }

    @ParameterizedTest
    @EnumSource(FilterWindow.class)
    void hasTheWindowAsAFactor(FilterWindow window) {
        float[] factors = RampFilter.factors(window, 256, 256);
        float[] ramp = RampFilter.factors(FilterWindow.RAMP, 256, 256);
        for (int k = 0; k <= 128; k++) {
            double expected = window == FilterWindow.NONE ? 1 : ramp[k] * window.at(k / 256.0);
            assertThat((double) factors[k]).isCloseTo(expected, within(1e-6));
        }
    }
}
