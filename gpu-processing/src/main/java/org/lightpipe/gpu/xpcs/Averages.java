package org.lightpipe.gpu.xpcs;

import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the sums of pixels mean, bin by bin, with the conventions of boost_corr: the correlation of a static bin is its
 * mean product over its mean intensities, that of a dynamic bin the plain mean over its static bins; the error is the
 * standard deviation over its pixels, over the root of their number. A dynamic bin without pixels is NaN, and so is the
 * error of one with one pixel.
 *
 * @param g2 {@code [delay][dynamic bin]}
 * @param error {@code [delay][dynamic bin]}
 */
record Averages(float[][] g2, float[][] error) {

    static Averages of(CellSums sums, Partition partition) {
        float[][] g2 = new float[sums.delays()][partition.dynamicBins()];
        float[][] error = new float[sums.delays()][partition.dynamicBins()];
        SortedSet<Integer> filled = partition.filledDynamic();
        for (int delay = 0; delay < sums.delays(); delay++) {
            Arrays.fill(g2[delay], Float.NaN);
            Arrays.fill(error[delay], Float.NaN);
            double[] ofStatic = ofStatic(sums, delay, partition.staticBins());
            for (int bin : filled) {
                g2[delay][bin - 1] = (float) ofDynamic(sums, bin, ofStatic);
                error[delay][bin - 1] = (float) error(sums, delay, bin);
            }
        }
        return new Averages(g2, error);
    }

    private static double[] ofStatic(CellSums sums, int delay, int bins) {
        double[] products = new double[bins + 1];
        double[] later = new double[bins + 1];
        double[] earlier = new double[bins + 1];
        long[] pixels = new long[bins + 1];
        List<Cell> cells = sums.cells();
        for (int i = 0; i < cells.size(); i++) {
            int bin = cells.get(i).staticBin();
            products[bin] += sums.g2(delay, i);
            later[bin] += sums.later(delay, i);
            earlier[bin] += sums.earlier(delay, i);
            pixels[bin] += sums.pixels(i);
        }
        double[] g2 = new double[bins + 1];
        for (int bin = 1; bin <= bins; bin++) {
            g2[bin] = pixels[bin] == 0
                    ? Double.NaN
                    : CellSums.normalized(
                            products[bin] / pixels[bin], later[bin] / pixels[bin], earlier[bin] / pixels[bin]);
        }
        return g2;
    }

    private static double ofDynamic(CellSums sums, int bin, double[] ofStatic) {
        SortedSet<Integer> members = new TreeSet<>();
        for (int i = 0; i < sums.cells().size(); i++) {
            Cell cell = sums.cells().get(i);
            if (cell.dynamicBin() == bin && sums.pixels(i) > 0) {
                members.add(cell.staticBin());
            }
        }
        double sum = 0;
        for (int member : members) {
            sum += ofStatic[member];
        }
        return sum / members.size();
    }

    private static double error(CellSums sums, int delay, int bin) {
        double excess = 0;
        double squares = 0;
        long pixels = 0;
        for (int i = 0; i < sums.cells().size(); i++) {
            if (sums.cells().get(i).dynamicBin() == bin) {
                excess += sums.excess(delay, i);
                squares += sums.squares(delay, i);
                pixels += sums.pixels(i);
            }
        }
        if (pixels < 2) {
            return Double.NaN;
        }
        double variance = Math.max(0, (squares - excess * excess / pixels) / (pixels - 1));
        return Math.sqrt(variance / pixels);
    }
}
