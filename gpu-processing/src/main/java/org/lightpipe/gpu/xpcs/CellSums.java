package org.lightpipe.gpu.xpcs;

import java.util.List;

/** What the pixels of each cell add up to, for each delay. Thread-safe. */
final class CellSums {

    /** What boost_corr divides by where a pixel or bin got no light: the quotient is 0 then. */
    private static final double NO_LIGHT = 1e8;

    private final List<Cell> cells;
    private final double[][] g2;
    private final double[][] later;
    private final double[][] earlier;
    private final double[][] excess;
    private final double[][] squares;
    private final long[] pixels;
    private final double[][] segments;

    /**
     * @param cells in the order of their positions
     * @param delays how many there are
     * @param segments how many segments of the intensity there are
     */
    CellSums(List<Cell> cells, int delays, int segments) {
        this.cells = cells;
        this.g2 = new double[delays][cells.size()];
        this.later = new double[delays][cells.size()];
        this.earlier = new double[delays][cells.size()];
        this.excess = new double[delays][cells.size()];
        this.squares = new double[delays][cells.size()];
        this.pixels = new long[cells.size()];
        this.segments = new double[segments][cells.size()];
    }

    /** @return the quotient of a mean product and the two mean intensities; 0 in the dark */
    static double normalized(double product, double later, double earlier) {
        double both = later * earlier;
        return product / (both == 0 ? NO_LIGHT : both);
    }

    /** @return the number of the cell that holds a position */
    int cellAt(int position) {
        int low = 0;
        int high = cells.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (cells.get(middle).from() <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    List<Cell> cells() {
        return cells;
    }

    /** Counts the good pixels of a range of positions; each position once. */
    synchronized void count(int from, int to, boolean[] bad) {
        for (int cell = cellAt(from); cell < cells.size() && cells.get(cell).from() < to; cell++) {
            int end = Math.min(to, cells.get(cell).to());
            for (int i = Math.max(from, cells.get(cell).from()); i < end; i++) {
                pixels[cell] += bad[i] ? 0 : 1;
            }
        }
    }

    /** Adds the pixels from a position on, for one delay. */
    void add(int delay, int from, int count, boolean[] bad, double[] products, double[] laters, double[] earliers) {
        int to = from + count;
        for (int cell = cellAt(from); cell < cells.size() && cells.get(cell).from() < to; cell++) {
            int end = Math.min(to, cells.get(cell).to());
            double[] sums = new double[5];
            for (int i = Math.max(from, cells.get(cell).from()); i < end; i++) {
                if (!bad[i]) {
                    double product = products[i - from];
                    double one = laters[i - from];
                    double two = earliers[i - from];
                    // about 1, so that the squares do not cancel each other
                    double over = normalized(product, one, two) - 1;
                    sums[0] += product;
                    sums[1] += one;
                    sums[2] += two;
                    sums[3] += over;
                    sums[4] += over * over;
                }
            }
            add(delay, cell, sums);
        }
    }

    /**
     * Adds to one cell.
     *
     * @param sums of products, later and earlier intensities, normalised products less 1, and the squares of these
     */
    synchronized void add(int delay, int cell, double[] sums) {
        g2[delay][cell] += sums[0];
        later[delay][cell] += sums[1];
        earlier[delay][cell] += sums[2];
        excess[delay][cell] += sums[3];
        squares[delay][cell] += sums[4];
    }

    /** Adds the intensities of one segment, summed over pixels of a cell. */
    synchronized void addSegment(int segment, int cell, double sum) {
        segments[segment][cell] += sum;
    }

    int delays() {
        return g2.length;
    }

    double g2(int delay, int cell) {
        return g2[delay][cell];
    }

    double later(int delay, int cell) {
        return later[delay][cell];
    }

    double earlier(int delay, int cell) {
        return earlier[delay][cell];
    }

    double excess(int delay, int cell) {
        return excess[delay][cell];
    }

    double squares(int delay, int cell) {
        return squares[delay][cell];
    }

    long pixels(int cell) {
        return pixels[cell];
    }

    int segments() {
        return segments.length;
    }

    double segment(int segment, int cell) {
        return segments[segment][cell];
    }
}
