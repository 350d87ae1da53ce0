package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.gpu.technique.Preview.Curve;
import org.lightpipe.gpu.technique.Preview.Plot;

class PlotImageTest {

    @TempDir
    Path directory;

    private BufferedImage draw(boolean logarithmic, List<Curve> curves) throws Exception {
        Path png = directory.resolve("plot.png");
        PlotImage.write(new Plot("Title", "x (s)", "y", logarithmic, logarithmic, curves), png);
        return ImageIO.read(png.toFile());
    }

    /** The colours that are neither grey nor white: those of curves. */
    private static Set<Integer> colours(BufferedImage image) {
        Set<Integer> colours = new HashSet<>();
        for (int row = 0; row < image.getHeight(); row++) {
            for (int column = 0; column < image.getWidth(); column++) {
                int rgb = image.getRGB(column, row);
                int red = rgb >> 16 & 0xff;
                int green = rgb >> 8 & 0xff;
                int blue = rgb & 0xff;
                if (Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue)) > 60) {
                    colours.add(rgb);
                }
            }
        }
        return colours;
    }

    private static Curve curve(String name, double... values) {
        return new Curve(
                name, IntStream.range(1, values.length + 1).asDoubleStream().toArray(), values);
    }

    @Test
    void everyCurveIsSeen() throws Exception {
        List<Curve> curves = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 16; i++) {
            curves.add(curve("curve " + i, i, i + 1, i));
            Set<Integer> now = colours(draw(false, List.of(curves.get(0), curves.get(i))));
            seen.addAll(now);
            assertThat(now).as("curve %d", i).isNotEmpty();
        }
        assertThat(colours(draw(false, curves)).size()).isGreaterThanOrEqualTo(16);
        assertThat(colours(draw(false, List.of()))).isEmpty();
    }

    @Test
    void valuesThatHaveNoPlaceAreLeftOut() throws Exception {
        Curve broken = curve("", Double.NaN, 1, Double.POSITIVE_INFINITY, -1, 0, 2);
        assertThat(colours(draw(true, List.of(broken)))).isNotEmpty();
        assertThat(colours(draw(true, List.of(curve("", -1, 0, Double.NaN))))).isEmpty();
        assertThat(colours(draw(false, List.of(curve("", Double.NaN))))).isEmpty();
    }

    @Test
    void extremeCurvesAreDrawnTheSame() throws Exception {
        assertThat(draw(false, List.of(curve("", 5, 5, 5)))).isNotNull();
        assertThat(draw(true, List.of(curve("", 5, 5, 5)))).isNotNull();
        assertThat(draw(false, List.of(curve("", -Double.MAX_VALUE, Double.MAX_VALUE))))
                .isNotNull();
        assertThat(draw(true, List.of(curve("", Double.MIN_VALUE, Double.MAX_VALUE))))
                .isNotNull();
        assertThat(draw(false, List.of(curve("", 0, 0)))).isNotNull();
        assertThat(draw(false, List.of(curve("", 1e-320, 2e-320)))).isNotNull();
        assertThat(draw(false, List.of(new Curve("many", new double[100_000], new double[100_000]))))
                .isNotNull();
        assertThat(draw(false, List.of(new Curve("uneven", new double[3], new double[2]))))
                .isNotNull();
    }

    @Test
    void anAxisLeadsFromItsBeginningToItsEnd() {
        for (boolean logarithmic : new boolean[] {false, true}) {
            PlotAxis axis = new PlotAxis(logarithmic, 1, 100, 50, 250);
            assertThat(axis.at(1)).isEqualTo(50);
            assertThat(axis.at(100)).isEqualTo(250);
            assertThat(axis.at(10)).isBetween(50.0, 250.0);
        }
        assertThat(new PlotAxis(true, 1, 100, 50, 250).at(10)).isEqualTo(150);
    }

    @ParameterizedTest
    @CsvSource({
        "false,0,1",
        "false,-3,1000",
        "false,0.1,0.1003",
        "true,1e-9,1e9",
        "true,1,4",
        "true,3,40",
        "false,-5e8,-4e8"
    })
    void ticksAreFewAndWithinTheAxis(boolean logarithmic, double low, double high) {
        PlotAxis axis = new PlotAxis(logarithmic, low, high, 0, 1);
        assertThat(axis.ticks())
                .hasSizeBetween(2, 12)
                .allMatch(tick -> tick >= low * (low < 0 ? 1.001 : 0.999) && tick <= high * (high < 0 ? 0.999 : 1.001));
        assertThat(axis.ticks()).doesNotHaveDuplicates();
    }

    @Test
    void numbersAreShort() {
        assertThat(Arrays.stream(new double[] {0, 1, 0.5, -2, 100, 0.001, 1e-5, 2.5e7, 12345})
                        .mapToObj(PlotAxis::text))
                .containsExactly("0", "1", "0.5", "-2", "100", "0.001", "1e-5", "2.5e7", "12345");
    }

    @Test
    void anAxisHasRoomForAllThatItShows() {
        PlotAxis axis = PlotAxis.around(DoubleStream.of(3, Double.NaN, -7, 4), false, 0, 1);
        assertThat(axis.low()).isLessThan(-7);
        assertThat(axis.high()).isGreaterThan(4);
        PlotAxis log = PlotAxis.around(DoubleStream.of(3, -7, 0, 400), true, 0, 1);
        assertThat(log.low()).isBetween(2.0, 3.0);
        assertThat(log.high()).isBetween(400.0, 500.0);
    }
}
