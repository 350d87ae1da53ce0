package org.lightpipe.gpu.device;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.StagingBuffer;

/** An in-order queue of OpenCL. */
final class OpenClStream implements Device.Stream, Belongings.Thing {

    /** Kernels whose times are not read yet: looked after from the first number on, waited for from the second on. */
    private static final int SOME = 64;

    private static final int MANY = 1024;

    private final Belongings streams;
    private final Belongings marks;
    private final OpenClContext context;
    private final Meter meter;
    private final cl_command_queue queue;
    private final ArrayTransfer arrays;
    private final Deque<cl_event> launched = new ArrayDeque<>();

    OpenClStream(OpenClDevice device, Belongings streams, Belongings marks, OpenClContext context, Meter meter)
            throws DeviceException {
        this.streams = streams;
        this.marks = marks;
        this.context = context;
        this.meter = meter;
        this.queue = context.queue();
        this.arrays = new ArrayTransfer(device, this);
    }

    @Override
    public void upload(StagingBuffer from, long fromByte, Buffer to, long toByte, long bytes) throws DeviceException {
        OpenClStaging source = ours(from);
        OpenClBuffer target = ours(to);
        Span.check("staging buffer", fromByte, bytes, source.bytes().capacity());
        Span.check("buffer", toByte, bytes, target.bytes());
        if (bytes > 0) {
            check(
                    CL.clEnqueueWriteBuffer(
                            queue(), target.memory(), false, toByte, bytes, source.pointer(fromByte), 0, null, null),
                    "copying to the device");
        }
    }

    @Override
    public void download(Buffer from, long fromByte, StagingBuffer to, long toByte, long bytes) throws DeviceException {
        OpenClBuffer source = ours(from);
        OpenClStaging target = ours(to);
        Span.check("buffer", fromByte, bytes, source.bytes());
        Span.check("staging buffer", toByte, bytes, target.bytes().capacity());
        if (bytes > 0) {
            check(
                    CL.clEnqueueReadBuffer(
                            queue(), source.memory(), false, fromByte, bytes, target.pointer(toByte), 0, null, null),
                    "copying from the device");
        }
    }

    @Override
    public void upload(float[] from, Buffer to, long toByte) throws DeviceException {
        arrays.upload(from, to, toByte);
    }

    @Override
    public void upload(int[] from, Buffer to, long toByte) throws DeviceException {
        arrays.upload(from, to, toByte);
    }

    @Override
    public void download(Buffer from, long fromByte, float[] to) throws DeviceException {
        arrays.download(from, fromByte, to);
    }

    @Override
    public void zero(Buffer buffer, long fromByte, long bytes) throws DeviceException {
        OpenClBuffer target = ours(buffer);
        Span.check("buffer", fromByte, bytes, target.bytes());
        if (fromByte % 4 != 0 || bytes % 4 != 0) {
            throw new IllegalArgumentException(bytes + " bytes from " + fromByte + " are not whole words of four");
        }
        if (bytes > 0) {
            check(
                    CL.clEnqueueFillBuffer(
                            queue(),
                            target.memory(),
                            Pointer.to(new int[1]),
                            Sizeof.cl_int,
                            fromByte,
                            bytes,
                            0,
                            null,
                            null),
                    "filling a buffer with zeros");
        }
    }

    /** Queues a kernel whose arguments are set. */
    void run(cl_kernel kernel, String name, long[] items, long[] group) throws DeviceException {
        cl_event event = new cl_event();
        int status = CL.clEnqueueNDRangeKernel(queue(), kernel, items.length, null, items, group, 0, null, event);
        OpenClStatus.checkResources(status, context.name(), "launching the kernel " + name);
        meter.kernel();
        launched.add(event);
        if (launched.size() >= SOME) {
            readTimes(launched.size() >= MANY);
        }
    }

    @Override
    public Device.Mark mark() throws DeviceException {
        cl_event event = new cl_event();
        check(CL.clEnqueueMarkerWithWaitList(queue(), 0, null, event), "setting a mark");
        // others may wait for it, and drivers may keep commands back until they are asked for
        check(CL.clFlush(queue), "starting what was queued");
        return marks.keep(new OpenClMark(marks, context.name(), event));
    }

    @Override
    public void after(Device.Mark mark) throws DeviceException {
        if (!(mark instanceof OpenClMark other)) {
            throw new IllegalArgumentException("the mark belongs to another backend");
        }
        check(
                CL.clEnqueueBarrierWithWaitList(queue(), 1, new cl_event[] {other.event()}, null),
                "waiting for another queue");
    }

    @Override
    public void finish() throws DeviceException {
        check(CL.clFinish(queue()), "running what was queued");
        readTimes(false);
    }

    /** Adds up how long kernels ran, as far as they have; {@code wait} for the oldest one. */
    private void readTimes(boolean wait) throws DeviceException {
        if (wait) {
            check(CL.clWaitForEvents(1, new cl_event[] {launched.peek()}), "running what was queued");
        }
        int[] state = new int[1];
        long[] start = new long[1];
        long[] end = new long[1];
        while (!launched.isEmpty()) {
            cl_event event = launched.peek();
            check(
                    CL.clGetEventInfo(
                            event, CL.CL_EVENT_COMMAND_EXECUTION_STATUS, Sizeof.cl_int, Pointer.to(state), null),
                    "asking how far a kernel is");
            if (state[0] > CL.CL_COMPLETE) {
                return;
            }
            if (CL.clGetEventProfilingInfo(
                                    event, CL.CL_PROFILING_COMMAND_START, Sizeof.cl_ulong, Pointer.to(start), null)
                            == CL.CL_SUCCESS
                    && CL.clGetEventProfilingInfo(
                                    event, CL.CL_PROFILING_COMMAND_END, Sizeof.cl_ulong, Pointer.to(end), null)
                            == CL.CL_SUCCESS) {
                meter.ran(end[0] - start[0]);
            }
            CL.clReleaseEvent(launched.remove());
            if (state[0] < 0) {
                throw new DeviceException(
                        context.name() + ": a kernel failed: " + CL.stringFor_errorCode(state[0]), true);
            }
        }
    }

    @Override
    public void close() {
        streams.free(this);
    }

    @Override
    public void free() {
        CL.clFinish(queue);
        arrays.close();
        launched.forEach(CL::clReleaseEvent);
        launched.clear();
        CL.clReleaseCommandQueue(queue);
    }

    private cl_command_queue queue() {
        streams.check(this);
        return queue;
    }

    private void check(int status, String doing) throws DeviceException {
        OpenClStatus.check(status, context.name(), doing);
    }

    private static OpenClBuffer ours(Buffer buffer) {
        if (buffer instanceof OpenClBuffer ours) {
            return ours;
        }
        throw new IllegalArgumentException("the buffer belongs to another backend");
    }

    private static OpenClStaging ours(StagingBuffer buffer) {
        if (buffer instanceof OpenClStaging ours) {
            return ours;
        }
        throw new IllegalArgumentException("the staging buffer belongs to another backend");
    }

    @Override
    public String toString() {
        return "a queue";
    }
}
