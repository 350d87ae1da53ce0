package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;

/** Reads frames, picks pixels, averages frames to samples, and hands them over in blocks. */
final class SampleReader {

    /** A block that fits the inner caches of a few cores, and is long enough to be worth the hand-over. */
    private static final int MOST_ROWS = 64;

    private final FrameSource source;
    private final FrameSelection selection;
    private final WorkPool threads;
    private final int[] order;
    private final int positions;
    private final boolean[] bad;
    private final int rowsPerBlock;
    private final AtomicLong saturated = new AtomicLong();

    SampleReader(FrameSource source, FrameSelection selection, int[] order, WorkPool threads) {
        this(source, selection, order, threads, rows(order.length));
    }

    /** @param rowsPerBlock a multiple of four */
    SampleReader(FrameSource source, FrameSelection selection, int[] order, WorkPool threads, int rowsPerBlock) {
        this.source = source;
        this.selection = selection;
        this.threads = threads;
        this.positions = order.length;
        this.bad = new boolean[order.length];
        this.order = order;
        this.rowsPerBlock = rowsPerBlock;
    }

    /** @return how many samples of so many pixels make up a block */
    static int rows(int positions) {
        long rows = Memory.share(8) / (4L * positions);
        return (int) Math.max(4, Math.min(MOST_ROWS, rows / 4 * 4));
    }

    int rowsPerBlock() {
        return rowsPerBlock;
    }

    /** @return by position, whether a value of it was a mark for a bad pixel in any frame read so far */
    boolean[] bad() {
        return bad;
    }

    /** @return how many values read so far were at the end of an 8-bit range */
    long saturated() {
        return saturated.get();
    }

    /** Reads from the beginning to the end; may be called again. */
    void forEachBlock(SampleBlock.Consumer consumer) throws InvalidInputException, IOException, InterruptedException {
        Filling filling = new Filling(consumer);
        source.forEachBlock(selection.begin(), selection.end(), 0, filling::take);
        filling.flush();
    }

    /** The block that is being filled. */
    private final class Filling {

        private final SampleBlock.Consumer consumer;
        private final float[][] rows = new float[rowsPerBlock][positions];
        private final double[] sums = new double[rowsPerBlock];
        private final long[] counts = new long[rowsPerBlock];
        private int first;
        private int frame = selection.begin();

        Filling(SampleBlock.Consumer consumer) {
            this.consumer = consumer;
        }

        void take(FrameBlock block) throws IOException, InterruptedException {
            if (block.first() != frame) {
                throw new IOException(source.description() + ": frame " + block.first() + " came instead of " + frame);
            }
            frame += block.frames();
            int perSample = selection.stride() * selection.average();
            int offset = block.first() - selection.begin();
            int sample = offset / perSample;
            int last = (offset + block.frames() - 1) / perSample;
            while (sample <= last && sample < selection.samples()) {
                int end = Math.min(Math.min(last + 1, selection.samples()), first + rowsPerBlock);
                decode(block, sample, end);
                // the last one may go on in the next block of frames
                boolean whole = (long) end * perSample <= offset + block.frames();
                if (end == first + rowsPerBlock && whole) {
                    hand(rowsPerBlock);
                }
                sample = end;
            }
        }

        private void decode(FrameBlock block, int from, int to) throws InterruptedException {
            threads.forEach(to - from, (low, high) -> {
                PixelDecoder decoder = new PixelDecoder(source.type(), block.pixels(), order, bad);
                float[] scratch = selection.average() > 1 ? new float[positions] : null;
                for (int i = low; i < high; i++) {
                    sample(block, from + i, decoder, scratch);
                }
            });
        }

        private void sample(FrameBlock block, int sample, PixelDecoder decoder, float[] scratch) {
            int row = sample - first;
            int begin = selection.begin() + sample * selection.stride() * selection.average();
            for (int a = 0; a < selection.average(); a++) {
                int index = begin + a * selection.stride() - block.first();
                if (index < 0 || index >= block.frames()) {
                    continue;
                }
                float[] into = a == 0 ? rows[row] : scratch;
                PixelDecoder.Tally tally = decoder.decode(block.values(), index, into);
                sums[row] += tally.sum();
                counts[row] += tally.good();
                saturated.addAndGet(tally.saturated());
                if (a > 0) {
                    add(scratch, rows[row]);
                }
                if (a > 0 && a == selection.average() - 1) {
                    divide(rows[row], selection.average());
                }
            }
        }

        void flush() throws IOException, InterruptedException {
            if (first < selection.samples()) {
                if (frame < selection.end()) {
                    throw new IOException(source.description() + ": ended before frame " + frame);
                }
                hand(selection.samples() - first);
            }
        }

        private void hand(int count) throws IOException, InterruptedException {
            double[] means = new double[count];
            for (int i = 0; i < count; i++) {
                means[i] = counts[i] == 0 ? 0 : sums[i] / counts[i];
            }
            consumer.accept(new SampleBlock(first, count, rows, means));
            first += count;
            Arrays.fill(sums, 0);
            Arrays.fill(counts, 0);
        }
    }

    private static void add(float[] from, float[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] += from[i];
        }
    }

    private static void divide(float[] values, int by) {
        float factor = by;
        for (int i = 0; i < values.length; i++) {
            values[i] /= factor;
        }
    }
}
