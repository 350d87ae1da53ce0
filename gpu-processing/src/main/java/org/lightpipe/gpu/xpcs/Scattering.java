package org.lightpipe.gpu.xpcs;

import java.util.Arrays;
import java.util.List;
import org.lightpipe.gpu.core.WorkPool;

/** The mean frame, and the mean intensity of each sample. */
final class Scattering {

    private static final int CHUNK = 4096;

    private final int samples;
    private final int positions;
    private final WorkPool threads;
    private final double[] sums;
    private final float[] intensity;

    Scattering(int samples, int positions, WorkPool threads) {
        this.samples = samples;
        this.positions = positions;
        this.threads = threads;
        this.sums = new double[positions];
        this.intensity = new float[samples];
    }

    void add(SampleBlock block) throws InterruptedException {
        for (int i = 0; i < block.count(); i++) {
            intensity[block.first() + i] = (float) block.means()[i];
        }
        int chunks = (positions + CHUNK - 1) / CHUNK;
        threads.forEach(chunks, (low, high) -> {
            for (int chunk = low; chunk < high; chunk++) {
                add(block, chunk * CHUNK, Math.min(positions, (chunk + 1) * CHUNK));
            }
        });
    }

    private void add(SampleBlock block, int from, int to) {
        int row = 0;
        for (; row + 4 <= block.count(); row += 4) {
            float[] a = block.rows()[row];
            float[] b = block.rows()[row + 1];
            float[] c = block.rows()[row + 2];
            float[] d = block.rows()[row + 3];
            for (int p = from; p < to; p++) {
                sums[p] += (a[p] + b[p]) + (c[p] + d[p]);
            }
        }
        for (; row < block.count(); row++) {
            float[] a = block.rows()[row];
            for (int p = from; p < to; p++) {
                sums[p] += a[p];
            }
        }
    }

    /** @return the mean of each sample over its pixels */
    float[] intensity() {
        return intensity;
    }

    /** @return the counts of all samples and pixels together */
    double total() {
        return Arrays.stream(sums).sum();
    }

    /** @return the mean frame {@code [row][column]}, flat; 0 where the map shows a blemish or nothing was read */
    float[] mean(Partition partition, QMap map) {
        float[] image = new float[map.mask().length];
        for (int p = 0; p < positions; p++) {
            int pixel = partition.order()[p];
            if (map.blemish()[pixel]) {
                image[pixel] = (float) (sums[p] / samples);
            }
        }
        return image;
    }

    /** @return the mean intensity of each static bin in the map; NaN where all its pixels are masked or bad */
    float[] ofStatic(Partition partition, boolean[] bad) {
        double[] sum = new double[partition.staticBins() + 1];
        long[] pixels = new long[partition.staticBins() + 1];
        for (Cell cell : partition.cells()) {
            for (int p = cell.from(); p < cell.to(); p++) {
                if (!bad[p]) {
                    sum[cell.staticBin()] += sums[p] / samples;
                    pixels[cell.staticBin()]++;
                }
            }
        }
        return means(partition, sum, pixels);
    }

    /**
     * @param cells of the correlated pixels
     * @return {@code [segment][static bin in the map]}; as boost_corr does, over the number of all samples and not of
     *     those of the segment
     */
    float[][] segments(Partition partition, CellSums cells) {
        float[][] segments = new float[cells.segments()][];
        for (int i = 0; i < segments.length; i++) {
            double[] sum = new double[partition.staticBins() + 1];
            long[] pixels = new long[partition.staticBins() + 1];
            List<Cell> all = cells.cells();
            for (int cell = 0; cell < all.size(); cell++) {
                sum[all.get(cell).staticBin()] += cells.segment(i, cell) / samples;
                pixels[all.get(cell).staticBin()] += cells.pixels(cell);
            }
            segments[i] = means(partition, sum, pixels);
        }
        return segments;
    }

    private static float[] means(Partition partition, double[] sum, long[] pixels) {
        float[] means = new float[partition.filledStatic().size()];
        for (int i = 0; i < means.length; i++) {
            int bin = partition.filledStatic().get(i);
            means[i] = (float) (sum[bin] / pixels[bin]);
        }
        return means;
    }
}
