package org.lightpipe.gpu.tomography;

import java.io.IOException;

/**
 * A whole scan that is written in one order and read in the other: sinograms {@code [row][projection][column]} or
 * projections {@code [projection][row][column]}. Used by one thread at a time.
 */
interface ProjectionStore extends AutoCloseable {

    /** Keeps a block; values as {@link #projections} gives them. */
    void putProjections(int first, int count, int firstRow, int height, float[] values) throws IOException;

    /** Keeps some rows of all projections; values as {@link #rows} gives them. */
    void putRows(int firstRow, int height, float[] values) throws IOException;

    /** @param into {@code [projection][row][column]} of a block */
    void projections(int first, int count, int firstRow, int height, float[] into) throws IOException;

    /** @param into {@code [row][projection][column]} of some rows of all projections */
    void rows(int firstRow, int height, float[] into) throws IOException;

    @Override
    void close() throws IOException;
}
