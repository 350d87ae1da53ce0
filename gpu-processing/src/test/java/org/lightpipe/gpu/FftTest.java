package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class FftTest {

    @Property(tries = 30)
    void equalsTheSumThatDefinesIt(@ForAll @IntRange(max = 7) int power, @ForAll long seed) {
        int length = 1 << power;
        double[] real = new Random(seed).doubles(length, -1, 1).toArray();
        double[] imaginary = new Random(~seed).doubles(length, -1, 1).toArray();
        double[] fftReal = real.clone();
        double[] fftImaginary = imaginary.clone();
        new Fft(length).forward(fftReal, fftImaginary);
        for (int k = 0; k < length; k++) {
            double sumReal = 0;
            double sumImaginary = 0;
            for (int j = 0; j < length; j++) {
                double angle = -2 * Math.PI * j * k / length;
                sumReal += real[j] * Math.cos(angle) - imaginary[j] * Math.sin(angle);
                sumImaginary += real[j] * Math.sin(angle) + imaginary[j] * Math.cos(angle);
            }
            assertThat(fftReal[k]).isCloseTo(sumReal, within(1e-11));
            assertThat(fftImaginary[k]).isCloseTo(sumImaginary, within(1e-11));
        }
    }

    @Property(tries = 30)
    void inverseGivesTheInputBack(@ForAll @IntRange(max = 12) int power, @ForAll long seed) {
        int length = 1 << power;
        double[] real = new Random(seed).doubles(length, -1, 1).toArray();
        double[] imaginary = new Random(~seed).doubles(length, -1, 1).toArray();
        double[] thereReal = real.clone();
        double[] thereImaginary = imaginary.clone();
        Fft fft = new Fft(length);
        fft.forward(thereReal, thereImaginary);
        fft.inverse(thereReal, thereImaginary);
        assertThat(thereReal).containsExactly(real, within(1e-12));
        assertThat(thereImaginary).containsExactly(imaginary, within(1e-12));
    }

    @Example
    void refusesOtherLengths() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Fft(12)).withMessageContaining("12");
    }
}
