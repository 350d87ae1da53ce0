package org.lightpipe.gpu.scattering;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;

/**
 * Which pixel counts how much for which bin, computed once and applied to every frame. Ordered by pixels, in tiles: the
 * product with a frame reads the frame once from beginning to end, and adds to bins that stay in the nearest memory.
 *
 * @param pixels of a frame
 * @param bins of the result
 * @param tiles in the order of their pixels, all of them
 */
record SparseMatrix(int pixels, int bins, List<Tile> tiles) {

    /** As many pixels as fit the second nearest memory of a core, four frames of them as floats beside their entries. */
    private static final int TILE_PIXELS = 8192;

    /** Pixels of a tile are numbered by characters. */
    private static final int MOST_COLUMNS = 65536;

    /**
     * @param mask the pixels that never count
     * @throws InvalidInputException if the matrix does not fit the memory
     */
    static SparseMatrix build(Geometry geometry, Splitting splitting, Grid grid, BitSet mask, WorkPool threads)
            throws InvalidInputException, InterruptedException {
        int columns = geometry.columns();
        if (columns > MOST_COLUMNS) {
            throw new InvalidInputException("frames of " + columns + " columns are too wide: " + MOST_COLUMNS
                    + " are the most that integrate takes");
        }
        int rowsPerTile = Math.max(1, TILE_PIXELS / columns);
        int count = (geometry.rows() + rowsPerTile - 1) / rowsPerTile;
        Tile[] tiles = new Tile[count];
        long most = Memory.share(2);
        AtomicLong bytes = new AtomicLong();
        boolean angles = splitting == Splitting.FULL
                || grid.azimuth().isPresent()
                || grid.sector().isPresent();
        threads.forEach(count, (from, to) -> {
            PixelRow row = new PixelRow(geometry, splitting != Splitting.NO, angles);
            Splitter splitter = Splitter.of(splitting, grid);
            Entries entries = new Entries(splitting != Splitting.NO);
            for (int i = from; i < to && bytes.get() <= most; i++) {
                int firstRow = i * rowsPerTile;
                int rows = Math.min(rowsPerTile, geometry.rows() - firstRow);
                for (int y = 0; y < rows; y++) {
                    row.load(firstRow + y);
                    for (int x = 0; x < columns; x++) {
                        if (!mask.get((firstRow + y) * columns + x)) {
                            entries.begin(y * columns + x);
                            splitter.split(row, x, entries);
                        }
                    }
                }
                tiles[i] = entries.tile(firstRow * columns, rows * columns);
                bytes.addAndGet(tiles[i].bytes());
            }
        });
        if (bytes.get() > most) {
            throw new InvalidInputException("the table of pixels and bins of frames of " + geometry.rows() + " x "
                    + columns + " pixels needs more than " + Memory.text(most)
                    + " of memory; use method=no, which needs least, or start this process with a larger -Xmx");
        }
        return new SparseMatrix(geometry.rows() * columns, grid.bins(), List.of(tiles));
    }

    long entries() {
        return tiles.stream().mapToLong(Tile::entries).sum();
    }

    long bytes() {
        return tiles.stream().mapToLong(Tile::bytes).sum();
    }

    /** The tile in which a pixel is; all tiles but the last have equally many. */
    Tile tileOf(int pixel) {
        return tiles.get(pixel / tiles.get(0).count());
    }
}
