package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.DeviceException;

/**
 * The multi-tau sums on a device. What is kept between blocks stays there, {@code [row][pixel]}; a block is copied while
 * the one before it is worked on. Each level is one launch: it reads the sums that the level below wrote.
 */
final class DeviceMultiTau implements MultiTau {

    private static final int HISTORY = Delays.LONGEST;
    private static final int GROUP = 128;

    /** Work items for a cell, as the kernel has it. */
    private static final int CELL_GROUP = 64;

    private static final int CELL_VALUES = 5;

    private final Device device;
    private final Delays delays;
    private final List<Cell> cells;
    private final int from;
    private final int pixels;
    private final int rows;
    private final Device.Kernel firstLevel;
    private final Device.Kernel nextLevel;
    private final Device.Program program;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Device.Stream copying;
    private final Device.Stream working;
    private final Device.StagingBuffer[] staged = new Device.StagingBuffer[2];
    private final Device.StagingBuffer[] stagedFactors = new Device.StagingBuffer[2];
    private final Device.Buffer[] inputs = new Device.Buffer[2];
    private final Device.Buffer[] factorBuffers = new Device.Buffer[2];
    private final Device.Mark[] used = new Device.Mark[2];
    private final Device.Buffer[] between = new Device.Buffer[2];
    private final Device.Buffer history;
    private final Device.Buffer high;
    private final Device.Buffer low;
    private final Device.Buffer first;
    private final Device.Buffer totalHigh;
    private final Device.Buffer totalLow;
    private final int[] seen;
    private final List<float[]> segments = new ArrayList<>();
    private int turn;

    /**
     * @param from the position of the first pixel
     * @param to the position behind the last
     * @param rows the most samples of a block
     */
    DeviceMultiTau(Device device, Delays delays, List<Cell> cells, int from, int to, int rows) throws DeviceException {
        this.device = device;
        this.delays = delays;
        this.cells = cells;
        this.from = from;
        this.pixels = to - from;
        this.rows = rows;
        this.seen = new int[delays.levels().size()];
        boolean whole = false;
        try {
            program = device.program(DeviceMultiTau.class, "multitau");
            firstLevel = program.kernel("multitau_first");
            nextLevel = program.kernel("multitau_next");
            copying = opened(device.stream());
            working = opened(device.stream());
            for (int i = 0; i < 2; i++) {
                staged[i] = opened(device.staging(4 * rows * pixels));
                stagedFactors[i] = opened(device.staging(4 * rows));
                inputs[i] = floats(rows);
                factorBuffers[i] = opened(device.allocate(4L * rows));
                between[i] = floats(rows / 2 + 1);
            }
            history = zeros((long) HISTORY * delays.levels().size());
            high = zeros(delays.slots());
            low = zeros(delays.slots());
            first = zeros(delays.slots());
            totalHigh = zeros(1);
            totalLow = zeros(1);
            working.finish();
            whole = true;
        } finally {
            if (!whole) {
                close();
            }
        }
    }

    /**
     * @param rows of a block
     * @return the bytes of the device that one pixel takes
     */
    static long bytesPerPixel(Delays delays, int rows) {
        long state = (long) HISTORY * delays.levels().size() + 3L * delays.slots() + 2;
        long blocks = 2L * rows + 2L * (rows / 2 + 1);
        long atTheEnd = 2 + (long) PixelSums.KINDS * 2 * HISTORY + 1;
        return 4 * (state + blocks + atTheEnd);
    }

    /** @return the bytes that one pixel takes in the largest buffer */
    static long mostBytesPerPixel(Delays delays, int rows) {
        int history = HISTORY * delays.levels().size();
        return 4L * Math.max(Math.max(history, delays.slots()), Math.max(rows, PixelSums.KINDS * HISTORY));
    }

