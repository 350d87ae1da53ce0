package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The multi-tau sums of so few pixels that what is worked on stays in the inner caches. Four samples of a level are
 * worked on at once. Sums of a block are floats; at its end they move to sums of twice the precision.
 *
 * <p>The algorithm, with the conventions of boost_corr: level l is the series {@code X_l} of sums of 2^l samples,
 * {@code N_l} long. For the lag t in sums, {@code L = N_l - t} and {@code s = 2^l},
 * {@code G2 = Σ X_l[i]·X_l[i+t] / (L·s²)}, and later and earlier are the means of all but the first and all but the last
 * t sums, over s. They are the total less those ends.
 */
final class MultiTauTile {

    /** Samples that a level takes at once. */
    static final int STEP = 4;

    private static final int HISTORY = Delays.LONGEST;

    private final Delays delays;
    private final int from;
    private final int pixels;
    private final Stage[] stages;
    private final float[] totalHigh;
    private final float[] totalLow;
    private final int segmentLevel;
    private final double[][] segments;
    private final int[] cellEnds;
    private final int firstCell;
    private int segment;

    /** One level of some pixels. */
    private static final class Stage {
        /** The last eight samples, oldest first, then up to four that are being collected. */
        private final float[][] rows;

        /** The sum of the first t samples, for each lag t. */
        private final float[][] first;

        private final float[][] high;
        private final float[][] low;
        private int collected;
        private int seen;

        Stage(Delays.Level level, int pixels) {
            rows = new float[HISTORY + STEP][pixels];
            first = new float[level.slots()][pixels];
            high = new float[level.slots()][pixels];
            low = new float[level.slots()][pixels];
        }

        float[] next() {
            return rows[HISTORY + collected];
        }

        /** The four new samples become history; the four oldest rows are used again. */
        void advance() {
            float[][] oldest = Arrays.copyOf(rows, STEP);
            System.arraycopy(rows, STEP, rows, 0, HISTORY);
            System.arraycopy(oldest, 0, rows, HISTORY, STEP);
            collected = 0;
            seen += STEP;
        }
    }

    /** The sums of the block that is being worked on; used by one tile at a time, for a whole call. */
    static final class Scratch {
        private final float[][][] sums;
        private final float[] total;
        private final boolean[] touched;
        private final double[][] products = new double[PixelSums.KINDS][];
        private final double[] remaining;
        private final double[] ends;
        private final float[] plane;

        Scratch(Delays delays, int pixels) {
            sums = delays.levels().stream()
                    .map(level -> new float[level.slots()][pixels])
                    .toArray(float[][][]::new);
            total = new float[pixels];
            touched = new boolean[sums.length];
            Arrays.setAll(products, kind -> new double[pixels]);
            remaining = new double[pixels];
            ends = new double[pixels];
            plane = new float[pixels];
        }
    }

    /**
     * @param cells all cells
     * @param firstCell the one that holds the first pixel
     * @param from the position of the first pixel
     * @param pixels how many
     */
    MultiTauTile(Delays delays, List<Cell> cells, int firstCell, int from, int pixels) {
        this.delays = delays;
        this.from = from;
        this.pixels = pixels;
        this.stages =
                delays.levels().stream().map(level -> new Stage(level, pixels)).toArray(Stage[]::new);
        this.totalHigh = new float[pixels];
        this.totalLow = new float[pixels];
        this.firstCell = firstCell;
        this.cellEnds = cells.stream()
                .skip(firstCell)
                .takeWhile(cell -> cell.from() < from + pixels)
                .mapToInt(cell -> Math.min(cell.to() - from, pixels))
                .toArray();
        this.segmentLevel = delays.segments().number();
        this.segments = new double[delays.segments().samples()][cellEnds.length];
    }

    /** @return the bytes that one pixel takes */
    static long bytesPerPixel(Delays delays) {
        return 4L * (delays.levels().size() * (HISTORY + STEP) + 3L * delays.slots() + 2);
    }

    void add(float[][] rows, int count, float[] factors, Scratch scratch) {
        for (int i = 0; i < count; i++) {
            float[] into = stages[0].next();
            System.arraycopy(rows[i], from, into, 0, pixels);
            if (factors != null) {
                Kernels.multiply(pixels, into, factors[i]);
            }
            collect(0, scratch);
        }
        flush(scratch);
    }

    private void collect(int level, Scratch scratch) {
        Stage stage = stages[level];
        if (level == segmentLevel) {
            addSegment(stage.next());
        }
        stage.collected++;
        if (stage.collected == STEP) {
            products(level, scratch);
            pairs(level, STEP / 2, scratch);
            stage.advance();
        }
    }

    private void products(int level, Scratch scratch) {
        Stage stage = stages[level];
        float[][] sums = scratch.sums[level];
        float[][] rows = stage.rows;
        if (level == 0) {
            Kernels.near(pixels, rows, sums, scratch.total);
        }
        Kernels.far(pixels, rows, sums, sums.length - STEP);
        scratch.touched[level] = true;
        if (stage.seen < HISTORY) {
            first(stage, level == 0 ? 1 : 1 + STEP);
        }
    }

