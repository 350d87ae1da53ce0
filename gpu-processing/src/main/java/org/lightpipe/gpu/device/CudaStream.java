package org.lightpipe.gpu.device;

import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.StagingBuffer;

/** A stream of CUDA. */
final class CudaStream implements Device.Stream, Belongings.Thing {

    private final Belongings streams;
    private final Belongings marks;
    private final CudaContext context;
    private final CUstream stream;
    private final CudaClock clock;
    private final CudaArguments arguments = new CudaArguments();
    private final ArrayTransfer arrays;

    private CudaStream(
            CudaDevice device,
            Belongings streams,
            Belongings marks,
            CudaContext context,
            CUstream stream,
            Meter meter) {
        this.streams = streams;
        this.marks = marks;
        this.context = context;
        this.stream = stream;
        this.clock = new CudaClock(context, stream, meter);
        this.arrays = new ArrayTransfer(device, this);
    }

    static CudaStream create(CudaDevice device, Belongings streams, Belongings marks, CudaContext context, Meter meter)
            throws DeviceException {
        context.use();
        CUstream stream = new CUstream();
        // does not wait for the stream that is there from the beginning, on which others may work
        CudaStatus.check(
                JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
                context.name(),
                "making a queue");
        return new CudaStream(device, streams, marks, context, stream, meter);
    }

    @Override
    public void upload(StagingBuffer from, long fromByte, Buffer to, long toByte, long bytes) throws DeviceException {
        CudaStaging source = ours(from);
        CudaBuffer target = ours(to);
        Span.check("staging buffer", fromByte, bytes, source.bytes().capacity());
        Span.check("buffer", toByte, bytes, target.bytes());
        if (bytes > 0) {
            use();
            check(
                    JCudaDriver.cuMemcpyHtoDAsync(
                            target.address().withByteOffset(toByte), source.pointer(fromByte), bytes, stream),
                    "copying to the device");
        }
    }

    @Override
    public void download(Buffer from, long fromByte, StagingBuffer to, long toByte, long bytes) throws DeviceException {
        CudaBuffer source = ours(from);
        CudaStaging target = ours(to);
        Span.check("buffer", fromByte, bytes, source.bytes());
        Span.check("staging buffer", toByte, bytes, target.bytes().capacity());
        if (bytes > 0) {
            use();
            check(
                    JCudaDriver.cuMemcpyDtoHAsync(
                            target.pointer(toByte), source.address().withByteOffset(fromByte), bytes, stream),
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
        CudaBuffer target = ours(buffer);
        Span.check("buffer", fromByte, bytes, target.bytes());
        if (fromByte % 4 != 0 || bytes % 4 != 0) {
            throw new IllegalArgumentException(bytes + " bytes from " + fromByte + " are not whole words of four");
        }
        if (bytes > 0) {
            use();
            check(
                    JCudaDriver.cuMemsetD32Async(target.address().withByteOffset(fromByte), 0, bytes / 4, stream),
                    "filling a buffer with zeros");
        }
    }

    /** Queues a kernel with its arguments. */
    void run(CUfunction kernel, String name, Device.Size size, Object... values) throws DeviceException {
        Pointer pointers = arguments.of(values);
        use();
        clock.start();
        check(
                JCudaDriver.cuLaunchKernel(
                        kernel,
                        (int) size.groupsX(),
                        (int) size.groupsY(),
                        (int) size.groupsZ(),
                        size.groupX(),
                        size.groupY(),
                        size.groupZ(),
                        0,
                        stream,
                        pointers,
                        null),
                "launching the kernel " + name);
        clock.end();
    }

    @Override
    public Device.Mark mark() throws DeviceException {
        use();
        CUevent event = new CUevent();
        check(JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING), "making a mark");
        CudaMark mark = marks.keep(new CudaMark(marks, context, event));
        check(JCudaDriver.cuEventRecord(event, stream), "setting a mark");
        return mark;
    }

    @Override
    public void after(Device.Mark mark) throws DeviceException {
        if (!(mark instanceof CudaMark other)) {
            throw new IllegalArgumentException("the mark belongs to another backend");
        }
        use();
        check(JCudaDriver.cuStreamWaitEvent(stream, other.event(), 0), "waiting for another queue");
    }

    @Override
    public void finish() throws DeviceException {
        use();
        check(JCudaDriver.cuStreamSynchronize(stream), "running what was queued");
        clock.read(false);
    }

    @Override
    public void close() {
        streams.free(this);
    }

    @Override
    public void free() {
        context.tryToUse();
        JCudaDriver.cuStreamSynchronize(stream);
        clock.free();
        arrays.close();
        JCudaDriver.cuStreamDestroy(stream);
    }

    private void use() throws DeviceException {
        streams.check(this);
        context.use();
    }

    private void check(int status, String doing) throws DeviceException {
        CudaStatus.check(status, context.name(), doing);
    }

    private static CudaBuffer ours(Buffer buffer) {
        if (buffer instanceof CudaBuffer ours) {
            return ours;
        }
        throw new IllegalArgumentException("the buffer belongs to another backend");
    }

    private static CudaStaging ours(StagingBuffer buffer) {
        if (buffer instanceof CudaStaging ours) {
            return ours;
        }
        throw new IllegalArgumentException("the staging buffer belongs to another backend");
    }

    @Override
    public String toString() {
        return "a queue";
    }
}
