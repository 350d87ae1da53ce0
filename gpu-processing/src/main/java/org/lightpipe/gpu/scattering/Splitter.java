package org.lightpipe.gpu.scattering;

/** Says for which bins a pixel counts, and how much. Used by one thread. */
interface Splitter {

    /**
     * Adds the entries of one pixel.
     *
     * @param row where the pixel is
     * @param column which pixel of the row
     */
    void split(PixelRow row, int column, Entries into);

    /** @return a new splitter for one thread */
    static Splitter of(Splitting splitting, Grid grid) {
        return switch (splitting) {
            case NO -> new MiddleSplitter(grid);
            case BBOX -> new BoxSplitter(grid);
            case FULL -> new CornerSplitter(grid);
        };
    }
}
