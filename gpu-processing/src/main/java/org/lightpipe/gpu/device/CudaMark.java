package org.lightpipe.gpu.device;

import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;

/** An event in a stream of CUDA. */
final class CudaMark implements Device.Mark, Belongings.Thing {

    private final Belongings belongings;
    private final CudaContext context;
    private final CUevent event;

    CudaMark(Belongings belongings, CudaContext context, CUevent event) {
        this.belongings = belongings;
        this.context = context;
        this.event = event;
    }

    CUevent event() {
        belongings.check(this);
        return event;
    }

    @Override
    public void await() throws DeviceException {
        context.use();
        CudaStatus.check(JCudaDriver.cuEventSynchronize(event()), context.name(), "running what was queued");
    }

    @Override
    public void close() {
        belongings.free(this);
    }

    @Override
    public void free() {
        context.tryToUse();
        JCudaDriver.cuEventDestroy(event);
    }

    @Override
    public String toString() {
        return "a mark";
    }
}
