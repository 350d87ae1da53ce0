package org.lightpipe.gpu.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.Reduced;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.hdf5.Hdf5Writer;

class FrameCorrectionTest {

    private static final int FRAMES = 5;
    private static final int ROWS = 6;
    private static final int COLUMNS = 8;
    private static final int PIXELS = ROWS * COLUMNS;

    @TempDir
    Path directory;

    private Path input;
    private double[] raw;
    private float[] dark;
    private float[] flat;

    @BeforeEach
    void write() throws Exception {
        Random random = new Random(5);
        raw = random.ints(FRAMES * PIXELS, 10, 200).asDoubleStream().toArray();
        dark = new float[PIXELS];
        flat = new float[PIXELS];
        byte[][] mask = new byte[ROWS][COLUMNS];
        mask[2][3] = 1;
        for (int i = 0; i < PIXELS; i++) {
            dark[i] = random.nextInt(8);
            flat[i] = i == 40 ? 0 : 0.5f + random.nextFloat();
        }
        // saturated in one frame
        raw[PIXELS + 9] = 65535;
        input = directory.resolve("raw.h5");
        try (Hdf5Writer file = Hdf5Writer.create(input)) {
            file.dataset("/entry/data/data", NumberType.UINT16, FRAMES, ROWS, COLUMNS)
                    .write(raw, 0, raw.length);
            file.dataset("/dark", NumberType.FLOAT32, 1, ROWS, COLUMNS).write(dark, 0, PIXELS);
            file.dataset("/flat", NumberType.FLOAT32, ROWS, COLUMNS).write(flat, 0, PIXELS);
            file.dataset("/mask", mask, "");
            file.dataset("/small", new float[2][2], "");
        }
    }

    private static CorrectionOptions options() {
        CorrectionOptions options = new CorrectionOptions();
        options.setDark(":/dark");
        options.setFlat(":/flat");
        options.setMask(":/mask");
        return options;
    }

    private Reduced run(String backend, CorrectionOptions options) throws Exception {
        return Stacks.run(new FrameCorrection(), options, backend, input, directory.resolve("results"));
    }

    private double corrected(int frame, int row, int column) {
        int pixel = row * COLUMNS + column;
        boolean counts = pixel != 2 * COLUMNS + 3 && flat[pixel] > 0 && raw[frame * PIXELS + pixel] < 65535;
        return counts ? (raw[frame * PIXELS + pixel] - dark[pixel]) / flat[pixel] : Double.NaN;
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.frames.Stacks#backends")
    void eachPixelIsCorrected(String backend) throws Exception {
        Reduced reduced = run(backend, options());
        double[] data = Stacks.read(reduced.result(), "/entry/data/data");
        assertThat(data).hasSize(FRAMES * PIXELS);
        for (int i = 0; i < data.length; i++) {
            double expected = corrected(i / PIXELS, i % PIXELS / COLUMNS, i % COLUMNS);
            if (Double.isNaN(expected)) {
                assertThat(data[i]).isNaN();
            } else {
                assertThat(data[i]).isCloseTo(expected, within(1e-4));
            }
        }
        assertThat((double) reduced.summary().metrics().get("invalid_fraction"))
                .isCloseTo((2.0 * FRAMES + 1) / FRAMES / PIXELS, within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.frames.Stacks#backends")
    void aRegionIsBinned(String backend) throws Exception {
        CorrectionOptions options = options();
        options.setRoi("1:6,1:8");
        options.setBinning(2);
        double[] sums = Stacks.read(run(backend, options).result(), "/entry/data/data");
        options.setBinningMode("mean");
        double[] means = Stacks.read(run(backend, options).result(), "/entry/data/data");
        assertThat(sums).hasSize(FRAMES * 2 * 3);
        for (int i = 0; i < sums.length; i++) {
            double sum = 0;
            int known = 0;
            for (int j = 0; j < 4; j++) {
                double value = corrected(i / 6, 1 + 2 * (i % 6 / 3) + j / 2, 1 + 2 * (i % 3) + j % 2);
                if (!Double.isNaN(value)) {
                    sum += value;
                    known++;
                }
            }
            assertThat(means[i]).isCloseTo(sum / known, within(1e-3));
            assertThat(sums[i]).isCloseTo(4 * sum / known, within(1e-3));
        }
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.frames.Stacks#backends")
    void whatDoesNotCountIsFilled(String backend) throws Exception {
        CorrectionOptions options = options();
        options.setFill("zero");
        double[] zeros = Stacks.read(run(backend, options).result(), "/entry/data/data");
        assertThat(zeros[2 * COLUMNS + 3]).isZero();
        options.setFill("median");
        double[] medians = Stacks.read(run(backend, options).result(), "/entry/data/data");
        double[] around = new double[8];
        int known = 0;
        for (int y = 1; y <= 3; y++) {
            for (int x = 2; x <= 4; x++) {
                if (y != 2 || x != 3) {
                    around[known++] = corrected(0, y, x);
                }
            }
        }
        java.util.Arrays.sort(around);
        assertThat(medians[2 * COLUMNS + 3]).isCloseTo((around[3] + around[4]) / 2, within(1e-4));
        // in the first column there are five neighbours
        double[] edge = {corrected(0, 4, 0), corrected(0, 4, 1), corrected(0, 5, 1), Double.MAX_VALUE, Double.MAX_VALUE
        };
        java.util.Arrays.sort(edge);
        assertThat(medians[5 * COLUMNS]).isCloseTo(edge[1], within(1e-4));
    }

    @Test
    void whatDoesNotFitIsRefusedWithWords() {
        CorrectionOptions region = options();
        region.setRoi("0:7,0:8");
        assertRefused(region, "roi=0:7,0:8 is not within frames of 6 x 8 pixels");
        CorrectionOptions shape = options();
        shape.setDark(":/small");
        assertRefused(shape, "raw.h5:/small (option dark) has 2 x 2 pixels, but the frames have 6 x 8");
        CorrectionOptions binning = options();
        binning.setBinning(7);
        assertRefused(binning, "binning=7 is more than the 6 x 8 pixels");
        CorrectionOptions wrong = options();
        wrong.setRoi("all");
        assertThatThrownBy(() -> new FrameCorrection().check(wrong)).hasMessageContaining("roi is all");
        CorrectionOptions fill = options();
        fill.setFill("mean");
        assertThatThrownBy(() -> new FrameCorrection().check(fill))
                .hasMessageContaining("fill is mean; it may be median, nan, zero");
    }

    private void assertRefused(CorrectionOptions options, String words) {
        assertThatThrownBy(() -> run("java", options))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(words);
    }
}
