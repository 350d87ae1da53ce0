package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.util.Arrays;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;

/**
 * The two-time correlation of one range of pixels, with the conventions of boost_corr:
 * {@code C2[i][j] = n·Σ_p X[i][p]·X[j][p] / (Σ_p X[i][p] · Σ_p X[j][p])} over its n pixels.
 */
final class TwoTime {

    /** As boost_corr has it. */
    static final int SEGMENTS = 5;

    private static final int LONGEST_BLOCK = 256;
    private static final int SHORTEST_BLOCK = 8;

    private TwoTime() {}

    /**
     * The correlation over the delay: means of the diagonals of the whole map, and of five square parts of it.
     *
     * @param g2 {@code [delay]}, from 0 on
     * @param segments {@code [segment][delay]}
     */
    record Diagonals(float[] g2, float[][] segments) {}

    /** Takes the rows of the map in their order. */
    interface Rows {
        /** @param row zero below the diagonal; valid until the call returns */
        void accept(int time, float[] row) throws IOException, InterruptedException;
    }

    /**
     * @return the samples of a block, a multiple of four, so that blocks are about equally long and a panel fits, and
     *     either all blocks or one of them at a time; 0: none do
     */
    static int blockLength(int samples, int pixels) {
        int longest = evenly(samples, (int) Math.min(LONGEST_BLOCK, Memory.share(6) / (8L * samples)));
        if (longest > 0 && inMemory(samples, pixels, longest)) {
            return longest;
        }
        return evenly(samples, (int) Math.min(longest, Memory.share(6) / (4L * pixels)));
    }

    private static int evenly(int samples, int longest) {
        if (longest < Math.min(SHORTEST_BLOCK, samples)) {
            return 0;
        }
        int blocks = (samples + longest - 1) / longest;
        int length = (samples + blocks - 1) / blocks;
        return Math.max(4, Math.min((length + 3) / 4 * 4, longest / 4 * 4));
    }

    /** @return whether all blocks fit into the memory beside what else there is */
    static boolean inMemory(int samples, int pixels, int length) {
        int blocks = (samples + length - 1) / length;
        // an array has a header of 16 bytes, and a reference to it
        return (4L * length + 20) * blocks * pixels <= Memory.share(3);
    }

    /**
     * Divides each pixel by the mean over its group in the same sample; means that are not positive count as 1.
     *
     * @param groups the first position of each group, and the position behind the last
     * @param bad by position, pixels that are left out of the means
     */
    static void smooth(float[][] rows, int count, int[] groups, boolean[] bad, WorkPool threads)
            throws InterruptedException {
        threads.forEach(count, (low, high) -> {
            for (int i = low; i < high; i++) {
                for (int group = 0; group + 1 < groups.length; group++) {
                    smooth(rows[i], groups[group], groups[group + 1], bad);
                }
            }
        });
    }

    private static void smooth(float[] row, int from, int to, boolean[] bad) {
        double sum = 0;
        int good = 0;
        for (int p = from; p < to; p++) {
            if (!bad[p]) {
                sum += row[p];
                good++;
            }
        }
        float mean = (float) (sum / Math.max(1, good));
        if (mean > 0) {
            for (int p = from; p < to; p++) {
                row[p] /= mean;
            }
        }
    }

    /**
     * @param store the samples
     * @param from the first pixel
     * @param to the pixel behind the last
     * @param bad by pixel, those that are left out
     * @param rows gets the map
     */
    static Diagonals correlate(SampleStore store, int from, int to, boolean[] bad, PanelProduct product, Rows rows)
            throws IOException, InterruptedException {
        int samples = store.samples();
        double[] sums = new double[store.blocks() * store.length()];
        int pixels = sums(store, from, to, bad, product.pixelsAtOnce(), sums);
        Averager averager = new Averager(samples);
        for (int block = 0; block < store.blocks(); block++) {
            int first = block * store.length();
            double[][] panel = panel(store, from, to, bad, product, block);
            float[] row = new float[samples];
            for (int i = first; i < Math.min(samples, first + store.length()); i++) {
                Arrays.fill(row, 0, i, 0);
                for (int j = i; j < samples; j++) {
                    row[j] = (float) (panel[i - first][j - first] * pixels / (sums[i] * sums[j]));
                }
                averager.add(i, row);
                rows.accept(i, row);
            }
        }
        return averager.diagonals();
    }

    private static int sums(SampleStore store, int from, int to, boolean[] bad, int atOnce, double[] sums)
            throws IOException, InterruptedException {
        int pixels = 0;
        for (int block = 0; block < store.blocks(); block++) {
            pixels = 0;
            for (int p = from; p < to; p += atOnce) {
                float[][] series = store.series(block, p, Math.min(to, p + atOnce), bad);
                pixels += series.length;
                for (float[] one : series) {
                    for (int i = 0; i < one.length; i++) {
                        sums[block * store.length() + i] += one[i];
                    }
                }
                interrupted();
            }
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] = sums[i] <= 0 ? 1 : sums[i];
        }
        return pixels;
    }

    private static double[][] panel(SampleStore store, int from, int to, boolean[] bad, PanelProduct product, int block)
            throws IOException, InterruptedException {
        product.begin(store.length(), (store.blocks() - block) * store.length());
        for (int p = from; p < to; p += product.pixelsAtOnce()) {
            int end = Math.min(to, p + product.pixelsAtOnce());
            float[][] one = store.series(block, p, end, bad);
            for (int other = block; other < store.blocks(); other++) {
                float[][] two = other == block ? one : store.series(other, p, end, bad);
                product.add(one, two, (other - block) * store.length());
                interrupted();
            }
        }
        return product.end();
    }

    private static void interrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Sums along the diagonals, while the rows go by. */
    private static final class Averager {

        private final int samples;
        private final int part;
        private final double[] all;
        private final double[][] parts;

        Averager(int samples) {
            this.samples = samples;
            this.part = samples / SEGMENTS;
            this.all = new double[samples];
            this.parts = new double[SEGMENTS][part];
        }

        void add(int i, float[] row) {
            for (int j = i; j < samples; j++) {
                all[j - i] += row[j];
            }
            if (part > 0 && i / part < SEGMENTS) {
                int end = (i / part + 1) * part;
                for (int j = i; j < end; j++) {
                    parts[i / part][j - i] += row[j];
                }
            }
        }

        Diagonals diagonals() {
            float[] g2 = means(all);
            float[][] segments = Arrays.stream(parts).map(Averager::means).toArray(float[][]::new);
            return new Diagonals(g2, segments);
        }

        private static float[] means(double[] sums) {
            float[] means = new float[sums.length];
            for (int k = 0; k < means.length; k++) {
                means[k] = (float) (sums[k] / (sums.length - k));
            }
            return means;
        }
    }
}
