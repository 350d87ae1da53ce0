package org.lightpipe.gpu.scattering;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;

/**
 * The product of the sparse matrix with frames, on the processor, with no errors or those of counting.
 *
 * <p>Frames go through in groups of four, so that each entry of the matrix is read once for four of them. What a bin is
 * divided by depends only on which pixels are valid, and those are the same in nearly all frames: it is summed once for
 * the first frame, and only what is different is added or taken away for others.
 */
final class JavaIntegrator implements Integrator {

    private static final int LANES = 4;
    private static final int LARGEST_BLOCK = 32 << 20;

    private final Plan plan;
    private final WorkPool threads;
    private final int parallelism;
    /** The state of the first frame; null before it came. */
    private Baseline baseline;

    /** @param parallelism how many threads there are */
    JavaIntegrator(Plan plan, WorkPool threads, int parallelism) {
        this.plan = plan;
        this.threads = threads;
        this.parallelism = parallelism;
    }

    /** The pixels of the first frame that did not count, and the sums over those that did. */
    private record Baseline(BitSet invalid, double[] norm, double[] count) {}

    @Override
    public int framesPerBlock() {
        long input = LARGEST_BLOCK / (2L * plan.pixels());
        long output = Memory.share(16) / (64L * plan.bins());
        long frames = Math.max(1, Math.min(Math.min(input, output), 64));
        return (int) (frames > LANES ? frames - frames % LANES : frames);
    }

