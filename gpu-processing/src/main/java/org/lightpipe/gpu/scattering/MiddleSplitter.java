package org.lightpipe.gpu.scattering;

/** No splitting: a pixel counts for the bin where its middle is. */
final class MiddleSplitter implements Splitter {

    private final Grid grid;
    private final Axis radial;
    private final Axis azimuth;

    MiddleSplitter(Grid grid) {
        this.grid = grid;
        radial = grid.radial();
        azimuth = grid.azimuth().orElse(null);
    }

    @Override
    public void split(PixelRow row, int column, Entries into) {
        int bin = (int) Math.floor(radial.position(row.radial(column)));
        if (bin < 0 || bin >= radial.bins()) {
            return;
        }
        if (grid.sector().isPresent() || azimuth != null) {
            double angle = Circle.near(row.azimuth(column), grid.middle());
            if (grid.sector().isPresent()) {
                Grid.Sector sector = grid.sector().get();
                if (angle < sector.from() || angle > sector.to()) {
                    return;
                }
            }
            if (azimuth != null) {
                int line = (int) Math.floor(azimuth.position(angle));
                if (line < 0 || line >= azimuth.bins()) {
                    return;
                }
                bin += line * radial.bins();
            }
        }
        into.add(bin, 1);
    }
}
