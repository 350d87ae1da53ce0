package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class RotationCenterTest {

    @Property(tries = 50)
    void findsTheCentreOfAHalfTurn(
            @ForAll @DoubleRange(min = 80, max = 120) double center, @ForAll @IntRange(min = 90, max = 360) int count) {
        double[] angles = TestScans.halfTurn(count);
        angles[count - 1] = Math.PI;
        assertThat(RotationCenter.search(TestScans.twoDisks(angles, 200, center)))
                .hasValueCloseTo(center, within(0.25));
    }

    @Property(tries = 20)
    void findsTheCentreOfAFullTurnThroughNoise(
            @ForAll @DoubleRange(min = 80, max = 120) double center, @ForAll long seed) {
        double[] angles = TestScans.halfTurn(180);
        for (int i = 0; i < angles.length; i++) {
            angles[i] *= 2;
        }
        Sinogram sinogram = TestScans.twoDisks(angles, 200, center);
        Random random = new Random(seed);
        for (float[] row : sinogram.rows()) {
            for (int i = 0; i < row.length; i++) {
                row[i] += (float) random.nextGaussian();
            }
        }
        assertThat(RotationCenter.search(sinogram)).hasValueCloseTo(center, within(0.5));
    }

    @Example
    void findsNothingWhereNoProjectionHasItsMirrorImage() {
        double[] quarter = TestScans.halfTurn(90);
        for (int i = 0; i < quarter.length; i++) {
            quarter[i] /= 2;
        }
        assertThat(RotationCenter.search(TestScans.twoDisks(quarter, 200, 100))).isEmpty();
    }

    @Example
    void findsNothingInAnEmptyScan() {
        double[] angles = TestScans.halfTurn(90);
        angles[89] = Math.PI;
        assertThat(RotationCenter.search(new Sinogram(new float[90][200], angles)))
                .isEmpty();
    }
}
