package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class RotationCenterTest {

    private static double[] halfTurnWithItsEnd(int count) {
        double[] angles = TestScans.halfTurn(count);
        angles[count - 1] = Math.PI;
        return angles;
    }

    @Property(tries = 50)
    void findsTheCentreOfAHalfTurn(
            @ForAll @DoubleRange(min = 80, max = 120) double center, @ForAll @IntRange(min = 90, max = 360) int count) {
        Sinogram sinogram = TestScans.twoDisks(halfTurnWithItsEnd(count), 200, center);
        assertThat(RotationCenter.byCorrelation(sinogram)).hasValueCloseTo(center, within(0.25));
    }

    @Property(tries = 30)
    void findsTheCentreByPhases(@ForAll @DoubleRange(min = 80, max = 120) double center) {
        Sinogram sinogram = TestScans.twoDisks(halfTurnWithItsEnd(181), 200, center);
        assertThat(RotationCenter.byPhase(sinogram)).hasValueCloseTo(center, within(0.5));
    }

    @Property(tries = 3)
    void findsTheCentreByTheEmptyWedge(@ForAll @DoubleRange(min = 70, max = 120) double center) throws Exception {
        Sinogram sinogram = TestScans.twoDisks(halfTurnWithItsEnd(120), 190, center);
        assertThat(new VoCenter(50, 0.25, Places.threads()).search(sinogram)).isCloseTo(center, within(0.5));
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
        for (int i = 0; i < sinogram.values().length; i++) {
            sinogram.values()[i] += (float) random.nextGaussian();
        }
        assertThat(RotationCenter.byCorrelation(sinogram)).hasValueCloseTo(center, within(0.5));
    }

    @Example
    void findsNothingWhereNoProjectionHasItsMirrorImage() {
        double[] quarter = TestScans.halfTurn(90);
        for (int i = 0; i < quarter.length; i++) {
            quarter[i] /= 2;
        }
        Sinogram sinogram = TestScans.twoDisks(quarter, 200, 100);
        assertThat(RotationCenter.byCorrelation(sinogram)).isEmpty();
        assertThat(RotationCenter.byPhase(sinogram)).isEmpty();
    }

    @Example
    void findsNothingInAnEmptyScan() {
        Sinogram empty = new Sinogram(new float[90 * 200], 200, halfTurnWithItsEnd(90));
        assertThat(RotationCenter.byCorrelation(empty)).isEmpty();
        assertThat(RotationCenter.byPhase(empty)).isEmpty();
    }
}
