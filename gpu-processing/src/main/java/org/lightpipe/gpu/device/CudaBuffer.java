package org.lightpipe.gpu.device;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/** Memory of a device of CUDA. */
final class CudaBuffer implements Device.Buffer, Belongings.Thing {

    private final Belongings belongings;
    private final Allowance allowance;
    private final CudaContext context;
    private final CUdeviceptr address;
    private final long bytes;

    /** @param bytes taken from the allowance */
    CudaBuffer(Belongings belongings, Allowance allowance, CudaContext context, CUdeviceptr address, long bytes) {
        this.belongings = belongings;
        this.allowance = allowance;
        this.context = context;
        this.address = address;
        this.bytes = bytes;
    }

    CUdeviceptr address() {
        belongings.check(this);
        return address;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        belongings.free(this);
    }

    @Override
    public void free() {
        context.tryToUse();
        JCudaDriver.cuMemFree(address);
        allowance.giveBack(bytes);
    }

    @Override
    public String toString() {
        return "a buffer of " + bytes + " bytes";
    }
}
