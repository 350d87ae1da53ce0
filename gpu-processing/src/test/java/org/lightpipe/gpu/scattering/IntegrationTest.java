package org.lightpipe.gpu.scattering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;

/** What integration must keep, whatever the frames show. */
class IntegrationTest {

    private static final int ROWS = 61;
    private static final int COLUMNS = 83;

    static Stream<Arguments> ways() {
        return Integrations.backends()
                .flatMap(backend -> Stream.of("no", "bbox", "full")
                        .flatMap(method ->
                                Stream.of(false, true).map(azimuthal -> Arguments.of(backend, method, azimuthal))));
    }

    static Stream<String> backends() {
        return Integrations.backends();
    }

    private static Poni poni() {
        return Integrations.poni(ROWS, COLUMNS, 25.3, 30.7);
    }

    private static IntegrationOptions options(String method, boolean azimuthal) {
        IntegrationOptions options = Integrations.options();
        options.setMethod(method);
        options.setNpt(40);
        options.setAzimuthal(azimuthal);
        options.setNptAzim(12);
        return options;
    }

    private static float[] random(long seed) {
        Random random = new Random(seed);
        float[] frame = new float[ROWS * COLUMNS];
        for (int i = 0; i < frame.length; i++) {
            frame[i] = random.nextInt(1000);
        }
        return frame;
    }

    private static FrameBlock block(float[]... frames) {
        return Integrations.floats(0, ROWS, COLUMNS, frames);
    }

