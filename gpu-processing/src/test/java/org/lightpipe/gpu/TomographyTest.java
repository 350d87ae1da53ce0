package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TomographyTest {

    private static final int PROJECTIONS = 91;
    private static final int COLUMNS = 64;
    private static final double CENTER = 30.5;

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("scan.h5");
    }

    private static double[] degrees(int count) {
        double[] degrees = new double[count];
        for (int i = 0; i < count; i++) {
            degrees[i] = 180.0 * i / (count - 1);
        }
        return degrees;
    }

    /** Row 1 of 3 shows two disks through a beam of 10,000 counts over 100 dark counts; the other rows show nothing. */
    private static short[][][] counts() {
        double[] angles = new double[PROJECTIONS];
        for (int i = 0; i < PROJECTIONS; i++) {
            angles[i] = Math.toRadians(degrees(PROJECTIONS)[i]);
        }
        Sinogram sinogram = TestScans.twoDisks(angles, COLUMNS, CENTER);
        short[][][] counts = new short[PROJECTIONS][3][COLUMNS];
        for (int i = 0; i < PROJECTIONS; i++) {
            for (int x = 0; x < COLUMNS; x++) {
                counts[i][0][x] = 10_100;
                counts[i][1][x] = (short) (100 + Math.round(10_000 * Math.exp(-0.05 * sinogram.rows()[i][x])));
                counts[i][2][x] = 10_100;
            }
        }
        return counts;
    }

    private TechniqueResult run(Path path, TechniqueOptions options) throws Exception {
        return TestScans.onJava(backend -> new Tomography().run(path, options, backend));
    }

    private static TechniqueOptions options(OptionalDouble center, OptionalInt slice) {
        return new TechniqueOptions(FilterWindow.SHEPP, center, slice, "");
    }

    private Path scan(Object data, Object white, Object dark, double[] theta) {
        return TestScans.dataExchange(file(), data, white, dark, theta);
    }

    private static float[][][] white(int rows, int columns) {
        return TestScans.filled(4, rows, columns, 10_100);
    }

    private static float[][][] dark(int rows, int columns) {
        return TestScans.filled(4, rows, columns, 100);
    }

    @Test
    void reconstructsTheMiddleRowOfIntegersWithTheCentreItFinds() throws Exception {
        Path path = scan(counts(), white(3, COLUMNS), dark(3, COLUMNS), degrees(PROJECTIONS));
        TechniqueResult result = run(path, TechniqueOptions.defaults());
        assertThat((double) result.metrics().get("center")).isCloseTo(CENTER, within(0.25));
        assertThat(result.metrics()).containsEntry("slice", 1);
        float[][] slice = result.images().get(0).pixels();
        // the stronger disk is about (0.1, 0.05) columns from the axis
        int x = (int) (COLUMNS / 2 + 0.1 * COLUMNS);
        int y = (int) (COLUMNS - 1 - (COLUMNS / 2 + 0.05 * COLUMNS));
        assertThat((double) slice[y][x]).isCloseTo(0.05, within(0.003));
    }

    @Test
    void withoutThetaTheAnglesAreEvenFrom0To180() throws Exception {
        Tomography.Scan with = Tomography.read(
                scan(counts(), white(3, COLUMNS), dark(3, COLUMNS), degrees(PROJECTIONS)), TechniqueOptions.defaults());
        Files.delete(file());
        Tomography.Scan without =
                Tomography.read(scan(counts(), white(3, COLUMNS), dark(3, COLUMNS), null), TechniqueOptions.defaults());
        assertThat(without.sinogram().angles()).containsExactly(with.sinogram().angles(), within(1e-12));
        assertThat(without.thetaFrom()).isEqualTo("0 to 180 degrees");
    }

    @Test
    void aBeamWithNothingInItGivesNothing() throws Exception {
        Path path = scan(white(1, 16), white(1, 16), dark(1, 16), new double[] {0, 60, 120, 180});
        Tomography.Scan scan = Tomography.read(path, TechniqueOptions.defaults());
        assertThat(scan.sinogram().rows()).isDeepEqualTo(new float[4][16]);
        TechniqueResult result = run(path, options(OptionalDouble.of(8), OptionalInt.empty()));
        assertThat(result.images().get(0).pixels()).isDeepEqualTo(new float[16][16]);
        assertThatThrownBy(() -> run(path, TechniqueOptions.defaults()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("scan.h5")
                .hasMessageContaining("option center");
    }

    @Test
    void valuesThatAreNoNumbersAreBridgedAndCounted() throws Exception {
        float[][][] data = TestScans.filled(4, 1, 16, 5_100);
        data[2][0][7] = Float.NaN;
        data[2][0][8] = Float.POSITIVE_INFINITY;
        data[3][0][0] = Float.NaN;
        java.util.Arrays.fill(data[1][0], Float.NaN);
        float[][][] white = white(1, 16);
        white[1][0][3] = Float.NaN;
        Tomography.Scan scan = Tomography.read(scan(data, white, dark(1, 16), degrees(4)), TechniqueOptions.defaults());
        float half = (float) Math.log(2);
        assertThat(scan.replaced()).isEqualTo(19);
        assertThat(scan.sinogram().rows()[0]).containsOnly(half);
        assertThat(scan.sinogram().rows()[1]).containsOnly(0f);
        assertThat(scan.sinogram().rows()[2]).containsOnly(half);
        assertThat(scan.sinogram().rows()[3]).containsOnly(half);
    }

    @Test
    void gapsAreBridgedByAStraightLine() {
        double nan = Double.NaN;
        double[] row = {nan, 1, nan, nan, 4, nan};
        assertThat(Tomography.fillGaps(row)).isEqualTo(4);
        assertThat(row).containsExactly(new double[] {1, 1, 2, 3, 4, 4}, within(1e-12));
    }

    @Test
    void darkerThanDarkCountsAsNoAttenuation() {
        double[] transmission =
                Tomography.transmission(new double[] {90, 100}, new double[] {200, 100}, new double[] {100, 100});
        assertThat(Tomography.attenuation(transmission)).containsExactly(new double[2], within(0.0));
    }

    @Test
    void saysWhichDatasetIsMissing() {
        assertRefused(scan(null, white(1, 8), dark(1, 8), null), "scan.h5: /exchange/data is missing");
        assertRefused(scan(white(1, 8), null, dark(1, 8), null), "scan.h5: /exchange/data_white is missing");
        assertRefused(scan(white(1, 8), white(1, 8), null, null), "scan.h5: /exchange/data_dark is missing");
        assertRefused(
                TestScans.stack(file(), "/other", new int[2][2]),
                "scan.h5: /exchange/data is missing; a DataExchange scan has");
    }

    @Test
    void saysWhatDoesNotFit() {
        assertRefused(
                scan(white(1, 8), white(1, 8), dark(1, 8), degrees(3)),
                "scan.h5: /exchange/theta has 3 angles but /exchange/data has 4 projections");
        assertRefused(
                scan(white(1, 8), white(1, 8), dark(1, 8), new double[] {0, 1, Double.NaN, 3}),
                "/exchange/theta[2] is NaN");
        assertRefused(scan(new int[4][8], white(1, 8), dark(1, 8), null), "/exchange/data has 2 dimensions");
        assertRefused(
                scan(white(1, 8), white(1, 9), dark(1, 8), null),
                "/exchange/data_white has frames of 1 x 9 pixels, but /exchange/data of 1 x 8");
        assertRefused(scan(white(1, 8), white(1, 8), new int[8], null), "/exchange/data_dark has 1 dimensions");
        assertRefused(scan(white(1, 1), white(1, 1), dark(1, 1), null), "needs at least 2");
        assertRefused(scan("text", white(1, 8), dark(1, 8), null), "/exchange/data does not hold plain numbers");
    }

    @Test
    void saysWhichOptionsAreOutOfRange() {
        Path path = scan(white(2, 8), white(2, 8), dark(2, 8), null);
        assertThatThrownBy(() -> run(path, options(OptionalDouble.of(3), OptionalInt.of(2))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("scan.h5: slice=2, but /exchange/data has the rows 0 to 1");
        assertThatThrownBy(() -> run(path, options(OptionalDouble.of(7.5), OptionalInt.empty())))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("scan.h5: center=7.5 lies outside the columns 0 to 7");
        assertThatThrownBy(() -> run(path, options(OptionalDouble.of(Double.NaN), OptionalInt.empty())))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("center=NaN");
    }

    private void assertRefused(Path path, String message) {
        assertThatThrownBy(() -> run(path, options(OptionalDouble.of(3), OptionalInt.empty())))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
        assertThat(path.toFile().delete()).isTrue();
    }
}
