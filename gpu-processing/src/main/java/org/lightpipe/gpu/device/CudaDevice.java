package org.lightpipe.gpu.device;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import org.lightpipe.gpu.core.Memory;

/** A device of CUDA for the time of one loan. */
final class CudaDevice implements LentDevice {

    private static final long SMALLEST = 4;

    private final CudaContext context;
    private final Allowance allowance;
    private final Meter meter;
    private final Belongings streams = new Belongings();
    private final Belongings memory = new Belongings();

    CudaDevice(CudaContext context, long bytes, Meter meter) {
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
        return "cuda";
    }

    @Override
    public long available() {
        return allowance.left();
    }

    @Override
    public long largestBuffer() {
        return context.memory();
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
        context.use();
        allowance.take(bytes);
        CUdeviceptr address = new CUdeviceptr();
        try {
            CudaStatus.check(
                    JCudaDriver.cuMemAlloc(address, bytes), name(), "allocating a buffer of " + Memory.text(bytes));
        } catch (DeviceException e) {
            allowance.giveBack(bytes);
            throw e;
        }
        return memory.keep(new CudaBuffer(memory, allowance, context, address, bytes));
    }

    @Override
    public StagingBuffer staging(int bytes) throws DeviceException {
        if (bytes < 1) {
            throw new IllegalArgumentException("a staging buffer of " + bytes + " bytes");
        }
        context.use();
        Pointer pointer = new Pointer();
        CudaStatus.check(
                JCudaDriver.cuMemHostAlloc(pointer, bytes, 0),
                name(),
                "allocating a staging buffer of " + Memory.text(bytes));
        return memory.keep(new CudaStaging(memory, context, pointer, bytes));
    }

    @Override
    public Program program(Class<?> owner, String name) throws DeviceException {
        return context.program(new KernelSource(owner, name));
    }

    @Override
    public Stream stream() throws DeviceException {
        return streams.keep(CudaStream.create(this, streams, memory, context, meter));
    }

    @Override
    public void close() {
        streams.freeAll();
        memory.freeAll();
    }
}
