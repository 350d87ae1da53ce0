package org.lightpipe.gpu.frames;

/** What each frame adds up to, and what was left out. Thread-safe. */
final class FrameTotals {

    private final double[] totals;
    private long ignored;
    private long saturated;

    FrameTotals(int frames) {
        totals = new double[frames];
    }

    /**
     * @param frame counted from 0
     * @param total of its finite values, or of some of them
     * @param notFinite how many values were left out
     * @param lost how many values are saturated
     */
    synchronized void add(int frame, double total, long notFinite, long lost) {
        totals[frame] += total;
        ignored += notFinite;
        saturated += lost;
    }

    synchronized double[] totals() {
        return totals.clone();
    }

    synchronized long ignored() {
        return ignored;
    }

    synchronized long saturated() {
        return saturated;
    }
}
