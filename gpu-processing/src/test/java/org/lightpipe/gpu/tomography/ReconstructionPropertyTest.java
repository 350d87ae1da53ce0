package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.FloatRange;
import org.lightpipe.gpu.device.Compute;

/** What holds for every way to reconstruct, wherever it computes. */
class ReconstructionPropertyTest {

    private static final int COLUMNS = 48;
    private static final List<String> ALGORITHMS = List.of("fbp", "gridrec", "fourierrec");

    private static float[] reconstruct(String algorithm, Geometry geometry, Compute compute, float[] sinogram)
            throws Exception {
        float[] into = new float[geometry.columns() * geometry.columns()];
        try (Reconstructor reconstructor = Reconstructors.of(algorithm, FilterWindow.RAMP, geometry, compute)) {
            reconstructor.reconstruct(sinogram, 1, into);
        }
        return into;
    }

    /** Turning the sample turns the slice; moving the axis along the detector does not move it. */
    @Property(tries = 12)
    void aBlobComesOutWhereItIs(
            @ForAll @DoubleRange(min = -8, max = 8) double x,
            @ForAll @DoubleRange(min = -8, max = 8) double y,
            @ForAll @DoubleRange(min = 3, max = 4) double sigma,
            @ForAll @DoubleRange(min = 21, max = 27) double center,
            @ForAll @DoubleRange(min = -7, max = 7) double turn)
            throws Exception {
        double[] angles = Phantom.halfTurn(100);
        Geometry still = Phantom.geometry(angles, COLUMNS, center);
        float[] sinogram = Phantom.sinogram(still, List.of(Phantom.Blob.at(x, y, sigma, 1)));
        double[] turned = new double[angles.length];
        for (int i = 0; i < angles.length; i++) {
            turned[i] = angles[i] + turn;
        }
        Geometry geometry = Phantom.geometry(turned, COLUMNS, center);
        double turnedX = x * Math.cos(turn) - y * Math.sin(turn);
        double turnedY = x * Math.sin(turn) + y * Math.cos(turn);
        float[] expected = Phantom.slice(COLUMNS, List.of(Phantom.Blob.at(turnedX, turnedY, sigma, 1)));
        for (String backend : Places.present()) {
            for (String algorithm : ALGORITHMS) {
                float[] slice = Places.on(backend, compute -> reconstruct(algorithm, geometry, compute, sinogram));
                if (algorithm.equals("gridrec")) {
                    // tomopy corrects its kernel about the pixel beside the middle, which tilts a slice this small
                    assertThat(Phantom.correlation(slice, expected, COLUMNS, 18))
                            .as("%s on %s", algorithm, backend)
                            .isGreaterThan(0.98);
                } else {
                    // interpolation between columns makes a narrow blob wider
                    assertThat(Phantom.difference(slice, expected, COLUMNS, 20))
                            .as("%s on %s", algorithm, backend)
                            .isLessThan(algorithm.equals("fbp") ? 0.03 : 0.01);
                }
            }
        }
    }

    @Property(tries = 8)
    void isLinear(@ForAll @FloatRange(min = -3, max = 3) float a, @ForAll @FloatRange(min = -3, max = 3) float b)
            throws Exception {
        Geometry geometry = Phantom.geometry(Phantom.halfTurn(31), COLUMNS, 23);
        float[] one = Phantom.disk(geometry, 5, 3, 9);
        float[] two = Phantom.disk(geometry, -8, 2, 6);
        float[] both = new float[one.length];
        for (int i = 0; i < both.length; i++) {
            both[i] = a * one[i] + b * two[i];
        }
        for (String backend : Places.present()) {
            for (String algorithm : ALGORITHMS) {
                Places.on(backend, compute -> {
                    float[] sliceOfBoth = reconstruct(algorithm, geometry, compute, both);
                    float[] sliceOfOne = reconstruct(algorithm, geometry, compute, one);
                    float[] sliceOfTwo = reconstruct(algorithm, geometry, compute, two);
                    for (int i = 0; i < sliceOfBoth.length; i++) {
                        assertThat((double) sliceOfBoth[i])
                                .as("%s on %s", algorithm, backend)
                                .isCloseTo(a * sliceOfOne[i] + b * sliceOfTwo[i], within(3e-5));
                    }
                    return null;
                });
            }
        }
    }
}
