package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.device.Compute;

/**
 * Frames that lie in memory, 16 bits for each pixel, given out over and over until there are as many as are wanted, and
 * correlated from there: what is measured is the correlation, and not the reading of a file.
 */
public final class StoredFrames implements FrameSource {

    private static final int PER_BLOCK = 64;

    private final ByteBuffer values;
    private final int stored;
    private final int frames;
    private final int rows;
    private final int columns;

    /**
     * @param values {@code [frame][row][column]}
     * @param stored how many frames lie there
     * @param frames how many there seem to be
     */
    public StoredFrames(ByteBuffer values, int stored, int frames, int rows, int columns) {
        this.values = values;
        this.stored = stored;
        this.frames = frames;
        this.rows = rows;
        this.columns = columns;
    }

    /** @return the bytes of a device with which both correlations go best */
    public static long bytes(int frames, int[] dynamicBins, int[] staticBins, int rows, int columns)
            throws InvalidInputException {
        Partition partition = Partition.of(map(dynamicBins, staticBins, rows, columns), 0.5);
        int perBlock = SampleReader.rows(partition.order().length);
        return Math.max(
                Correlation.bytes(Delays.of(frames), partition, partition.binned(), perBlock, true),
                DevicePanelProduct.bytes(256, frames + 256, true));
    }

    private static QMap map(int[] dynamicBins, int[] staticBins, int rows, int columns) throws InvalidInputException {
        boolean[] all = new boolean[dynamicBins.length];
        Arrays.fill(all, true);
        return QMap.of("benchmark", rows, columns, dynamicBins, staticBins, all, all);
    }

    /** @return g2, {@code [delay][dynamic bin]} */
    public float[][] multitau(Compute compute, int[] dynamicBins, int[] staticBins)
            throws InvalidInputException, IOException, InterruptedException {
        Partition partition = Partition.of(map(dynamicBins, staticBins, rows, columns), 0.5);
        SampleReader reader =
                new SampleReader(this, new FrameSelection(0, 1, 1, frames), partition.order(), compute.threads());
        Scattering scattering = new Scattering(frames, partition.order().length, compute.threads());
        Delays delays = Delays.of(frames);
        int perPass = Math.min(
                partition.binned(), Correlation.pixelsPerPass(delays, partition, reader.rowsPerBlock(), compute, 2));
        CellSums sums = new Correlation(reader, partition, delays, partition.binned(), compute, perPass)
                .run(false, Optional.empty(), (pass, block) -> {
                    if (pass == 0) {
                        scattering.add(block);
                    }
                });
        return Averages.of(sums, partition).g2();
    }

    /** @return the means of the diagonals, {@code [delay][dynamic bin]} */
    public float[][] twotime(Compute compute, int[] dynamicBins, int[] staticBins)
            throws InvalidInputException, IOException, InterruptedException {
        QMap map = map(dynamicBins, staticBins, rows, columns);
        Partition partition =
                Partition.of(map, new TreeSet<>(Partition.of(map, 0.5).filledDynamic()));
        SampleReader reader =
                new SampleReader(this, new FrameSelection(0, 1, 1, frames), partition.order(), compute.threads());
        int pixels = partition.order().length;
        int length = TwoTime.blockLength(frames, pixels);
        int[] groups = new int[partition.cells().size() + 1];
        for (int i = 0; i < groups.length - 1; i++) {
            groups[i] = partition.cells().get(i).from();
        }
        groups[groups.length - 1] = pixels;
        float[][] g2 = new float[frames][partition.dynamicBins()];
        try (SampleStore store = new SampleStore(
                        frames, pixels, length, TwoTime.inMemory(frames, pixels, length), compute.threads());
                PanelProduct product = compute.device().isPresent()
                        ? new DevicePanelProduct(compute.device().get(), length, store.blocks() * length)
                        : new JavaPanelProduct(compute.threads(), length)) {
            reader.forEachBlock(block -> {
                TwoTime.smooth(block.rows(), block.count(), groups, reader.bad(), compute.threads());
                store.add(block.rows(), block.count(), 0);
            });
            for (int bin : partition.filledDynamic()) {
                int from = partition.of(bin).get(0).from();
                int to = partition.of(bin).get(partition.of(bin).size() - 1).to();
                float[] diagonals = TwoTime.correlate(store, from, to, reader.bad(), product, (time, row) -> {})
                        .g2();
                for (int k = 0; k < frames; k++) {
                    g2[k][bin - 1] = diagonals[k];
                }
            }
        }
        return g2;
    }

    @Override
    public String description() {
        return "frames in memory";
    }

    @Override
    public int frames() {
        return frames;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public NumberType type() {
        return NumberType.UINT16;
    }

    @Override
    public void forEachBlock(int from, int to, int perBlock, BlockConsumer consumer)
            throws InvalidInputException, IOException, InterruptedException {
        int frameBytes = rows * columns * type().bytes();
        for (int first = from; first < to; ) {
            int place = first % stored;
            int count = Math.min(Math.min(PER_BLOCK, to - first), stored - place);
            ByteBuffer block = values.duplicate()
                    .position(place * frameBytes)
                    .limit((place + count) * frameBytes)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN);
            consumer.accept(new FrameBlock(first, count, rows, columns, type(), block));
            first += count;
        }
    }

    @Override
    public void close() {
        // the memory belongs to whoever made it
    }
}
