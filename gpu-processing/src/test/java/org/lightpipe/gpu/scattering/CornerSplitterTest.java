package org.lightpipe.gpu.scattering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.lightpipe.gpu.device.TestDevices;

/** Full splitting against polygons that are cut in another way: side by side of each bin (Sutherland and Hodgman). */
class CornerSplitterTest {

    private static final int ROWS = 9;
    private static final int COLUMNS = 11;

    @Property(tries = 60)
    void weightsAreTheAreasOfCutPolygons(
            @ForAll @DoubleRange(min = -6, max = 15) double beamRow,
            @ForAll @DoubleRange(min = -6, max = 17) double beamColumn,
            @ForAll @DoubleRange(min = -0.5, max = 0.5) double tilt,
            @ForAll @IntRange(min = 1, max = 25) int radialBins,
            @ForAll @IntRange(min = 1, max = 12) int azimuthBins)
            throws Exception {
        Poni flat = Integrations.poni(ROWS, COLUMNS, beamRow, beamColumn);
        Poni poni = new Poni(
                "made",
                flat.distance(),
                flat.poni1(),
                flat.poni2(),
                tilt * 1e-3,
                -tilt * 2e-3,
                tilt,
                flat.wavelength(),
                flat.detector());
        Geometry geometry = new Geometry(poni, RadialUnit.R_MM, ROWS, COLUMNS);
        Limits limits = Limits.of(geometry, Splitting.FULL, new BitSet(), true, TestDevices.threads());
        Grid grid = new Grid(
                limits.radial(radialBins),
                azimuthBins == 1 ? Optional.empty() : Optional.of(new Axis(-Math.PI, Math.PI, azimuthBins)),
                Optional.empty());
        SparseMatrix matrix = SparseMatrix.build(geometry, Splitting.FULL, grid, new BitSet(), TestDevices.threads());
        double[][] weights = new double[ROWS * COLUMNS][grid.bins()];
        for (Tile tile : matrix.tiles()) {
            for (int k = 0; k < tile.entries(); k++) {
                weights[tile.first() + tile.pixels()[k]][tile.bins()[k]] += tile.weight(k);
            }
        }
        PixelRow row = new PixelRow(geometry, true, true);
        for (int y = 0; y < ROWS; y++) {
            row.load(y);
            for (int x = 0; x < COLUMNS; x++) {
                List<double[]> polygon = polygon(row, x);
                if (polygon == null) {
                    continue;
                }
                double area = area(polygon);
                for (int bin = 0; bin < grid.bins(); bin++) {
                    double expected = cut(polygon, grid, bin) / area;
                    assertThat(weights[y * COLUMNS + x][bin])
                            .as("pixel " + y + ", " + x + ", bin " + bin)
                            .isCloseTo(expected, within(1e-6));
                }
            }
        }
    }

    /** The corners without a jump of the angle; null where the beam goes through the pixel. */
    private static List<double[]> polygon(PixelRow row, int column) {
        double[] radial = new double[4];
        double[] azimuth = new double[4];
        row.cornerRadials(column, radial);
        row.cornerAzimuths(column, azimuth);
        List<double[]> polygon = new ArrayList<>();
        double turns = 0;
        for (int i = 0; i < 4; i++) {
            double before = i == 0 ? azimuth[0] : polygon.get(i - 1)[1];
            double angle = azimuth[i] - 2 * Math.PI * Math.rint((azimuth[i] - before) / (2 * Math.PI));
            polygon.add(new double[] {radial[i], angle});
        }
        turns = Math.abs(polygon.get(3)[1] - polygon.get(0)[1]);
        return turns > Math.PI ? null : polygon;
    }

    private static double cut(List<double[]> polygon, Grid grid, int bin) {
        Axis radial = grid.radial();
        int i = bin % radial.bins();
        double left = radial.min() + i * radial.width();
        double area = 0;
        for (int turn = -1; turn <= 1; turn++) {
            List<double[]> piece = polygon;
            piece = side(piece, 0, left, 1);
            piece = side(piece, 0, left + radial.width(), -1);
            if (grid.azimuth().isPresent()) {
                Axis azimuth = grid.azimuth().get();
                double low = azimuth.min() + bin / radial.bins() * azimuth.width() + turn * 2 * Math.PI;
                piece = side(piece, 1, low, 1);
                piece = side(piece, 1, low + azimuth.width(), -1);
            } else if (turn != 0) {
                continue;
            }
            area += area(piece);
        }
        return area;
    }

    private static List<double[]> side(List<double[]> polygon, int axis, double at, int sign) {
        List<double[]> kept = new ArrayList<>();
        for (int i = 0; i < polygon.size(); i++) {
            double[] from = polygon.get((i + polygon.size() - 1) % polygon.size());
            double[] to = polygon.get(i);
            boolean fromIn = sign * (from[axis] - at) >= 0;
            boolean toIn = sign * (to[axis] - at) >= 0;
            if (fromIn != toIn) {
                double part = (at - from[axis]) / (to[axis] - from[axis]);
                kept.add(new double[] {from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])});
            }
            if (toIn) {
                kept.add(to);
            }
        }
        return kept;
    }

    private static double area(List<double[]> polygon) {
        double twice = 0;
        for (int i = 0; i < polygon.size(); i++) {
            double[] one = polygon.get(i);
            double[] next = polygon.get((i + 1) % polygon.size());
            twice += one[0] * next[1] - next[0] * one[1];
        }
        return Math.abs(twice) / 2;
    }
}
