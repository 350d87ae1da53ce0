package org.lightpipe.gpu.scattering;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.InvalidInputException;
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

/**
 * The product of the sparse matrix with frames, on a device. Frames go up as the detector wrote them; while one block is
 * worked on, the next is copied.
 */
final class DeviceIntegrator implements Integrator {

    /** Frames that lie beside each other on the device; as in the kernels. */
    private static final int LANES = 8;

    private static final int GROUP = 128;

    /** Enough for a copy to run at full speed. */
    private static final long BEST_BLOCK = 64 << 20;

    private static final int SLOTS = 2;

    /** Four sums for each bin of each frame. */
    private static final int SUMS = 4;

    private final Plan plan;
    private final NumberType type;
    private final int frames;
    private final Kernel prepare;
    private final Kernel sum;
    private final Buffer starts;
    private final Buffer pixels;
    private final Buffer weights;
    private final Buffer norms;
    private final Buffer dark;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();
    private int turn;

    /** @param stored how the frames are stored */
    DeviceIntegrator(Device device, Plan plan, NumberType stored) throws DeviceException {
        this.plan = plan;
        type = onDevice(stored);
        Program program = device.program(DeviceIntegrator.class, "integrate");
        prepare = program.kernel("prepare_" + type.name().toLowerCase(Locale.ROOT));
        sum = program.kernel(plan.needsSpread() ? "spread" : "integrate");
        CompressedRows rows = CompressedRows.of(plan.matrix());
        starts = allocate(device, 4L * rows.starts().length);
        pixels = allocate(device, 4L * Math.max(1, rows.pixels().length));
        weights = allocate(device, 4L * Math.max(1, rows.weights().length));
        norms = allocate(device, 4L * plan.pixels());
        boolean hasDark = plan.corrections().dark() != null;
        dark = hasDark ? allocate(device, 4L * plan.pixels()) : norms;
        try (Stream stream = device.stream()) {
            stream.upload(rows.starts(), starts, 0);
            if (rows.pixels().length > 0) {
                stream.upload(rows.pixels(), pixels, 0);
                stream.upload(rows.weights(), weights, 0);
            }
            stream.upload(plan.corrections().norm(), norms, 0);
            if (hasDark) {
                stream.upload(plan.corrections().dark(), dark, 0);
            }
            stream.finish();
        }
        frames = framesThatFit(device, plan, type);
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new Slot(device));
        }
    }

    private Buffer allocate(Device device, long bytes) throws DeviceException {
        Buffer buffer = device.allocate(bytes);
        buffers.add(buffer);
        return buffer;
    }

    /** @return the least device memory with which frames can be integrated */
    static long leastBytes(Plan plan, NumberType stored) {
        return matrixBytes(plan) + SLOTS * LANES * frameBytes(plan, onDevice(stored));
    }

    /** @return the device memory with which it is as fast as it can be */
    static long bestBytes(Plan plan, NumberType stored) {
        return matrixBytes(plan) + SLOTS * bestFrames(plan, onDevice(stored)) * frameBytes(plan, onDevice(stored));
    }

    private static long matrixBytes(Plan plan) {
        return CompressedRows.ENTRY_BYTES * plan.matrix().entries() + 4L * (plan.bins() + 1) + 8L * plan.pixels();
    }

    /** A frame as it came, as signals, and what it adds up to. */
    private static long frameBytes(Plan plan, NumberType type) {
        return (long) plan.pixels() * (type.bytes() + Float.BYTES) + (long) SUMS * Float.BYTES * plan.bins();
    }

    private static long bestFrames(Plan plan, NumberType type) {
        long perFrame = Math.max((long) plan.pixels() * type.bytes(), (long) SUMS * Float.BYTES * plan.bins());
        return Math.max(LANES, BEST_BLOCK / perFrame / LANES * LANES);
    }

    private static int framesThatFit(Device device, Plan plan, NumberType type) {
        long fit = Math.min(
                device.available() / SLOTS / frameBytes(plan, type), device.largestBuffer() / frameBytes(plan, type));
        return (int) Math.max(LANES, Math.min(fit / LANES * LANES, bestFrames(plan, type)));
    }

    /** The types that a kernel reads; the others are converted on the way. */
    private static NumberType onDevice(NumberType stored) {
        return switch (stored) {
            case INT64, UINT64, FLOAT64 -> NumberType.FLOAT32;
            default -> stored;
        };
    }

    @Override
    public int framesPerBlock() {
        return frames;
    }

    @Override
    public void integrate(FrameBlock block, Output output)
            throws IOException, InvalidInputException, InterruptedException {
        Slot slot = slots.get(turn);
        slot.collect(output);
        slot.submit(block);
        turn = (turn + 1) % SLOTS;
    }

    @Override
    public void finish(Output output) throws IOException, InvalidInputException, InterruptedException {
        for (int i = 0; i < SLOTS; i++) {
            slots.get((turn + i) % SLOTS).collect(output);
        }
    }

    @Override
    public void close() {
        slots.forEach(Slot::close);
        buffers.forEach(Buffer::close);
    }

    /** The memory and the queue of one block on its way. */
    private final class Slot {

        private final Stream stream;
        private final StagingBuffer in;
        private final StagingBuffer out;
        private final Buffer stored;
        private final Buffer signals;
        private final Buffer sums;
        private int first;
        private int count;
        private Mark done;

        Slot(Device device) throws DeviceException {
            stream = device.stream();
            in = device.staging(Math.multiplyExact(frames, plan.pixels() * type.bytes()));
            out = device.staging(Math.multiplyExact(frames, SUMS * Float.BYTES * plan.bins()));
            stored = allocate(device, (long) frames * plan.pixels() * type.bytes());
            signals = allocate(device, (long) frames * plan.pixels() * Float.BYTES);
            sums = allocate(device, (long) frames * SUMS * Float.BYTES * plan.bins());
        }

        void submit(FrameBlock block) throws DeviceException {
            first = block.first();
            count = block.frames();
            long bytes = stage(block);
            stream.upload(in, 0, stored, 0, bytes);
            int groups = (count + LANES - 1) / LANES;
            boolean hasDark = plan.corrections().dark() != null;
            Validity validity = plan.validity();
            boolean hasDummy = !Float.isNaN(validity.dummy());
            prepare.launch(
                    stream,
                    Size.of(plan.pixels(), groups, GROUP, 1),
                    stored,
                    dark,
                    signals,
                    plan.pixels(),
                    count,
                    hasDark ? 1 : 0,
                    hasDummy ? 1 : 0,
                    Math.min(validity.saturation(), Float.MAX_VALUE),
                    hasDummy ? validity.dummy() : 0f,
                    validity.delta(),
                    0f);
            Size size = Size.of((long) plan.bins() * GROUP, groups, GROUP, 1);
            if (plan.needsSpread()) {
                sum.launch(
                        stream,
                        size,
                        starts,
                        pixels,
                        weights,
                        norms,
                        dark,
                        signals,
                        sums,
                        plan.pixels(),
                        plan.bins(),
                        count,
                        hasDark ? 1 : 0,
                        plan.errors() == ErrorModel.POISSON ? 1 : 0,
                        plan.clipping().iterations(),
                        (float) plan.clipping().threshold());
            } else {
                sum.launch(
                        stream,
                        size,
                        starts,
                        pixels,
                        weights,
                        norms,
                        dark,
                        signals,
                        sums,
                        plan.pixels(),
                        plan.bins(),
                        count,
                        hasDark ? 1 : 0,
                        plan.hasErrors() ? 1 : 0);
            }
            stream.download(sums, 0, out, 0, (long) count * SUMS * Float.BYTES * plan.bins());
            done = stream.mark();
        }

        /** Copies the block to where the device reads it; returns its bytes. */
        private long stage(FrameBlock block) {
            ByteBuffer to = in.bytes().duplicate().order(in.bytes().order());
            to.clear();
            int values = block.frames() * plan.pixels();
            if (block.type() == type) {
                to.put(block.values().duplicate().position(0).limit(values * type.bytes()));
                return (long) values * type.bytes();
            }
            FloatBuffer floats = to.asFloatBuffer();
            float[] frame = new float[plan.pixels()];
            for (int i = 0; i < block.frames(); i++) {
                block.floats(i, frame);
                floats.put(frame);
            }
            return (long) values * Float.BYTES;
        }

        void collect(Output output) throws IOException, InvalidInputException, InterruptedException {
            if (done == null) {
                return;
            }
            done.await();
            done.close();
            done = null;
            FloatBuffer all =
                    out.bytes().duplicate().order(out.bytes().order()).clear().asFloatBuffer();
            float[] row = new float[SUMS * plan.bins()];
            for (int frame = 0; frame < count; frame++) {
                all.position(frame * row.length).get(row);
                output.accept(first + frame, sums(row));
            }
        }

        private Sums sums(float[] row) {
            Sums of = new Sums(
                    new double[plan.bins()],
                    new double[plan.bins()],
                    new double[plan.bins()],
                    plan.hasErrors() ? new double[plan.bins()] : null);
            for (int bin = 0; bin < plan.bins(); bin++) {
                of.signal()[bin] = row[SUMS * bin];
                of.norm()[bin] = row[SUMS * bin + 1];
                of.count()[bin] = row[SUMS * bin + 2];
                if (of.variance() != null) {
                    of.variance()[bin] = row[SUMS * bin + 3];
                }
            }
            return of;
        }

        void close() {
            if (done != null) {
                done.close();
            }
            stream.close();
            in.close();
            out.close();
        }
    }
}
