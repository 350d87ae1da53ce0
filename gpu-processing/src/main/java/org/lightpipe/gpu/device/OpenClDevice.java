package org.lightpipe.gpu.device;

import java.nio.ByteBuffer;
import org.jocl.CL;
import org.jocl.cl_mem;
import org.lightpipe.gpu.core.Memory;

/** A device of OpenCL for the time of one loan. */
final class OpenClDevice implements LentDevice {

    /** No driver allocates less. */
    private static final long SMALLEST = 4;

    private final OpenClContext context;
    private final Allowance allowance;
    private final Meter meter;
    private final Belongings streams = new Belongings();
    private final Belongings memory = new Belongings();

    OpenClDevice(OpenClContext context, long bytes, Meter meter) {
        this.context = context;
        this.allowance = new Allowance(context.name(), bytes);
        this.meter = meter;
    }

    @Override
    public String name() {
        return context.name();
    }

    @Override
    public String backend() {
        return "opencl";
    }

    @Override
    public long available() {
        return allowance.left();
    }

    @Override
    public long largestBuffer() {
        return context.largestBuffer();
    }

    @Override
    public int largestGroup() {
        return context.largestGroup();
    }

    @Override
    public Buffer allocate(long wanted) throws DeviceException {
        if (wanted < 0) {
            throw new IllegalArgumentException("a buffer of " + wanted + " bytes");
        }
        long bytes = Math.max(SMALLEST, wanted);
        allowance.take(bytes);
        int[] status = new int[1];
        cl_mem made = CL.clCreateBuffer(context.handle(), CL.CL_MEM_READ_WRITE, bytes, null, status);
        if (status[0] != CL.CL_SUCCESS) {
            allowance.giveBack(bytes);
            OpenClStatus.checkResources(status[0], name(), "allocating a buffer of " + Memory.text(bytes));
        }
        return memory.keep(new OpenClBuffer(memory, allowance, made, bytes));
    }

    @Override
    public StagingBuffer staging(int bytes) throws DeviceException {
        if (bytes < 1) {
            throw new IllegalArgumentException("a staging buffer of " + bytes + " bytes");
        }
        int[] status = new int[1];
        cl_mem made = CL.clCreateBuffer(
                context.handle(), CL.CL_MEM_READ_WRITE | CL.CL_MEM_ALLOC_HOST_PTR, bytes, null, status);
        OpenClStatus.checkResources(status[0], name(), "allocating a staging buffer of " + Memory.text(bytes));
        ByteBuffer mapped = CL.clEnqueueMapBuffer(
                context.service(), made, true, CL.CL_MAP_READ | CL.CL_MAP_WRITE, 0, bytes, 0, null, null, status);
        if (status[0] != CL.CL_SUCCESS) {
            CL.clReleaseMemObject(made);
            OpenClStatus.checkResources(status[0], name(), "mapping a staging buffer of " + Memory.text(bytes));
        }
        return memory.keep(new OpenClStaging(memory, context, made, mapped));
    }

    @Override
    public Program program(Class<?> owner, String name) throws DeviceException {
        return context.program(new KernelSource(owner, name));
    }

    @Override
    public Stream stream() throws DeviceException {
        return streams.keep(new OpenClStream(this, streams, memory, context, meter));
    }

    @Override
    public void close() {
        streams.freeAll();
        memory.freeAll();
    }
}
