package org.lightpipe.gpu.device;

import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;

/** A kernel of OpenCL; its arguments are state of the driver's, so that one launch at a time sets them. */
final class OpenClKernel implements Device.Kernel {

    private final OpenClContext context;
    private final String name;
    private final cl_kernel kernel;
    private final int arguments;

    OpenClKernel(OpenClContext context, String name, cl_kernel kernel, int arguments) {
        this.context = context;
        this.name = name;
        this.kernel = kernel;
        this.arguments = arguments;
    }

    @Override
    public void launch(Device.Stream stream, Device.Size size, Object... values) throws DeviceException {
        if (!(stream instanceof OpenClStream queue)) {
            throw new IllegalArgumentException("kernel " + name + ": the queue belongs to another backend");
        }
        if (values.length != arguments) {
            throw new IllegalArgumentException(
                    "kernel " + name + " takes " + arguments + " arguments, but " + values.length + " are given");
        }
        if (size.group() > context.largestGroup()) {
            throw new DeviceException(
                    context.name() + ": kernel " + name + " in groups of " + size.group() + ", but the most is "
                            + context.largestGroup(),
                    false);
        }
        if (size.isEmpty()) {
            return;
        }
        long[] group = {size.groupX(), size.groupY(), size.groupZ()};
        long[] items = {size.groupsX() * size.groupX(), size.groupsY() * size.groupY(), size.groupsZ() * size.groupZ()};
        synchronized (this) {
            for (int i = 0; i < values.length; i++) {
                set(i, values[i]);
            }
            queue.run(kernel, name, items, group);
        }
    }

    private void set(int index, Object value) throws DeviceException {
        int status;
        if (value instanceof OpenClBuffer buffer) {
            status = CL.clSetKernelArg(kernel, index, Sizeof.cl_mem, Pointer.to(buffer.memory()));
        } else if (value instanceof Integer number) {
            status = CL.clSetKernelArg(kernel, index, Sizeof.cl_int, Pointer.to(new int[] {number}));
        } else if (value instanceof Long number) {
            status = CL.clSetKernelArg(kernel, index, Sizeof.cl_long, Pointer.to(new long[] {number}));
        } else if (value instanceof Float number) {
            status = CL.clSetKernelArg(kernel, index, Sizeof.cl_float, Pointer.to(new float[] {number}));
        } else if (value instanceof Double number) {
            status = CL.clSetKernelArg(kernel, index, Sizeof.cl_double, Pointer.to(new double[] {number}));
        } else {
            throw new IllegalArgumentException("kernel " + name + ", argument " + index
                    + ": it must be a Buffer of this device, Integer, Long, Float or Double, but it is " + value);
        }
        if (status != CL.CL_SUCCESS) {
            throw new IllegalArgumentException("kernel " + name + ", argument " + index + ": "
                    + value.getClass().getSimpleName() + " does not fit: " + CL.stringFor_errorCode(status));
        }
    }

    void release() {
        CL.clReleaseKernel(kernel);
    }
}
