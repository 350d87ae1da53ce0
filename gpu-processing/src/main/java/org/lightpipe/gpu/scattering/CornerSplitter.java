package org.lightpipe.gpu.scattering;

/**
 * Full splitting: the four corners of a pixel make a polygon in the plane of radial coordinate and azimuth, and each bin
 * gets the part of its area that lies there. The areas are exact: by Green's theorem they are sums over the edges, and
 * along a straight edge the integral of a coordinate that is clamped to a bin has a closed form.
 */
final class CornerSplitter implements Splitter {

    private final Grid grid;
    private final Axis radial;
    private final Axis azimuth;
    private final double[] across = new double[7];
    private final double[] around = new double[7];
    /** Five corners, the last of which is the first again; seven where the polygon has to be closed at the beam. */
    private int corners;

    CornerSplitter(Grid grid) {
        this.grid = grid;
        radial = grid.radial();
        azimuth = grid.azimuth().orElse(null);
    }

    @Override
    public void split(PixelRow row, int column, Entries into) {
        load(row, column);
        double left = Double.POSITIVE_INFINITY;
        double right = Double.NEGATIVE_INFINITY;
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < corners; i++) {
            left = Math.min(left, across[i]);
            right = Math.max(right, across[i]);
            low = Math.min(low, around[i]);
            high = Math.max(high, around[i]);
        }
        int first = Math.max(0, (int) Math.floor(left));
        int last = Math.min(radial.bins() - 1, (int) Math.floor(right));
        if (first > last || !inSector(low, high)) {
            return;
        }
        if (azimuth == null) {
            splitAcross(first, last, left >= first && right <= first + 1, into);
            return;
        }
        double area = area();
        if (area == 0) {
            return;
        }
        // a polygon over the end of the circle goes on at its beginning
        for (int turn = -1; turn <= 1; turn++) {
            splitBoth(first, last, low + turn * Circle.TURN, high + turn * Circle.TURN, turn * Circle.TURN, area, into);
        }
    }

    /** Makes the polygon: in bins along the radial axis, in radians without a jump along the other. */
    private void load(PixelRow row, int column) {
        row.cornerRadials(column, across);
        row.cornerAzimuths(column, around);
        for (int i = 0; i < 4; i++) {
            across[i] = radial.position(across[i]);
        }
        for (int i = 1; i < 4; i++) {
            around[i] = near(around[i], around[i - 1]);
        }
        double shift = Math.rint((0.25 * (around[0] + around[1] + around[2] + around[3]) - grid.middle()) / Circle.TURN)
                * Circle.TURN;
        for (int i = 0; i < 4; i++) {
            around[i] -= shift;
        }
        across[4] = across[0];
        around[4] = near(around[0], around[3]);
        corners = 5;
        if (Math.abs(around[4] - around[0]) > Math.PI) {
            // the beam goes through this pixel: its corners run once around, and the inside ends at radius 0
            across[5] = radial.position(0);
            around[5] = around[4];
            across[6] = across[5];
            around[6] = around[0];
            corners = 7;
        }
    }

    private static double near(double angle, double other) {
        return angle - Math.rint((angle - other) / Circle.TURN) * Circle.TURN;
    }

    private boolean inSector(double low, double high) {
        if (grid.sector().isEmpty()) {
            return true;
        }
        Grid.Sector sector = grid.sector().get();
        return high >= sector.from() && low <= sector.to();
    }

    private void splitAcross(int first, int last, boolean inOneBin, Entries into) {
        if (inOneBin) {
            into.add(first, 1);
            return;
        }
        double area = area();
        if (area == 0) {
            return;
        }
        for (int bin = first; bin <= last; bin++) {
            double part = 0;
            for (int i = 0; i < corners; i++) {
                int next = i + 1 == corners ? 0 : i + 1;
                part += (around[next] - around[i]) * meanInUnit(across[i] - bin, across[next] - bin);
            }
            into.add(bin, part / area);
        }
    }

    /** @param offset is added to the angles of the polygon */
    private void splitBoth(int first, int last, double low, double high, double offset, double area, Entries into) {
        int bottom = Math.max(0, (int) Math.floor(azimuth.position(low)));
        int top = Math.min(azimuth.bins() - 1, (int) Math.floor(azimuth.position(high)));
        for (int line = bottom; line <= top; line++) {
            for (int bin = first; bin <= last; bin++) {
                into.add(line * radial.bins() + bin, areaInCell(bin, line, offset) / area * azimuth.width());
            }
        }
    }

    /** The area within one bin, in bins along both axes: ∮ of the clamped azimuth over the clamped radial coordinate. */
    private double areaInCell(int bin, int line, double offset) {
        double area = 0;
        for (int i = 0; i < corners; i++) {
            int next = i + 1 == corners ? 0 : i + 1;
            double left = across[i] - bin;
            double right = across[next] - bin;
            if (left == right || Math.max(left, right) <= 0 || Math.min(left, right) >= 1) {
                continue;
            }
            double low = azimuth.position(around[i] + offset) - line;
            double high = azimuth.position(around[next] + offset) - line;
            double slope = (high - low) / (right - left);
            double from = Math.min(1, Math.max(0, left));
            double to = Math.min(1, Math.max(0, right));
            area -= (to - from) * meanInUnit(low + (from - left) * slope, low + (to - left) * slope);
        }
        return area;
    }

    /** The area of the polygon, in bins times radians; negative where the corners run backwards. */
    private double area() {
        double area = 0;
        for (int i = 0; i < corners; i++) {
            int next = i + 1 == corners ? 0 : i + 1;
            area += (around[next] - around[i]) * 0.5 * (across[i] + across[next]);
        }
        return area;
    }

    /** The mean of a coordinate, clamped to 0 … 1, along a straight line between two values. */
    private static double meanInUnit(double from, double to) {
        if (from >= 0 && from <= 1 && to >= 0 && to <= 1) {
            return 0.5 * (from + to);
        }
        if (from <= 0 && to <= 0) {
            return 0;
        }
        if (from >= 1 && to >= 1) {
            return 1;
        }
        return (primitive(to) - primitive(from)) / (to - from);
    }

    /** The integral of a clamped coordinate from 0. */
    private static double primitive(double value) {
        if (value <= 0) {
            return 0;
        }
        return value < 1 ? 0.5 * value * value : value - 0.5;
    }
}
