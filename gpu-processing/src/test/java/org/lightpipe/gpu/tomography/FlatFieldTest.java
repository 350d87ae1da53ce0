package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FlatFieldTest {

    private static final int ROWS = 8;
    private static final int COLUMNS = 46;

    /** A file of NumPy with 32-bit integers. */
    private static float[] integers(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(References.path("tomopy_golden/" + name + ".npy"));
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        data.position(10 + Short.toUnsignedInt(data.getShort(8)));
        float[] values = new float[data.remaining() / 4];
        for (int i = 0; i < values.length; i++) {
            values[i] = data.getInt();
        }
        return values;
    }

    /** Of two frames. */
    private static float[] mean(float[] frames) {
        float[] mean = new float[frames.length / 2];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (frames[i] + frames[mean.length + i]) / 2;
        }
        return mean;
    }

    @Test
    void transmissionEqualsTomopys() throws Exception {
        float[] values = integers("tomo");
        double[] expected = References.numpy("normalize");
        FlatField field = new FlatField(mean(integers("flat")), mean(integers("dark")), 1, COLUMNS);
        for (int line = 0; line < 16 * ROWS; line++) {
            assertThat(field.transmission(values, line * COLUMNS, line % ROWS)).isZero();
        }
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i]).isCloseTo(expected[i], within(1e-6));
        }
    }

    @Provide
    Arbitrary<float[]> counts() {
        return Arbitraries.floats().between(200, 60_000).array(float[].class).ofSize(17);
    }

    @Property(tries = 100)
    void theBeamItselfHasNoAttenuation(
            @ForAll("counts") float[] beam, @ForAll @FloatRange(min = 0, max = 100) float background) {
        float[] dark = new float[beam.length];
        Arrays.fill(dark, background);
        float[] values = beam.clone();
        assertThat(new FlatField(beam, dark, 1, beam.length).transmission(values, 0, 0))
                .isZero();
        FlatField.attenuation(values, 0, values.length);
        for (float value : values) {
            assertThat(value).isCloseTo(0, within(1e-6f));
        }
    }

    @Property(tries = 100)
    void aFactorOfAllCountsChangesNothing(
            @ForAll("counts") float[] counts, @ForAll @FloatRange(min = 0.1f, max = 10) float factor) {
        float[] white = new float[counts.length];
        float[] dark = new float[counts.length];
        Arrays.fill(white, 50_000);
        Arrays.fill(dark, 100);
        float[] values = counts.clone();
        new FlatField(white, dark, 1, counts.length).transmission(values, 0, 0);
        float[] scaled = new float[counts.length];
        for (int i = 0; i < counts.length; i++) {
            scaled[i] = factor * counts[i];
            white[i] *= factor;
            dark[i] *= factor;
        }
        new FlatField(white, dark, 1, counts.length).transmission(scaled, 0, 0);
        for (int i = 0; i < counts.length; i++) {
            assertThat(scaled[i]).isCloseTo(values[i], within(1e-4f));
        }
    }

    @Example
    void theExposureOfTheBeamCounts() {
        float[] values = {600};
        new FlatField(new float[] {2000}, new float[] {100}, 2, 1).transmission(values, 0, 0);
        assertThat(values[0]).isCloseTo(500f / 900f, within(1e-6f));
    }

    @Example
    void gapsAreBridgedByAStraightLine() {
        float nan = Float.NaN;
        float[] row = {7, nan, 1, nan, Float.POSITIVE_INFINITY, 4, nan, 7};
        assertThat(FlatField.fillGaps(row, 1, 6)).isEqualTo(4);
        assertThat(row).containsExactly(new float[] {7, 1, 1, 2, 3, 4, 4, 7}, within(1e-6f));
        float[] lost = {nan, nan};
        assertThat(FlatField.fillGaps(lost, 0, 2)).isEqualTo(2);
        assertThat(lost).containsExactly(1, 1);
    }

    @Property(tries = 200)
    void whatIsANumberStaysAsItIs(@ForAll @Size(min = 1, max = 20) float[] row) {
        float[] filled = row.clone();
        int replaced = FlatField.fillGaps(filled, 0, row.length);
        int gaps = 0;
        for (int i = 0; i < row.length; i++) {
            if (Float.isFinite(row[i])) {
                assertThat(filled[i]).isEqualTo(row[i]);
            } else {
                gaps++;
                assertThat(filled[i]).isFinite();
            }
        }
        assertThat(replaced).isEqualTo(gaps);
    }

    @Example
    void darkerThanDarkCountsAsNoAttenuation() {
        float[] values = {90, 100, 150};
        new FlatField(new float[] {200, 100, 200}, new float[] {100, 100, 100}, 1, 3).transmission(values, 0, 0);
        FlatField.attenuation(values, 0, 3);
        assertThat(values).containsExactly(new float[] {0, 0, (float) Math.log(2)}, within(1e-6f));
    }

    @Example
    void saysHowMuchIsIlluminated() {
        float[] dark = {100, 100, 100, 100};
        assertThat(new FlatField(new float[] {200, 100, 50, Float.NaN}, dark, 1, 4).illuminated())
                .isEqualTo(0.25);
    }
}
