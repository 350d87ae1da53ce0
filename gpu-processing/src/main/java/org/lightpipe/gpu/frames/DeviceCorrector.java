package org.lightpipe.gpu.frames;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Kernel;
import org.lightpipe.gpu.device.Device.Mark;
import org.lightpipe.gpu.device.Device.Size;
import org.lightpipe.gpu.device.Device.StagingBuffer;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.DeviceException;

/** Corrects frames on a device; while one block is worked on, the next is copied. */
final class DeviceCorrector implements Corrector {

    private static final int GROUP_X = 32;
    private static final int GROUP_Y = 4;
    private static final long BEST_BLOCK = 64 << 20;
    private static final int MOST_FRAMES = 4096;
    private static final int SLOTS = 2;

    private final CorrectionPlan plan;
    private final NumberType type;
    private final int frames;
    private final Kernel kernel;
    private final Buffer dark;
    private final Buffer gain;
    private final List<Slot> slots = new ArrayList<>();
    private int turn;

    DeviceCorrector(Device device, CorrectionPlan plan, NumberType type) throws DeviceException {
        this.plan = plan;
        this.type = type;
        kernel = device.program(DeviceCorrector.class, "correct")
                .kernel("correct_" + type.name().toLowerCase(Locale.ROOT));
        dark = device.allocate(4L * plan.dark().length);
        gain = device.allocate(4L * plan.gain().length);
        try (Stream stream = device.stream()) {
            stream.upload(plan.dark(), dark, 0);
            stream.upload(plan.gain(), gain, 0);
            stream.finish();
        }
        long fit = Math.min(
                device.available() / SLOTS / frameBytes(plan, type), device.largestBuffer() / frameBytes(plan, type));
        frames = (int) Math.max(1, Math.min(fit, best(plan, type)));
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new Slot(device));
        }
    }

    private static long frameBytes(CorrectionPlan plan, NumberType type) {
        return (long) plan.gain().length * type.bytes() + 4L * plan.pixelsOut();
    }

    private static long best(CorrectionPlan plan, NumberType type) {
        return Math.max(1, Math.min(MOST_FRAMES, BEST_BLOCK / frameBytes(plan, type)));
    }

    /** @return the least device memory with which it works */
    static long leastBytes(CorrectionPlan plan, NumberType type) {
        return 8L * plan.gain().length + SLOTS * frameBytes(plan, type);
    }

    /** @return the device memory with which it is as fast as it can be */
    static long bestBytes(CorrectionPlan plan, NumberType type) {
        return 8L * plan.gain().length + SLOTS * best(plan, type) * frameBytes(plan, type);
    }

    @Override
    public int framesPerBlock() {
        return frames;
    }

    @Override
    public void correct(FrameBlock block, Output output) throws IOException, InterruptedException {
        Slot slot = slots.get(turn);
        slot.collect(output);
        slot.submit(block);
        turn = (turn + 1) % SLOTS;
    }

    @Override
    public void finish(Output output) throws IOException, InterruptedException {
        for (int i = 0; i < SLOTS; i++) {
            slots.get((turn + i) % SLOTS).collect(output);
        }
    }

    @Override
    public void close() {
        slots.forEach(Slot::close);
        dark.close();
        gain.close();
    }

    /** The memory and the queue of one block on its way. */
    private final class Slot {

        private final Stream stream;
        private final StagingBuffer in;
        private final StagingBuffer out;
        private final Buffer stored;
        private final Buffer corrected;
        private int first;
        private int count;
        private Mark done;

        Slot(Device device) throws DeviceException {
            stream = device.stream();
            in = device.staging(Math.multiplyExact(frames, plan.gain().length * type.bytes()));
            out = device.staging(Math.multiplyExact(frames, 4 * plan.pixelsOut()));
            stored = device.allocate((long) frames * plan.gain().length * type.bytes());
            corrected = device.allocate((long) frames * 4 * plan.pixelsOut());
        }

        void submit(FrameBlock block) throws DeviceException {
            first = block.first();
            count = block.frames();
            int bytes = count * plan.gain().length * type.bytes();
            ByteBuffer to = in.bytes().duplicate();
            to.clear();
            to.put(block.values().duplicate().position(0).limit(bytes));
            stream.upload(in, 0, stored, 0, bytes);
            kernel.launch(
                    stream,
                    new Size(plan.columnsOut(), plan.rowsOut(), count, GROUP_X, GROUP_Y, 1),
                    stored,
                    dark,
                    gain,
                    corrected,
                    plan.rows(),
                    plan.columns(),
                    plan.region().row(),
                    plan.region().column(),
                    plan.rowsOut(),
                    plan.columnsOut(),
                    plan.binning(),
                    count,
                    plan.fill().ordinal(),
                    plan.mean() ? 1 : 0,
                    Math.min(plan.saturation(), Float.MAX_VALUE),
                    0f);
            stream.download(corrected, 0, out, 0, (long) count * 4 * plan.pixelsOut());
            done = stream.mark();
        }

        void collect(Output output) throws IOException, InterruptedException {
            if (done == null) {
                return;
            }
            done.await();
            done.close();
            done = null;
            float[] values = new float[count * plan.pixelsOut()];
            out.bytes()
                    .duplicate()
                    .order(out.bytes().order())
                    .clear()
                    .asFloatBuffer()
                    .get(values);
            output.accept(first, count, values);
        }

        void close() {
            if (done != null) {
                done.close();
            }
            stream.close();
            in.close();
            out.close();
            stored.close();
            corrected.close();
        }
    }
}
