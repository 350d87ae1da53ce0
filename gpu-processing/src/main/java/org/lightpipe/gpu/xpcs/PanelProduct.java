package org.lightpipe.gpu.xpcs;

import java.io.IOException;

/** Sums of products of time series: one block of times against later ones. */
interface PanelProduct extends AutoCloseable {

    /**
     * Begins a panel of zeros.
     *
     * @param rows times of the one block
     * @param columns times of all blocks that follow, itself included
     */
    void begin(int rows, int columns) throws IOException;

    /**
     * Adds {@code Σ_p a[p][i]·b[p][j]} to the element (i, column + j).
     *
     * @param a {@code [pixel][time]}, of the one block
     * @param b {@code [pixel][time]}, of a block that begins at the column; the same array as a where it is the one
     */
    void add(float[][] a, float[][] b, int column) throws IOException, InterruptedException;

    /** @return the panel {@code [row][column]}; valid until the next one begins */
    double[][] end() throws IOException;

    /** @return how many pixels it likes to get at once */
    int pixelsAtOnce();

    @Override
    void close();
}