    @Override
    public void integrate(FrameBlock block, Output output)
            throws IOException, InvalidInputException, InterruptedException {
        if (baseline == null) {
            baseline = baseline(block);
        }
        int groups = (block.frames() + LANES - 1) / LANES;
        int tiles = plan.matrix().tiles().size();
        // few frames: their pixels are shared out, too
        int parts = groups >= parallelism ? 1 : Math.min(tiles, 2 * parallelism);
        GroupSums[] partial = new GroupSums[groups * parts];
        threads.forEach(groups * parts, (from, to) -> {
            Workspace workspace = new Workspace();
            for (int i = from; i < to; i++) {
                int part = i % parts;
                partial[i] = workspace.sum(
                        block,
                        i / parts * LANES,
                        plan.matrix().tiles().subList(tiles * part / parts, tiles * (part + 1) / parts));
            }
        });
        for (int group = 0; group < groups; group++) {
            GroupSums sums = partial[group * parts];
            for (int part = 1; part < parts; part++) {
                sums.add(partial[group * parts + part]);
            }
            for (int lane = 0; lane < sums.lanes; lane++) {
                output.accept(block.first() + group * LANES + lane, sums.of(lane, baseline, plan));
            }
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

    private Baseline baseline(FrameBlock block) throws InterruptedException {
        List<Tile> tiles = plan.matrix().tiles();
        Validity validity = plan.validity();
        float[] norm = plan.corrections().norm();
        Baseline all = new Baseline(new BitSet(plan.pixels()), new double[plan.bins()], new double[plan.bins()]);
        threads.forEach(tiles.size(), (from, to) -> {
            Baseline some = new Baseline(new BitSet(plan.pixels()), new double[plan.bins()], new double[plan.bins()]);
            float[] values = new float[tiles.get(0).count()];
            for (Tile tile : tiles.subList(from, to)) {
                block.type().toFloats(block.values(), tile.first(), values, 0, tile.count());
                for (int i = 0; i < tile.count(); i++) {
                    if (!validity.counts(values[i])) {
                        some.invalid.set(tile.first() + i);
                    }
                }
                for (int k = 0; k < tile.entries(); k++) {
                    int pixel = tile.first() + tile.pixels()[k];
                    if (!some.invalid.get(pixel)) {
                        double weight = tile.weight(k);
                        some.norm[tile.bins()[k]] += weight * norm[pixel];
                        some.count[tile.bins()[k]] += weight;
                    }
                }
            }
            synchronized (all) {
                all.invalid.or(some.invalid);
                add(some.norm, all.norm);
                add(some.count, all.count);
            }
        });
        return all;
    }

    private static void add(double[] values, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += values[i];
        }
    }

    /** Sums of up to four frames over some pixels. */
    private static final class GroupSums {

        private final int lanes;
        /** {@code [bin][lane]}. */
        private final double[] signal;
        /** {@code [bin][lane]}; null = not asked for. */
        private final double[] variance;
        /** Of each lane: the pixels whose validity is not that of the first frame. */
        private final PixelList[] changed;

        GroupSums(int lanes, int bins, boolean withVariance) {
            this.lanes = lanes;
            signal = new double[bins * lanes];
            variance = withVariance ? new double[bins * lanes] : null;
            changed = new PixelList[lanes];
            Arrays.setAll(changed, i -> new PixelList());
        }

        void add(GroupSums other) {
            JavaIntegrator.add(other.signal, signal);
            if (variance != null) {
                JavaIntegrator.add(other.variance, variance);
            }
            for (int lane = 0; lane < lanes; lane++) {
                changed[lane].add(other.changed[lane]);
            }
        }

        Sums of(int lane, Baseline baseline, Plan plan) {
            double[] norm = baseline.norm();
            double[] count = baseline.count();
            if (changed[lane].size > 0) {
                norm = norm.clone();
                count = count.clone();
                changed[lane].apply(baseline, plan, norm, count);
            }
            double[] ownSignal = lane(signal, lane);
            double[] ownVariance = variance == null ? null : lane(variance, lane);
            return new Sums(ownSignal, norm, count, ownVariance);
        }

        private double[] lane(double[] all, int lane) {
            double[] one = new double[all.length / lanes];
            for (int i = 0; i < one.length; i++) {
                one[i] = all[i * lanes + lane];
            }
            return one;
        }
    }

    /** Numbers of pixels. */
    private static final class PixelList {

        private int[] pixels = new int[16];
        private int size;

        void add(int pixel) {
            if (size == pixels.length) {
                pixels = Arrays.copyOf(pixels, 2 * size);
            }
            pixels[size++] = pixel;
        }

        void add(PixelList other) {
            for (int i = 0; i < other.size; i++) {
                add(other.pixels[i]);
            }
        }

        void apply(Baseline baseline, Plan plan, double[] norm, double[] count) {
            for (int i = 0; i < size; i++) {
                int pixel = pixels[i];
                Tile tile = plan.matrix().tileOf(pixel);
                int within = pixel - tile.first();
                int sign = baseline.invalid().get(pixel) ? 1 : -1;
                for (int k = tile.firstEntry(within); k < tile.entries() && tile.pixels()[k] == within; k++) {
                    double weight = sign * tile.weight(k);
                    count[tile.bins()[k]] += weight;
                    norm[tile.bins()[k]] += weight * plan.corrections().norm()[pixel];
                }
            }
        }
    }

    /** The memory of one thread: one tile of four frames. */
    private final class Workspace {

        private final int tilePixels = plan.matrix().tiles().get(0).count();
        private final float[] values = new float[LANES * tilePixels];
        private final float[] variances = plan.errors() == ErrorModel.NONE ? null : new float[LANES * tilePixels];
        /** Whether a pixel of the tile did not count in the first frame. */
        private final boolean[] invalid = new boolean[tilePixels];

        private final int[] skipped = new int[tilePixels];

        GroupSums sum(FrameBlock block, int firstFrame, List<Tile> tiles) {
            int lanes = Math.min(LANES, block.frames() - firstFrame);
            GroupSums sums = new GroupSums(lanes, plan.bins(), variances != null);
            for (Tile tile : tiles) {
                loadBaseline(tile);
                for (int lane = 0; lane < lanes; lane++) {
                    load(block, firstFrame + lane, tile, lane, sums.changed[lane]);
                }
                Products.add(tile, false, values, lanes, tilePixels, sums.signal);
                if (variances != null) {
                    Products.add(tile, true, variances, lanes, tilePixels, sums.variance);
                }
            }
            return sums;
        }

        private void loadBaseline(Tile tile) {
            Arrays.fill(invalid, false);
            BitSet first = baseline.invalid();
            for (int i = first.nextSetBit(tile.first());
                    i >= 0 && i < tile.first() + tile.count();
                    i = first.nextSetBit(i + 1)) {
                invalid[i - tile.first()] = true;
            }
        }

        /** Converts, checks and corrects the pixels of one frame in a tile. */
        private void load(FrameBlock block, int frame, Tile tile, int lane, PixelList changed) {
            int at = lane * tilePixels;
            int count = tile.count();
            block.type().toFloats(block.values(), frame * block.pixels() + tile.first(), values, at, count);
            int left = check(at, count, tile.first(), changed);
            correct(at, count, tile.first());
            // what does not count adds nothing
            for (int i = 0; i < left; i++) {
                values[at + skipped[i]] = 0;
                if (variances != null) {
                    variances[at + skipped[i]] = 0;
                }
            }
        }

        /** @return how many pixels do not count; they are in {@link #skipped} */
        private int check(int at, int count, int first, PixelList changed) {
            float saturation = plan.validity().saturation();
            float dummy = plan.validity().dummy();
            float delta = plan.validity().delta();
            int left = 0;
            for (int i = 0; i < count; i++) {
                float value = values[at + i];
                // as in Validity.counts, which the compiler does not see through here
                boolean counts = value < saturation && value >= -Float.MAX_VALUE && !(Math.abs(value - dummy) <= delta);
                if (!counts) {
                    skipped[left++] = i;
                }
                if (counts == invalid[i]) {
                    changed.add(first + i);
                }
            }
            return left;
        }

        private void correct(int at, int count, int first) {
            float[] dark = plan.corrections().dark();
            if (variances != null) {
                for (int i = 0; i < count; i++) {
                    variances[at + i] = Math.max(1, values[at + i]);
                }
            }
            if (dark != null) {
                for (int i = 0; i < count; i++) {
                    values[at + i] -= dark[first + i];
                }
            }
        }
    }
}