    private static void assertClose(double[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            if (Double.isNaN(expected[i])) {
                assertThat(actual[i]).as("bin " + i).isNaN();
            } else {
                assertThat(actual[i])
                        .as("bin " + i)
                        .isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aFlatFieldIsTheSameInEveryBin(String backend, String method, boolean azimuthal) throws Exception {
        IntegrationOptions options = options(method, azimuthal);
        for (boolean solidAngle : new boolean[] {false, true}) {
            options.setCorrectSolidAngle(solidAngle);
            options.setPolarizationFactor(solidAngle ? 0.9 : null);
            Plan plan = Integrations.plan(poni(), options, NumberType.FLOAT32, new BitSet());
            float[] frame = new float[ROWS * COLUMNS];
            // what an even light makes of the geometry
            for (int i = 0; i < frame.length; i++) {
                frame[i] = 7 * plan.corrections().norm()[i];
            }
            Sums sums = Integrations.sums(backend, plan, NumberType.FLOAT32, block(frame))
                    .get(0);
            double[] intensity = Integrations.intensity(sums);
            int filled = 0;
            for (int bin = 0; bin < intensity.length; bin++) {
                if (sums.count()[bin] > 0) {
                    filled++;
                    assertThat(intensity[bin]).isCloseTo(7, within(2e-6));
                } else {
                    assertThat(intensity[bin]).isNaN();
                }
            }
            assertThat(filled).isGreaterThan(intensity.length / 2);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void everyPixelCountsOnce(String backend, String method, boolean azimuthal) throws Exception {
        Plan plan = Integrations.plan(poni(), options(method, azimuthal), NumberType.FLOAT32, new BitSet());
        float[] frame = random(1);
        Sums sums = Integrations.sums(backend, plan, NumberType.FLOAT32, block(frame))
                .get(0);
        double total = 0;
        for (float value : frame) {
            total += value;
        }
        // the axes begin and end at corners: full splitting misses some of the pixel under the beam, and a sliver where
        // the
        // circle closes
        int missed = method.equals("full") ? azimuthal ? 20 : 1 : 0;
        assertThat(Arrays.stream(sums.count()).sum()).isCloseTo(frame.length, within(missed + 1e-2));
        assertThat(Arrays.stream(sums.signal()).sum()).isCloseTo(total, within(1000.0 * missed + 1e-6 * total));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void scalingTheFrameScalesThePattern(String backend, String method, boolean azimuthal) throws Exception {
        Plan plan = Integrations.plan(poni(), options(method, azimuthal), NumberType.FLOAT32, new BitSet());
        float[] frame = random(2);
        float[] eightfold = frame.clone();
        for (int i = 0; i < eightfold.length; i++) {
            eightfold[i] *= 8;
        }
        List<Sums> sums = Integrations.sums(backend, plan, NumberType.FLOAT32, block(frame, eightfold));
        double[] expected = Integrations.intensity(sums.get(0));
        for (int i = 0; i < expected.length; i++) {
            expected[i] *= 8;
        }
        assertClose(Integrations.intensity(sums.get(1)), expected, 1e-12);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void turningTheDetectorWithItsFrameChangesNothing(String backend, String method, boolean azimuthal)
            throws Exception {
        IntegrationOptions options = options(method, azimuthal);
        options.setRadialRange("0.05,0.4");
        Plan plan = Integrations.plan(poni(), options, NumberType.FLOAT32, new BitSet());
        Poni unturned = poni();
        Poni turned = new Poni(
                unturned.file(),
                unturned.distance(),
                unturned.poni1(),
                unturned.poni2(),
                0,
                0,
                0,
                unturned.wavelength(),
                unturned.detector().oriented(1));
        float[] frame = random(3);
        float[] backwards = new float[frame.length];
        for (int i = 0; i < frame.length; i++) {
            backwards[i] = frame[frame.length - 1 - i];
        }
        double[] expected = Integrations.intensity(Integrations.sums(backend, plan, NumberType.FLOAT32, block(frame))
                .get(0));
        Plan other = Integrations.plan(turned, options, NumberType.FLOAT32, new BitSet());
        double[] actual = Integrations.intensity(Integrations.sums(backend, other, NumberType.FLOAT32, block(backwards))
                .get(0));
        assertClose(actual, expected, 1e-5);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatDoesNotCountIsAsIfItWereMasked(String backend, String method, boolean azimuthal) throws Exception {
        IntegrationOptions options = options(method, azimuthal);
        options.setErrorModel("poisson");
        // else the axes would depend on the mask
        options.setRadialRange("0.02,0.5");
        options.setAzimuthRange("-180,180");
        options.setDummy(-2.0);
        options.setDeltaDummy(0.5);
        options.setSaturation(5000.0);
        float[][] frames = new float[9][];
        BitSet[] masks = new BitSet[frames.length];
        float[] bad = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 5000, 1e30f, -2, -2.4f};
        Random random = new Random(4);
        for (int i = 0; i < frames.length; i++) {
            frames[i] = random(5 + i);
            masks[i] = new BitSet();
            // the first frame is not the best one
            for (int j = 0; j < (i == 3 ? 0 : 200 * (i + 1)); j++) {
                int pixel = random.nextInt(frames[i].length);
                frames[i][pixel] = bad[random.nextInt(bad.length)];
                masks[i].set(pixel);
            }
        }
        Plan plan = Integrations.plan(poni(), options, NumberType.FLOAT32, new BitSet());
        List<Sums> sums = Integrations.sums(
                backend,
                plan,
                NumberType.FLOAT32,
                Integrations.floats(0, ROWS, COLUMNS, Arrays.copyOf(frames, 5)),
                Integrations.floats(5, ROWS, COLUMNS, Arrays.copyOfRange(frames, 5, frames.length)));
        assertThat(sums).hasSize(frames.length);
        for (int i = 0; i < frames.length; i++) {
            Plan masked = Integrations.plan(poni(), options, NumberType.FLOAT32, masks[i]);
            Sums expected = Integrations.sums("java", masked, NumberType.FLOAT32, block(frames[i]))
                    .get(0);
            assertClose(Integrations.intensity(sums.get(i)), Integrations.intensity(expected), 1e-6);
            assertClose(Integrations.deviation(sums.get(i)), Integrations.deviation(expected), 1e-6);
            assertClose(sums.get(i).count(), expected.count(), 1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aFrameWithoutAnyValidPixelIsEmpty(String backend) throws Exception {
        Plan plan = Integrations.plan(poni(), options("bbox", false), NumberType.FLOAT32, new BitSet());
        float[] nothing = new float[ROWS * COLUMNS];
        Arrays.fill(nothing, Float.NaN);
        List<Sums> sums = Integrations.sums(backend, plan, NumberType.FLOAT32, block(random(1), nothing, random(1)));
        assertThat(sums.get(1).count()).containsOnly(0.0);
        assertThat(Integrations.intensity(sums.get(1))).containsOnly(Double.NaN);
        assertClose(Integrations.intensity(sums.get(2)), Integrations.intensity(sums.get(0)), 1e-12);
        // and the same where the first frame is the empty one
        sums = Integrations.sums(backend, plan, NumberType.FLOAT32, block(nothing, random(1)));
        assertThat(sums.get(0).count()).containsOnly(0.0);
        assertClose(
                Integrations.intensity(sums.get(1)),
                Integrations.intensity(Integrations.sums(backend, plan, NumberType.FLOAT32, block(random(1)))
                        .get(0)),
                1e-12);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void everyTypeOfNumberIsRead(String backend) throws Exception {
        for (NumberType type : NumberType.values()) {
            Plan plan = Integrations.plan(poni(), options("full", false), type, new BitSet());
            int[] values = new Random(8).ints(3L * ROWS * COLUMNS, 0, 120).toArray();
            ByteBuffer stored =
                    ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            float[][] floats = new float[3][ROWS * COLUMNS];
            for (int i = 0; i < values.length; i++) {
                floats[i / (ROWS * COLUMNS)][i % (ROWS * COLUMNS)] = values[i];
                switch (type) {
                    case INT8, UINT8 -> stored.put((byte) values[i]);
                    case INT16, UINT16 -> stored.putShort((short) values[i]);
                    case INT32, UINT32 -> stored.putInt(values[i]);
                    case INT64, UINT64 -> stored.putLong(values[i]);
                    case FLOAT32 -> stored.putFloat(values[i]);
                    case FLOAT64 -> stored.putDouble(values[i]);
                }
            }
            List<Sums> sums =
                    Integrations.sums(backend, plan, type, new FrameBlock(0, 3, ROWS, COLUMNS, type, stored.flip()));
            List<Sums> expected = Integrations.sums("java", plan, NumberType.FLOAT32, block(floats));
            for (int i = 0; i < 3; i++) {
                assertClose(Integrations.intensity(sums.get(i)), Integrations.intensity(expected.get(i)), 1e-6);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theLargestValueOfAnUnsignedTypeDoesNotCount(String backend) throws Exception {
        Plan plan = Integrations.plan(poni(), options("no", false), NumberType.UINT16, new BitSet());
        ByteBuffer stored = ByteBuffer.allocate(2 * ROWS * COLUMNS).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ROWS * COLUMNS; i++) {
            stored.putShort((short) (i % 7 == 0 ? 0xffff : 0x8000));
        }
        Sums sums = Integrations.sums(
                        backend,
                        plan,
                        NumberType.UINT16,
                        new FrameBlock(0, 1, ROWS, COLUMNS, NumberType.UINT16, stored.flip()))
                .get(0);
        assertThat(Arrays.stream(sums.count()).sum()).isEqualTo(ROWS * COLUMNS - (ROWS * COLUMNS + 6) / 7);
        assertThat(Arrays.stream(sums.signal()).sum())
                .isCloseTo(32768.0 * Arrays.stream(sums.count()).sum(), within(1.0));
    }

    @ParameterizedTest
    @MethodSource("backends")
    void clippingTakesOutliersAwayAndNothingElse(String backend) throws Exception {
        IntegrationOptions options = options("no", false);
        options.setCorrectSolidAngle(false);
        options.setNpt(12);
        options.setThresh(4);
        float[] even = new float[ROWS * COLUMNS];
        Random random = new Random(11);
        for (int i = 0; i < even.length; i++) {
            even[i] = 100 + (float) (random.nextGaussian() * 2);
        }
        float[] spotted = even.clone();
        for (int i = 5; i < spotted.length; i += 97) {
            spotted[i] = 1000;
        }
        Plan plan = Integrations.plan(poni(), options, NumberType.FLOAT32, new BitSet());
        List<Sums> sums = Integrations.sums(backend, plan, NumberType.FLOAT32, block(even, spotted));
        double[] clean = Integrations.intensity(sums.get(0));
        double[] cleaned = Integrations.intensity(sums.get(1));
        for (int i = 1; i < clean.length; i++) {
            assertThat(clean[i]).isCloseTo(100, within(1.0));
            assertThat(cleaned[i]).isCloseTo(clean[i], within(0.2));
        }
        double lost = Arrays.stream(sums.get(0).count()).sum()
                - Arrays.stream(sums.get(1).count()).sum();
        assertThat(lost).isBetween(45.0, 60.0);
    }

    @Test
    void orientationsAndShapesThatDoNotFitAreRefused() {
        IntegrationOptions options = options("no", false);
        BitSet all = new BitSet();
        all.set(0, ROWS * COLUMNS);
        assertThatThrownBy(() -> Integrations.plan(poni(), options, NumberType.UINT16, all))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("all 61 x 83 pixels are masked");
        options.setRadialRange("7,8");
        assertThatThrownBy(() -> Integrations.plan(poni(), options, NumberType.UINT16, new BitSet()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("radialRange=7,8 (q_A^-1)");
        assertThatThrownBy(() -> new Planner(options("no", false), poni(), "scan.h5:/data")
                        .plan(
                                10,
                                20,
                                NumberType.UINT16,
                                new BitSet(),
                                null,
                                null,
                                org.lightpipe.gpu.device.TestDevices.threads()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("scan.h5:/data has frames of 10 x 20 pixels, but made.poni is for Detector with 61 x 83"
                        + " (rows x columns); give the geometry of this detector and its binning, or another dataset");
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertRefused("npt is 0", options -> options.setNpt(0));
        assertRefused("unit is q; it may be q_A^-1", options -> options.setUnit("q"));
        assertRefused("method is pseudo; it may be no, bbox, full", options -> options.setMethod("pseudo"));
        assertRefused("radialRange is 3,1", options -> options.setRadialRange("3,1"));
        assertRefused("radialRange is 3; two numbers", options -> options.setRadialRange("3"));
        assertRefused("azimuthRange is 0,400", options -> options.setAzimuthRange("0,400"));
        assertRefused("polarizationFactor is 1.5", options -> options.setPolarizationFactor(1.5));
        assertRefused("normalizationFactor is 0.0", options -> options.setNormalizationFactor(0));
        assertRefused("deltaDummy is 1.0", options -> options.setDeltaDummy(1.0));
        assertRefused("thresh is -1.0", options -> options.setThresh(-1));
        assertRefused("errorModel is gauss", options -> options.setErrorModel("gauss"));
    }

    private static void assertRefused(String words, java.util.function.Consumer<IntegrationOptions> change) {
        IntegrationOptions options = Integrations.options();
        change.accept(options);
        assertThatThrownBy(() -> new AzimuthalIntegration().check(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }
}
