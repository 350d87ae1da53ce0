package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.FloatRange;

class FilteredBackProjectionTest {

    private static final int COLUMNS = 96;

    @Property(tries = 25)
    void aDiskComesOutWhereItIsAndAsStrongAsItIs(
            @ForAll @DoubleRange(min = -12, max = 12) double x,
            @ForAll @DoubleRange(min = -12, max = 12) double y,
            @ForAll @DoubleRange(min = 42, max = 54) double center,
            @ForAll FilterWindow window)
            throws Exception {
        double radius = 16;
        Sinogram sinogram = TestScans.disk(TestScans.halfTurn(180), COLUMNS, center, x, y, radius);
        float[][] image = TestScans.onJava(backend -> backend.reconstruct(sinogram, center, window));
        double inside = 0;
        int insidePixels = 0;
        double outside = 0;
        int outsidePixels = 0;
        for (int row = 0; row < COLUMNS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                // the orientation that FilteredBackProjection promises
                double px = column - COLUMNS / 2;
                double py = COLUMNS - 1 - row - COLUMNS / 2;
                double distance = Math.hypot(px - x, py - y);
                if (distance < radius - 5) {
                    inside += image[row][column];
                    insidePixels++;
                } else if (distance > radius + 5 && Math.hypot(px, py) < 40) {
                    outside += image[row][column];
                    outsidePixels++;
                }
            }
        }
        // Parzen's window falls from the lowest frequencies on, so that it blurs over long distances
        double tolerance = window == FilterWindow.PARZEN ? 0.08 : 0.01;
        assertThat(inside / insidePixels).isCloseTo(1, within(tolerance));
        assertThat(outside / outsidePixels).isCloseTo(0, within(tolerance));
    }

    @Property(tries = 10)
    void isLinear(
            @ForAll @FloatRange(min = -3, max = 3) float a,
            @ForAll @FloatRange(min = -3, max = 3) float b,
            @ForAll FilterWindow window)
            throws Exception {
        Sinogram one = TestScans.disk(TestScans.halfTurn(31), 64, 31, 5, 3, 9);
        Sinogram two = TestScans.disk(TestScans.halfTurn(31), 64, 31, -8, 2, 6);
        TestScans.onJava(backend -> {
            float[][] imageOfSum = backend.reconstruct(TestScans.sum(one, a, two, b), 31, window);
            float[][] imageOne = backend.reconstruct(one, 31, window);
            float[][] imageTwo = backend.reconstruct(two, 31, window);
            for (int y = 0; y < 64; y++) {
                for (int x = 0; x < 64; x++) {
                    assertThat((double) imageOfSum[y][x])
                            .isCloseTo(a * imageOne[y][x] + b * imageTwo[y][x], within(2e-5));
                }
            }
            return null;
        });
    }

    @Example
    void handlesTheSmallestSinogram() throws Exception {
        Sinogram tiny = new Sinogram(new float[][] {{0, 0}}, new double[] {0});
        float[][] image = TestScans.onJava(backend -> backend.reconstruct(tiny, 0.5, FilterWindow.RAMP));
        assertThat(image).isDeepEqualTo(new float[2][2]);
    }

    @Example
    void neverReadsBesideTheProjectionWhateverTheCentre() throws Exception {
        Sinogram sinogram = TestScans.twoDisks(TestScans.halfTurn(37), 33, 16);
        TestScans.onJava(backend -> {
            for (double center = -5; center < 40; center += 0.37) {
                for (float[] row : backend.reconstruct(sinogram, center, FilterWindow.SHEPP)) {
                    for (float value : row) {
                        assertThat(value).isFinite();
                    }
                }
            }
            return null;
        });
    }
}