    /** Sums of the first samples, while these are at hand. */
    private void first(Stage stage, int firstLag) {
        float[] sum = new float[pixels];
        for (int i = HISTORY - stage.seen; i < HISTORY + STEP; i++) {
            int lag = i - HISTORY + stage.seen + 1;
            Kernels.pair(pixels, sum, stage.rows[i], sum);
            if (lag >= firstLag && lag > stage.seen) {
                System.arraycopy(sum, 0, stage.first[lag - firstLag], 0, pixels);
            }
        }
    }

    private void pairs(int level, int count, Scratch scratch) {
        if (level + 1 < stages.length) {
            float[][] rows = stages[level].rows;
            for (int i = 0; i < count; i++) {
                Kernels.pair(pixels, rows[HISTORY + 2 * i], rows[HISTORY + 2 * i + 1], stages[level + 1].next());
                collect(level + 1, scratch);
            }
        }
    }

    private void addSegment(float[] row) {
        int p = 0;
        for (int cell = 0; cell < cellEnds.length; cell++) {
            double sum = 0;
            for (; p < cellEnds[cell]; p++) {
                sum += row[p];
            }
            segments[segment][cell] += sum;
        }
        segment++;
    }

    private void flush(Scratch scratch) {
        Kernels.move(pixels, scratch.total, totalHigh, totalLow);
        for (int level = 0; level < stages.length; level++) {
            if (scratch.touched[level]) {
                for (int slot = 0; slot < stages[level].high.length; slot++) {
                    Kernels.move(pixels, scratch.sums[level][slot], stages[level].high[slot], stages[level].low[slot]);
                }
                scratch.touched[level] = false;
            }
        }
    }

    /** Takes in what is left of each level, and hands the sums over. */
    void finish(Scratch scratch, CellSums cells, boolean[] bad, PixelSums planes) throws IOException {
        float[][][] last = new float[stages.length][][];
        for (int level = 0; level < stages.length; level++) {
            Stage stage = stages[level];
            int left = stage.collected;
            // by now the levels below have handed on all they had
            last[level] = Arrays.copyOfRange(stage.rows, left, HISTORY + left);
            if (left > 0) {
                for (int i = left; i < STEP; i++) {
                    Arrays.fill(stage.rows[HISTORY + i], 0);
                }
                products(level, scratch);
                pairs(level, left / 2, scratch);
            }
        }
        flush(scratch);
        for (int i = 0; i < pixels; i++) {
            scratch.remaining[i] = (double) totalHigh[i] + totalLow[i];
        }
        for (int level = 0; level < stages.length; level++) {
            report(level, last[level], scratch, cells, bad, planes);
        }
        for (int i = 0; i < segments.length; i++) {
            for (int cell = 0; cell < cellEnds.length; cell++) {
                cells.addSegment(i, firstCell + cell, segments[i][cell]);
            }
        }
        cells.count(from, from + pixels, bad);
    }

    /** @param last the last eight samples, oldest first */
    private void report(int number, float[][] last, Scratch scratch, CellSums cells, boolean[] bad, PixelSums planes)
            throws IOException {
        Delays.Level level = delays.levels().get(number);
        Stage stage = stages[number];
        Arrays.fill(scratch.ends, 0);
        double[] products = scratch.products[PixelSums.G2];
        double[] later = scratch.products[PixelSums.LATER];
        double[] earlier = scratch.products[PixelSums.EARLIER];
        for (int lag = 1; lag < level.firstLag() + level.lags(); lag++) {
            float[] row = last[HISTORY - lag];
            for (int p = 0; p < pixels; p++) {
                scratch.ends[p] += row[p];
            }
            int slot = lag - level.firstLag();
            if (slot >= 0) {
                double terms = level.samples() - lag;
                double scale = level.scale();
                for (int p = 0; p < pixels; p++) {
                    products[p] = ((double) stage.high[slot][p] + stage.low[slot][p]) / (terms * scale * scale);
                    // boost_corr's second is the mean of the later samples, its third of the earlier ones
                    later[p] = (scratch.remaining[p] - stage.first[slot][p]) / (terms * scale);
                    earlier[p] = (scratch.remaining[p] - scratch.ends[p]) / (terms * scale);
                }
                int delay = level.firstDelay() + slot;
                cells.add(delay, from, pixels, bad, products, later, earlier);
                if (planes != null) {
                    for (int kind = 0; kind < PixelSums.KINDS; kind++) {
                        for (int p = 0; p < pixels; p++) {
                            scratch.plane[p] = (float) scratch.products[kind][p];
                        }
                        planes.accept(delay, kind, from, scratch.plane, pixels);
                    }
                }
            }
        }
        if (level.samples() % 2 == 1) {
            for (int p = 0; p < pixels; p++) {
                scratch.remaining[p] -= last[HISTORY - 1][p];
            }
        }
    }
}
