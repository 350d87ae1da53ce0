package org.lightpipe.gpu.scattering;

/**
 * Splitting by bounding box: from the middle of the pixel to its farthest corner in both directions of each axis. What
 * hangs over the end of an axis counts for its last bin, as in pyFAI.
 */
final class BoxSplitter implements Splitter {

    private final Grid grid;
    private final Axis radial;
    private final Axis azimuth;
    private final Span across;
    private final Span around;

    BoxSplitter(Grid grid) {
        this.grid = grid;
        radial = grid.radial();
        azimuth = grid.azimuth().orElse(null);
        across = new Span(radial.bins());
        around = azimuth == null ? null : new Span(azimuth.bins());
    }

    @Override
    public void split(PixelRow row, int column, Entries into) {
        double middle = row.radial(column);
        double reach = row.radialReach(column);
        if (!across.set(radial.position(middle - reach), radial.position(middle + reach))) {
            return;
        }
        if (grid.sector().isPresent() || azimuth != null) {
            double angle = Circle.near(row.azimuth(column), grid.middle());
            double turn = row.azimuthReach(column);
            if (grid.sector().isPresent()) {
                Grid.Sector sector = grid.sector().get();
                if (angle + turn < sector.from() || angle - turn > sector.to()) {
                    return;
                }
            }
            if (azimuth != null) {
                if (around.set(azimuth.position(angle - turn), azimuth.position(angle + turn))) {
                    addBlock(into);
                }
                return;
            }
        }
        for (int bin = across.first; bin <= across.last; bin++) {
            into.add(bin, across.part(bin));
        }
    }

    private void addBlock(Entries into) {
        for (int line = around.first; line <= around.last; line++) {
            double part = around.part(line);
            for (int bin = across.first; bin <= across.last; bin++) {
                into.add(line * radial.bins() + bin, part * across.part(bin));
            }
        }
    }

    /** A piece of an axis, in bins. */
    private static final class Span {

        private final int bins;
        private double from;
        private double to;
        private int first;
        private int last;

        Span(int bins) {
            this.bins = bins;
        }

        /** @return whether any of it is on the axis */
        boolean set(double begin, double end) {
            from = begin;
            to = end;
            first = Math.max(0, (int) Math.floor(begin));
            last = Math.min(bins - 1, (int) Math.floor(end));
            return end > 0 && begin < bins && first <= last;
        }

        /** The part of the piece that is in a bin, or beyond it where it is the last on the axis. */
        double part(int bin) {
            if (first == last) {
                return 1;
            }
            double left = bin == first ? from : bin;
            double right = bin == last ? to : bin + 1;
            return (right - left) / (to - from);
        }
    }
}
