package org.lightpipe.gpu.frames;

import java.io.IOException;
import java.util.Arrays;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;

/** Corrects frames on the processor, a few rows of a frame at a time. */
final class JavaCorrector implements Corrector {

    private static final int NEIGHBOURS = 8;

    private final CorrectionPlan plan;
    private final WorkPool threads;

    JavaCorrector(CorrectionPlan plan, WorkPool threads) {
        this.plan = plan;
        this.threads = threads;
    }

    @Override
    public int framesPerBlock() {
        return (int) Math.max(1, Math.min(64, Memory.share(16) / (4L * plan.pixelsOut())));
    }

    @Override
    public void correct(FrameBlock block, Output output) throws IOException, InterruptedException {
        float[] corrected = new float[block.frames() * plan.pixelsOut()];
        int rows = plan.rowsOut();
        threads.forEach(block.frames() * rows, (from, to) -> {
            Strip strip = new Strip();
            for (int i = from; i < to; i++) {
                strip.load(block, i / rows, plan.region().row() + i % rows * plan.binning());
                strip.bin(corrected, i * plan.columnsOut());
            }
        });
        output.accept(block.first(), block.frames(), corrected);
    }

    @Override
    public void finish(Output output) {
        // every call of correct gives all it has
    }

    @Override
    public void close() {
        // owns nothing
    }

    /** The rows of a frame that become one, with a row above and below for the neighbours; used by one thread. */
    private final class Strip {

        private final int columns = plan.columns();
        /** {@code [row][column]}; NaN = does not count. */
        private final float[] values = new float[(plan.binning() + 2) * columns];

        private final float[] filled = new float[plan.binning() * columns];
        private final float[] around = new float[NEIGHBOURS];

        void load(FrameBlock block, int frame, int firstRow) {
            for (int i = 0; i < plan.binning() + 2; i++) {
                int row = firstRow - 1 + i;
                int at = i * columns;
                if (row < 0 || row >= plan.rows()) {
                    Arrays.fill(values, at, at + columns, Float.NaN);
                    continue;
                }
                int pixel = row * columns;
                block.type().toFloats(block.values(), frame * block.pixels() + pixel, values, at, columns);
                for (int x = 0; x < columns; x++) {
                    float value = values[at + x];
                    // a gain that is no number makes the value none
                    values[at + x] = value < plan.saturation()
                            ? (value - plan.dark()[pixel + x]) * plan.gain()[pixel + x]
                            : Float.NaN;
                }
            }
            for (int i = 0; i < plan.binning(); i++) {
                for (int x = 0; x < columns; x++) {
                    float value = values[(i + 1) * columns + x];
                    filled[i * columns + x] = Math.abs(value) <= Float.MAX_VALUE ? value : fill(i + 1, x);
                }
            }
        }

        private float fill(int row, int column) {
            return switch (plan.fill()) {
                case NAN -> Float.NaN;
                case ZERO -> 0;
                case MEDIAN -> median(row, column);
            };
        }

        private float median(int row, int column) {
            int known = 0;
            for (int y = row - 1; y <= row + 1; y++) {
                for (int x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
                    float value = values[y * columns + x];
                    if ((y != row || x != column) && Math.abs(value) <= Float.MAX_VALUE) {
                        around[known++] = value;
                    }
                }
            }
            if (known == 0) {
                return Float.NaN;
            }
            Arrays.sort(around, 0, known);
            return known % 2 == 1 ? around[known / 2] : 0.5f * (around[known / 2 - 1] + around[known / 2]);
        }

        void bin(float[] into, int at) {
            int binning = plan.binning();
            for (int i = 0; i < plan.columnsOut(); i++) {
                int first = plan.region().column() + i * binning;
                double sum = 0;
                int known = 0;
                for (int y = 0; y < binning; y++) {
                    for (int x = first; x < first + binning; x++) {
                        float value = filled[y * columns + x];
                        if (!Float.isNaN(value)) {
                            sum += value;
                            known++;
                        }
                    }
                }
                double mean = sum / known;
                into[at + i] = (float) (plan.mean() ? mean : mean * binning * binning);
            }
        }
    }
}
