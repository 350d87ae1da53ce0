package org.lightpipe.gpu.device;

import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/** What the jobs on a device of CUDA share: its primary context and the loaded kernels. */
final class CudaContext {

    private final CUdevice device;
    private final CUcontext context;
    private final Accelerator.Description description;
    private final int largestGroup;
    private final Map<KernelSource, CudaProgram> programs = new HashMap<>();

    private CudaContext(CUdevice device, CUcontext context, Accelerator.Description description) {
        this.device = device;
        this.context = context;
        this.description = description;
        this.largestGroup = Math.min(
                Device.Size.LARGEST_GROUP,
                CudaDriver.ask(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK));
    }

    static CudaContext retain(CUdevice device, Accelerator.Description description) throws DeviceException {
        CUcontext context = new CUcontext();
        CudaStatus.check(
                JCudaDriver.cuDevicePrimaryCtxRetain(context, device), description.name(), "setting up a context");
        return new CudaContext(device, context, description);
    }

    String name() {
        return description.name();
    }

    long memory() {
        return description.memory();
    }

    int largestGroup() {
        return largestGroup;
    }

    /** Makes calls of this thread go to the device; every entry of the interface does so, whatever its thread. */
    void use() throws DeviceException {
        CudaStatus.check(JCudaDriver.cuCtxSetCurrent(context), name(), "taking up its context");
    }

    /** The same where nothing can be done about it. */
    void tryToUse() {
        JCudaDriver.cuCtxSetCurrent(context);
    }

    /** @return the kernels of a source, loaded at the first question */
    synchronized CudaProgram program(KernelSource source) throws DeviceException {
        CudaProgram program = programs.get(source);
        if (program == null) {
            use();
            program = CudaProgram.load(this, source);
            programs.put(source, program);
        }
        return program;
    }

    /** Frees everything; no job may use the device. The driver ends the context with its last user. */
    synchronized void release() {
        tryToUse();
        programs.values().forEach(CudaProgram::unload);
        programs.clear();
        JCudaDriver.cuDevicePrimaryCtxRelease(device);
    }
}
