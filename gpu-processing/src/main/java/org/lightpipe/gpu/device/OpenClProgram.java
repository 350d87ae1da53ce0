package org.lightpipe.gpu.device;

import java.util.HashMap;
import java.util.Map;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/** The kernels of one source, compiled. */
final class OpenClProgram implements Device.Program {

    private final OpenClContext context;
    private final String name;
    private final cl_program program;
    private final Map<String, OpenClKernel> kernels = new HashMap<>();

    OpenClProgram(OpenClContext context, String name, cl_program program) {
        this.context = context;
        this.name = name;
        this.program = program;
    }

    @Override
    public synchronized Device.Kernel kernel(String kernel) throws DeviceException {
        OpenClKernel known = kernels.get(kernel);
        if (known != null) {
            return known;
        }
        int[] status = new int[1];
        cl_kernel handle = CL.clCreateKernel(program, kernel, status);
        if (status[0] == CL.CL_INVALID_KERNEL_NAME) {
            throw new DeviceException(context.name() + ": " + name + ".cu has no kernel " + kernel, false);
        }
        OpenClStatus.checkResources(status[0], context.name(), "making the kernel " + kernel);
        int[] arguments = new int[1];
        CL.clGetKernelInfo(handle, CL.CL_KERNEL_NUM_ARGS, Sizeof.cl_uint, Pointer.to(arguments), null);
        OpenClKernel made = new OpenClKernel(context, kernel, handle, arguments[0]);
        kernels.put(kernel, made);
        return made;
    }

    synchronized void release() {
        kernels.values().forEach(OpenClKernel::release);
        kernels.clear();
        CL.clReleaseProgram(program);
    }
}
