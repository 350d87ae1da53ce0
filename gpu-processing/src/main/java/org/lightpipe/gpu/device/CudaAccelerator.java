package org.lightpipe.gpu.device;

import jcuda.driver.CUdevice;

/** A device of CUDA. Not for several threads at a time. */
final class CudaAccelerator implements Accelerator {

    private final CUdevice device;
    private final Description description;
    private CudaContext context;

    CudaAccelerator(CUdevice device, Description description) {
        this.device = device;
        this.description = description;
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public LentDevice lend(long bytes, Meter meter) throws DeviceException {
        if (context == null) {
            context = CudaContext.retain(device, description);
        }
        return new CudaDevice(context, bytes, meter);
    }

    @Override
    public void release() {
        if (context != null) {
            context.release();
            context = null;
        }
    }
}
