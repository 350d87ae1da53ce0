package org.lightpipe.gpu.frames;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Kernel;
import org.lightpipe.gpu.device.Device.Mark;
import org.lightpipe.gpu.device.Device.Program;
import org.lightpipe.gpu.device.Device.Size;
import org.lightpipe.gpu.device.Device.StagingBuffer;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.DeviceException;

/** Welford's formulas on a device: one work item for each pixel; while one block is worked on, the next is copied. */
final class DeviceAccumulator implements FrameAccumulator {

    private static final int GROUP = 256;

    /** Groups for the total of one frame: many, because there may be few frames. */
    private static final int GROUPS = 64;

    /** Sum, left out, saturated. */
    private static final int TOTALS = 3;

    private static final long BEST_BLOCK = 64 << 20;
    private static final int SLOTS = 2;

    private final int pixels;
    private final NumberType type;
    private final double saturation;
    private final int frames;
    private final Kernel moments;
    private final Kernel totals;
    private final Kernel images;
    private final Stream stream;
    private final Buffer means;
    private final Buffer squares;
    private final Buffer largest;
    private final Buffer smallest;
    private final Buffer counts;
    private final Buffer mean;
    private final Buffer deviation;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();
    private int turn;
    private boolean imagesMade;

    DeviceAccumulator(Device device, int pixels, NumberType type, double saturation) throws DeviceException {
        this.pixels = pixels;
        this.type = type;
        this.saturation = saturation;
        Program program = device.program(DeviceAccumulator.class, "statistics");
        String suffix = "_" + type.name().toLowerCase(Locale.ROOT);
        moments = program.kernel("moments" + suffix);
        totals = program.kernel("totals" + suffix);
        images = program.kernel("images");
        stream = device.stream();
        means = zeros(device, Double.BYTES);
        squares = zeros(device, Double.BYTES);
        largest = zeros(device, Float.BYTES);
        smallest = zeros(device, Float.BYTES);
        counts = zeros(device, Integer.BYTES);
        mean = zeros(device, Float.BYTES);
        deviation = zeros(device, Float.BYTES);
        long perFrame = (long) pixels * type.bytes();
        long fit = Math.min(device.available() / SLOTS / (perFrame + totalBytes(1)), device.largestBuffer() / perFrame);
        frames = (int) Math.max(1, Math.min(fit, best(perFrame)));
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new Slot(device));
        }
    }

    private Buffer zeros(Device device, int bytes) throws DeviceException {
        Buffer buffer = device.allocate((long) pixels * bytes);
        buffers.add(buffer);
        stream.zero(buffer, 0, buffer.bytes());
        return buffer;
    }

    private static long best(long perFrame) {
        return Math.max(1, Math.min(BEST_BLOCK / perFrame, 1024));
    }

    private static long totalBytes(int frames) {
        return (long) frames * GROUPS * TOTALS * Double.BYTES;
    }

    /** @return the least device memory with which it works */
    static long leastBytes(int pixels, NumberType type) {
        return bytes(pixels, type, 1);
    }

    /** @return the device memory with which it is as fast as it can be */
    static long bestBytes(int pixels, NumberType type) {
        return bytes(pixels, type, best((long) pixels * type.bytes()));
    }

    private static long bytes(int pixels, NumberType type, long frames) {
        return pixels * 36L + SLOTS * frames * ((long) pixels * type.bytes() + totalBytes(1));
    }

    @Override
    public int framesPerBlock() {
        return frames;
    }

    @Override
    public void add(FrameBlock block, FrameTotals to) throws IOException {
        Slot slot = slots.get(turn);
        slot.collect(to);
        slot.submit(block);
        turn = (turn + 1) % SLOTS;
    }

    @Override
    public void finish(FrameTotals to) throws IOException {
        for (int i = 0; i < SLOTS; i++) {
            slots.get((turn + i) % SLOTS).collect(to);
        }
    }

    @Override
    public Moments moments(int from, int count) throws IOException {
        if (!imagesMade) {
            images.launch(
                    stream,
                    Size.of(pixels, GROUP),
                    means,
                    squares,
                    largest,
                    smallest,
                    counts,
                    mean,
                    deviation,
                    pixels,
                    0f);
            imagesMade = true;
        }
        return new Moments(
                download(mean, from, count),
                download(largest, from, count),
                download(smallest, from, count),
                download(deviation, from, count));
    }

    private float[] download(Buffer buffer, int from, int count) throws DeviceException {
        float[] values = new float[count];
        stream.download(buffer, 4L * from, values);
        return values;
    }

    @Override
    public void close() {
        slots.forEach(Slot::close);
        stream.close();
        buffers.forEach(Buffer::close);
    }

    /** The memory of one block on its way; all blocks go through one queue, because each adds to the same moments. */
    private final class Slot {

        private final StagingBuffer in;
        private final StagingBuffer out;
        private final Buffer stored;
        private final Buffer sums;
        private int first;
        private int count;
        private Mark done;

        Slot(Device device) throws DeviceException {
            in = device.staging(Math.multiplyExact(frames, pixels * type.bytes()));
            out = device.staging((int) totalBytes(frames));
            stored = device.allocate((long) frames * pixels * type.bytes());
            sums = device.allocate(totalBytes(frames));
            buffers.add(stored);
            buffers.add(sums);
        }

        void submit(FrameBlock block) throws DeviceException {
            first = block.first();
            count = block.frames();
            int bytes = count * pixels * type.bytes();
            ByteBuffer to = in.bytes().duplicate();
            to.clear();
            to.put(block.values().duplicate().position(0).limit(bytes));
            stream.upload(in, 0, stored, 0, bytes);
            moments.launch(
                    stream, Size.of(pixels, GROUP), stored, means, squares, largest, smallest, counts, pixels, count);
            totals.launch(
                    stream,
                    Size.of((long) GROUPS * GROUP, count, GROUP, 1),
                    stored,
                    sums,
                    pixels,
                    count,
                    GROUPS,
                    Math.min(saturation, Double.MAX_VALUE));
            stream.download(sums, 0, out, 0, totalBytes(count));
            done = stream.mark();
        }

        void collect(FrameTotals to) throws DeviceException {
            if (done == null) {
                return;
            }
            done.await();
            done.close();
            done = null;
            DoubleBuffer values =
                    out.bytes().duplicate().order(out.bytes().order()).clear().asDoubleBuffer();
            for (int frame = 0; frame < count; frame++) {
                double total = 0;
                double left = 0;
                double lost = 0;
                for (int group = 0; group < GROUPS; group++) {
                    int at = (frame * GROUPS + group) * TOTALS;
                    total += values.get(at);
                    left += values.get(at + 1);
                    lost += values.get(at + 2);
                }
                to.add(first + frame, total, (long) left, (long) lost);
            }
        }

        void close() {
            if (done != null) {
                done.close();
            }
            in.close();
            out.close();
        }
    }
}
