package org.lightpipe.gpu.scattering;

import java.io.IOException;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;

/**
 * Errors from the spread within a bin, and sigma clipping, on the processor: one frame after the other, its bins side by
 * side.
 */
final class ClippingIntegrator implements Integrator {

    private static final int LARGEST_BLOCK = 32 << 20;

    private final Plan plan;
    private final WorkPool threads;
    private final CompressedRows rows;
    private final int longest;
    private final float[] values;

    ClippingIntegrator(Plan plan, WorkPool threads) {
        this.plan = plan;
        this.threads = threads;
        rows = CompressedRows.of(plan.matrix());
        longest = rows.longest();
        values = new float[plan.pixels()];
    }

    @Override
    public int framesPerBlock() {
        return Math.max(1, Math.min(64, LARGEST_BLOCK / (4 * plan.pixels())));
    }

    @Override
    public void integrate(FrameBlock block, Output output)
            throws IOException, InvalidInputException, InterruptedException {
        for (int frame = 0; frame < block.frames(); frame++) {
            load(block, frame);
            double[][] sums = new double[4][plan.bins()];
            threads.forEach(plan.bins(), (from, to) -> {
                Bin bin = new Bin();
                for (int i = from; i < to; i++) {
                    bin.clip(i, sums);
                }
            });
            output.accept(block.first() + frame, new Sums(sums[0], sums[1], sums[2], sums[3]));
        }
    }

    @Override
    public void finish(Output output) {
        // every call of integrate gives all it has
    }

    @Override
    public void close() {
        // owns nothing
    }

    /** Converts one frame; pixels that do not count become NaN. */
    private void load(FrameBlock block, int frame) throws InterruptedException {
        threads.forEach(plan.matrix().tiles().size(), (from, to) -> {
            for (Tile tile : plan.matrix().tiles().subList(from, to)) {
                block.type()
                        .toFloats(
                                block.values(),
                                frame * block.pixels() + tile.first(),
                                values,
                                tile.first(),
                                tile.count());
                for (int i = tile.first(); i < tile.first() + tile.count(); i++) {
                    if (!plan.validity().counts(values[i])) {
                        values[i] = Float.NaN;
                    }
                }
            }
        });
    }

    /** The pixels of one bin that are left; used by one thread for one bin after the other. */
    private final class Bin {

        private final double[] weight = new double[longest];
        private final double[] signal = new double[longest];
        private final double[] norm = new double[longest];
        private final double[] variance = new double[longest];
        private int size;
        private double sumSignal;
        private double sumNorm;
        private double sumCount;
        private double sumVariance;

        void clip(int bin, double[][] sums) {
            gather(bin);
            add();
            for (int i = 0; i < plan.clipping().iterations() && sumCount > 0; i++) {
                double mean = sumSignal / sumNorm;
                double most = plan.clipping().deviations(sumCount) * Math.sqrt(sumVariance / sumNorm);
                if (!drop(mean, most)) {
                    break;
                }
                add();
            }
            sums[0][bin] = sumSignal;
            sums[1][bin] = sumNorm;
            sums[2][bin] = sumCount;
            sums[3][bin] = sumVariance;
        }

        private void gather(int bin) {
            float[] dark = plan.corrections().dark();
            size = 0;
            for (int k = rows.starts()[bin]; k < rows.starts()[bin + 1]; k++) {
                int pixel = rows.pixels()[k];
                float raw = values[pixel];
                if (Float.isNaN(raw)) {
                    continue;
                }
                double own = dark == null ? 0 : dark[pixel];
                weight[size] = rows.weights()[k];
                signal[size] = raw - own;
                norm[size] = plan.corrections().norm()[pixel];
                variance[size] = Math.max(1, raw);
                size++;
            }
        }

        private void add() {
            sumSignal = 0;
            sumNorm = 0;
            sumCount = 0;
            sumVariance = 0;
            for (int i = 0; i < size; i++) {
                sumSignal += weight[i] * signal[i];
                sumNorm += weight[i] * norm[i];
                sumCount += weight[i];
                sumVariance += weight[i] * weight[i] * variance[i];
            }
            if (plan.errors() != ErrorModel.POISSON) {
                double mean = sumSignal / sumNorm;
                sumVariance = 0;
                for (int i = 0; i < size; i++) {
                    double difference = signal[i] / norm[i] - mean;
                    sumVariance += weight[i] * norm[i] * difference * difference;
                }
            }
        }

        /** Leaves out what is farther from the mean; returns whether there was anything. */
        private boolean drop(double mean, double most) {
            int kept = 0;
            for (int i = 0; i < size; i++) {
                // written so that a mean which is no number drops nothing
                if (!(Math.abs(signal[i] / norm[i] - mean) > most)) {
                    weight[kept] = weight[i];
                    signal[kept] = signal[i];
                    norm[kept] = norm[i];
                    variance[kept] = variance[i];
                    kept++;
                }
            }
            boolean dropped = kept < size;
            size = kept;
            return dropped;
        }
    }
}