    /** @return bytes beside those that grow with the pixels */
    static long bytesForCells(int cells) {
        return 8L * CELL_VALUES * HISTORY * cells + 16L * cells + (1 << 20);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    private Device.Buffer floats(long count) throws DeviceException {
        return opened(device.allocate(4 * count * pixels));
    }

    private Device.Buffer zeros(long count) throws DeviceException {
        Device.Buffer buffer = floats(count);
        working.zero(buffer, 0, buffer.bytes());
        return buffer;
    }

    @Override
    public void add(SampleBlock block, float[] factors) throws IOException {
        int slot = turn++ % 2;
        if (used[slot] != null) {
            used[slot].await();
            used[slot].close();
            used[slot] = null;
        }
        stage(block, factors, slot);
        copying.upload(staged[slot], 0, inputs[slot], 0, 4L * block.count() * pixels);
        copying.upload(stagedFactors[slot], 0, factorBuffers[slot], 0, 4L * block.count());
        try (Device.Mark copied = copying.mark()) {
            working.after(copied);
        }
        levels(slot, block.count());
        used[slot] = working.mark();
    }

    private void stage(SampleBlock block, float[] factors, int slot) {
        FloatBuffer values = staged[slot].bytes().clear().asFloatBuffer();
        FloatBuffer scales = stagedFactors[slot].bytes().clear().asFloatBuffer();
        for (int i = 0; i < block.count(); i++) {
            values.put(block.rows()[i], from, pixels);
            scales.put(factors == null ? 1 : factors[i]);
        }
    }

    private void levels(int slot, int count) throws DeviceException {
        Device.Size size = Device.Size.of(pixels, GROUP);
        Device.Buffer in = inputs[slot];
        int inRows = count;
        int slots = 0;
        for (int i = 0; i < seen.length && inRows > 0; i++) {
            Delays.Level level = delays.levels().get(i);
            Device.Buffer out = between[i % 2];
            int writePairs = i + 1 < seen.length ? 1 : 0;
            if (level.number() == delays.segments().number()) {
                keepSegments(in, inRows, i == 0 ? factorsOf(slot, inRows) : null);
            }
            if (i == 0) {
                firstLevel.launch(
                        working,
                        size,
                        in,
                        factorBuffers[slot],
                        out,
                        history,
                        high,
                        low,
                        first,
                        totalHigh,
                        totalLow,
                        inRows,
                        pixels,
                        seen[0],
                        writePairs);
            } else {
                nextLevel.launch(
                        working,
                        size,
                        in,
                        out,
                        history,
                        high,
                        low,
                        first,
                        inRows,
                        pixels,
                        seen[i],
                        writePairs,
                        i,
                        slots);
            }
            int pairs = (seen[i] + inRows) / 2 - seen[i] / 2;
            seen[i] += inRows;
            slots += level.slots();
            in = out;
            inRows = pairs;
        }
    }

    private float[] factorsOf(int slot, int count) {
        float[] factors = new float[count];
        stagedFactors[slot].bytes().asFloatBuffer().get(factors);
        return factors;
    }

    /** There are few of them: they are summed up here, at the end, when it is known which pixels are bad. */
    private void keepSegments(Device.Buffer in, int count, float[] factors) throws DeviceException {
        for (int i = 0; i < count; i++) {
            float[] row = new float[pixels];
            working.download(in, 4L * i * pixels, row);
            if (factors != null) {
                Kernels.multiply(pixels, row, factors[i]);
            }
            segments.add(row);
        }
    }

    @Override
    public void finish(CellSums sums, boolean[] bad, PixelSums planes) throws IOException {
        working.finish();
        for (int i = 0; i < 2; i++) {
            // what only blocks need makes room for what only the end needs
            release(staged[i]);
            release(inputs[i]);
            release(between[i]);
        }
        addSegments(sums);
        sums.count(from, from + pixels, bad);
        int firstCell = sums.cellAt(from);
        int lastCell = sums.cellAt(from + pixels - 1);
        int count = lastCell - firstCell + 1;
        Device.Buffer cellFrom = opened(device.allocate(4L * count));
        Device.Buffer cellTo = opened(device.allocate(4L * count));
        Device.Buffer badPixels = opened(device.allocate(4L * pixels));
        int[] begins = new int[count];
        int[] ends = new int[count];
        for (int i = 0; i < count; i++) {
            begins[i] = Math.max(0, cells.get(firstCell + i).from() - from);
            ends[i] = Math.min(pixels, cells.get(firstCell + i).to() - from);
        }
        int[] flags = new int[pixels];
        for (int p = 0; p < pixels; p++) {
            flags[p] = bad[from + p] ? 1 : 0;
        }
        working.upload(begins, cellFrom, 0);
        working.upload(ends, cellTo, 0);
        working.upload(flags, badPixels, 0);
        Device.Buffer remaining = opened(device.allocate(8L * pixels));
        Device.Buffer means = floats((long) PixelSums.KINDS * HISTORY);
        int resultBytes = 8 * CELL_VALUES * HISTORY * count;
        Device.Buffer results = opened(device.allocate(resultBytes));
        Device.StagingBuffer received = opened(device.staging(resultBytes));
        Device.Size perPixel = Device.Size.of(pixels, GROUP);
        program.kernel("multitau_total").launch(working, perPixel, totalHigh, totalLow, remaining, pixels);
        Device.Kernel meansKernel = program.kernel("multitau_means");
        Device.Kernel cellsKernel = program.kernel("multitau_cells");
        int slots = 0;
        for (Delays.Level level : delays.levels()) {
            meansKernel.launch(
                    working,
                    perPixel,
                    history,
                    high,
                    low,
                    first,
                    remaining,
                    means,
                    pixels,
                    level.samples(),
                    level.number(),
                    slots,
                    level.firstLag(),
                    level.lags(),
                    level.scale());
            cellsKernel.launch(
                    working,
                    Device.Size.of((long) count * CELL_GROUP, level.lags(), CELL_GROUP, 1),
                    means,
                    badPixels,
                    cellFrom,
                    cellTo,
                    results,
                    pixels,
                    count,
                    level.lags());
            working.download(results, 0, received, 0, 8L * CELL_VALUES * level.lags() * count);
            working.finish();
            collect(sums, level, received.bytes(), firstCell, count);
            if (planes != null) {
                send(planes, level, means);
            }
            slots += level.slots();
        }
    }

    private static void collect(CellSums sums, Delays.Level level, ByteBuffer bytes, int firstCell, int count) {
        double[] values = new double[CELL_VALUES];
        for (int lag = 0; lag < level.lags(); lag++) {
            for (int cell = 0; cell < count; cell++) {
                for (int i = 0; i < CELL_VALUES; i++) {
                    values[i] = bytes.getDouble(8 * ((lag * count + cell) * CELL_VALUES + i));
                }
                sums.add(level.firstDelay() + lag, firstCell + cell, values);
            }
        }
    }

    private void send(PixelSums planes, Delays.Level level, Device.Buffer means) throws IOException {
        float[] plane = new float[pixels];
        for (int i = 0; i < level.lags() * PixelSums.KINDS; i++) {
            working.download(means, 4L * i * pixels, plane);
            planes.accept(level.firstDelay() + i / PixelSums.KINDS, i % PixelSums.KINDS, from, plane, pixels);
        }
    }

    private void addSegments(CellSums sums) {
        for (int segment = 0; segment < segments.size(); segment++) {
            float[] row = segments.get(segment);
            int cell = sums.cellAt(from);
            int p = 0;
            while (p < pixels) {
                int end = Math.min(pixels, cells.get(cell).to() - from);
                double sum = 0;
                for (; p < end; p++) {
                    sum += row[p];
                }
                sums.addSegment(segment, cell++, sum);
            }
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < 2; i++) {
            if (used[i] != null) {
                used[i].close();
                used[i] = null;
            }
        }
        while (!opened.isEmpty()) {
            closeQuietly(opened.pop());
        }
    }

    private void release(AutoCloseable resource) {
        opened.remove(resource);
        closeQuietly(resource);
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("memory of a device cannot be freed", e);
        }
    }
}
