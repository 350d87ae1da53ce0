package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StripesTest {

    private static final int PROJECTIONS = 180;
    private static final int COLUMNS = 128;

    @Property(tries = 100)
    void aWaveletTakesApartAndPutsTogether(
            @ForAll Wavelet wavelet,
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @IntRange(min = 1, max = 40) int columns,
            @ForAll long seed) {
        Random random = new Random(seed);
        float[] image = new float[rows * columns];
        for (int i = 0; i < image.length; i++) {
            image[i] = random.nextFloat();
        }
        Wavelet.Parts parts = wavelet.analyse(image, rows, columns);
        float[] again = wavelet.synthesise(parts.aa(), parts.columns(), parts);
        int width = wavelet.whole(parts.columns());
        for (int row = 0; row < rows; row++) {
            for (int x = 0; x < columns; x++) {
                assertThat(again[row * width + x]).isCloseTo(image[row * columns + x], within(2e-5f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Wavelet.class)
    void detailsOfAPlaneAreNothing(Wavelet wavelet) {
        float[] flat = new float[30 * 20];
        Arrays.fill(flat, 3);
        Wavelet.Parts parts = wavelet.analyse(flat, 30, 20);
        for (int i = 0; i < parts.ad().length; i++) {
            assertThat(parts.ad()[i]).isCloseTo(0, within(1e-4f));
            assertThat(parts.da()[i]).isCloseTo(0, within(1e-4f));
            assertThat(parts.dd()[i]).isCloseTo(0, within(1e-4f));
            assertThat(parts.aa()[i]).isCloseTo(6, within(1e-4f));
        }
    }

    /** tomopy's defaults: db5, sigma 2, as many levels as double the longest side, 48. */
    @Test
    void fourierAndWaveletEqualsTomopys() throws Exception {
        double[] projections = References.numpy("proj");
        double[] expected = References.numpy("remove_stripe_fw");
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        FourierWavelet filter = new FourierWavelet(Wavelet.DB5, 0, 2, true);
        for (int slice = 0; slice < 8; slice++) {
            float[] sinogram = new float[16 * 48];
            for (int i = 0; i < 16 * 48; i++) {
                sinogram[i] = (float) projections[(i / 48 * 8 + slice) * 48 + i % 48];
            }
            filter.apply(sinogram, 0, 16, 48);
            for (int i = 0; i < 16 * 48; i++) {
                assertThat((double) sinogram[i])
                        .isCloseTo(expected[(i / 48 * 8 + slice) * 48 + i % 48], within(1e-5 * largest));
            }
        }
    }

    /**
     * What a restatement of the peers' formulas with NumPy, SciPy and PyWavelets makes of tomopy's test data, at
     * (0, 0), (10, 3), (25, 7), (50, 12), (50, 13), (75, 20) and (99, 29).
     */
    @Test
    void theDefaultsDoWhatThePeersDo() throws Exception {
        assertAt(
                new FourierWavelet(Wavelet.SYM16, 7, 1, true),
                0.6899813,
                0.6829983,
                0.6910848,
                0.6406935,
                0.6319017,
                0.658375,
                0.640648);
        assertAt(new Titarenko(0.022, 1), 0.7053578, 0.693937, 0.7028413, 0.6747939, 0.6850446, 0.680854, 0.6701438);
        assertAt(new VoStripes(3, 61, 21), 0.7006351, 0.691242, 0.701812, 0.6782329, 0.693637, 0.6887861, 0.670885);
    }

    private static void assertAt(SinogramFilter filter, double... expected) throws Exception {
        double[] data = References.numpy("test_stripe_data");
        float[] sinogram = new float[100 * 30];
        for (int i = 0; i < sinogram.length; i++) {
            sinogram[i] = (float) data[(i / 30 * 3 + 1) * 30 + i % 30];
        }
        filter.apply(sinogram, 0, 100, 30);
        int[] places = {0, 303, 757, 1512, 1513, 2270, 2999};
        for (int i = 0; i < places.length; i++) {
            assertThat((double) sinogram[places[i]]).isCloseTo(expected[i], within(5e-6));
        }
    }

    /** The transmission through two disks with some noise, which the methods expect. */
    private static float[] transmission() {
        Sinogram sinogram = TestScans.twoDisks(TestScans.halfTurn(PROJECTIONS), COLUMNS, 63);
        Random random = new Random(5);
        float[] values = new float[PROJECTIONS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (Math.exp(-0.02 * sinogram.values()[i]) + 0.001 * random.nextGaussian());
        }
        return values;
    }

    private static double stripe(float[] values, float[] clean, int column) {
        double sum = 0;
        for (int i = 0; i < PROJECTIONS; i++) {
            sum += values[i * COLUMNS + column] - clean[i * COLUMNS + column];
        }
        return Math.abs(sum / PROJECTIONS);
    }

    private static double rms(float[] one, float[] two) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (one[i] - two[i]) * (one[i] - two[i]);
        }
        return Math.sqrt(sum / one.length);
    }

    private static void assertRemoves(SinogramFilter filter, double least, double change) {
        float[] clean = transmission();
        float[] striped = clean.clone();
        for (int i = 0; i < PROJECTIONS; i++) {
            striped[i * COLUMNS + 40] += 0.05f;
        }
        float[] cleanToo = clean.clone();
        filter.apply(striped, 0, PROJECTIONS, COLUMNS);
        filter.apply(cleanToo, 0, PROJECTIONS, COLUMNS);
        assertThat(stripe(striped, cleanToo, 40)).isLessThan(0.05 * (1 - least));
        assertThat(rms(cleanToo, clean)).isLessThan(change);
    }

    @Test
    void fourierAndWaveletRemovesAStripe() {
        assertRemoves(new FourierWavelet(Wavelet.SYM5, 3, 2, true), 0.75, 0.02);
    }

    @Test
    void titarenkosRemovesAStripe() {
        assertRemoves(new Titarenko(0.1, 1), 0.85, 0.03);
    }

    @Test
    void vosRemovesAStripe() {
        assertRemoves(new VoStripes(3, 11, 5), 0.75, 0.03);
    }

    @Test
    void vosBridgesADeadColumn() {
        float[] clean = transmission();
        float[] values = clean.clone();
        for (int i = 0; i < PROJECTIONS; i++) {
            values[i * COLUMNS + 70] = 0.2f;
        }
        new VoStripes(3, 11, 5).apply(values, 0, PROJECTIONS, COLUMNS);
        double worst = 0;
        for (int i = 0; i < PROJECTIONS; i++) {
            worst = Math.max(worst, Math.abs(values[i * COLUMNS + 70] - clean[i * COLUMNS + 70]));
        }
        assertThat(worst).isLessThan(0.2);
    }

    @Test
    void whatLiesBesideTheSinogramStays() {
        for (SinogramFilter filter : new SinogramFilter[] {
            new FourierWavelet(Wavelet.DB5, 3, 1, true), new Titarenko(0.1, 0.5), new VoStripes(3, 5, 5)
        }) {
            float[] values = new float[3 * 20 * 16];
            Random random = new Random(1);
            for (int i = 0; i < values.length; i++) {
                values[i] = 1 + random.nextFloat();
            }
            float[] before = values.clone();
            filter.apply(values, 20 * 16, 20, 16);
            assertThat(Arrays.copyOf(values, 320)).isEqualTo(Arrays.copyOf(before, 320));
            assertThat(Arrays.copyOfRange(values, 640, 960)).isEqualTo(Arrays.copyOfRange(before, 640, 960));
            assertThat(Arrays.copyOfRange(values, 320, 640)).isNotEqualTo(Arrays.copyOfRange(before, 320, 640));
        }
    }

    @Property(tries = 100)
    void smallSinogramsAreNoTrouble(
            @ForAll @IntRange(min = 1, max = 12) int projections,
            @ForAll @IntRange(min = 2, max = 12) int columns,
            @ForAll boolean empty) {
        for (SinogramFilter filter : new SinogramFilter[] {
            new FourierWavelet(Wavelet.SYM16, 7, 1, true), new Titarenko(0.022, 1), new VoStripes(3, 61, 21)
        }) {
            float[] values = new float[projections * columns];
            Arrays.fill(values, empty ? 0 : 1);
            filter.apply(values, 0, projections, columns);
            for (float value : values) {
                assertThat(value).isFinite();
            }
        }
    }

    @Property(tries = 200)
    void theSlidingMedianIsTheMedianOfEachWindow(
            @ForAll @IntRange(min = 1, max = 30) int length,
            @ForAll @IntRange(min = 1, max = 15) int window,
            @ForAll @IntRange(min = 1, max = 5) int values,
            @ForAll long seed) {
        Random random = new Random(seed);
        float[] line = new float[length];
        for (int i = 0; i < length; i++) {
            line[i] = random.nextInt(values);
        }
        float[] found = new float[length];
        new SlidingMedian(window).apply(line, found);
        for (int i = 0; i < length; i++) {
            float[] around = new float[window];
            for (int k = 0; k < window; k++) {
                around[k] = line[Mirror.of(i - window / 2 + k, length)];
            }
            Arrays.sort(around);
            assertThat(found[i]).isEqualTo(around[window / 2]);
        }
    }

    @Property(tries = 100)
    void dezingerReplacesWhatStandsOut(
            @ForAll @IntRange(min = 1, max = 5) int window,
            @ForAll @IntRange(min = 1, max = 8) int projections,
            @ForAll @IntRange(min = 1, max = 8) int columns,
            @ForAll long seed) {
        Random random = new Random(seed);
        float[] values = new float[projections * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(100) + (random.nextInt(5) == 0 ? 1000 : 0);
        }
        float[] expected = new float[values.length];
        for (int i = 0; i < projections; i++) {
            for (int x = 0; x < columns; x++) {
                float[] around = new float[window * window];
                for (int k = 0; k < around.length; k++) {
                    int row = Mirror.of(i - window / 2 + k / window, projections);
                    around[k] = values[row * columns + Mirror.of(x - window / 2 + k % window, columns)];
                }
                Arrays.sort(around);
                float value = values[i * columns + x];
                float median = around[around.length / 2];
                expected[i * columns + x] = value - median > 500 ? median : value;
            }
        }
        new Dezinger(window, 500).apply(values, 0, projections, columns);
        assertThat(values).isEqualTo(expected);
    }
}
