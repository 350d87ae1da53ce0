package org.lightpipe.gpu.device;

import java.util.List;
import jcuda.driver.CUfunction;

/** A kernel of CUDA. */
final class CudaKernel implements Device.Kernel {

    /** What every device takes along y and z. */
    private static final long MOST_GROUPS = 65_535;

    private final CudaContext context;
    private final String name;
    private final CUfunction function;
    private final List<PtxSignatures.Type> types;

    CudaKernel(CudaContext context, String name, CUfunction function, List<PtxSignatures.Type> types) {
        this.context = context;
        this.name = name;
        this.function = function;
        this.types = types;
    }

    @Override
    public void launch(Device.Stream stream, Device.Size size, Object... values) throws DeviceException {
        if (!(stream instanceof CudaStream queue)) {
            throw new IllegalArgumentException("kernel " + name + ": the queue belongs to another backend");
        }
        if (values.length != types.size()) {
            throw new IllegalArgumentException(
                    "kernel " + name + " takes " + types.size() + " arguments, but " + values.length + " are given");
        }
        if (size.group() > context.largestGroup()) {
            throw new DeviceException(
                    context.name() + ": kernel " + name + " in groups of " + size.group() + ", but the most is "
                            + context.largestGroup(),
                    false);
        }
        if (size.groupsX() > Integer.MAX_VALUE || size.groupsY() > MOST_GROUPS || size.groupsZ() > MOST_GROUPS) {
            throw new IllegalArgumentException("kernel " + name + " in " + size.groupsX() + " x " + size.groupsY()
                    + " x " + size.groupsZ() + " groups, but the most are " + Integer.MAX_VALUE + " x " + MOST_GROUPS
                    + " x " + MOST_GROUPS);
        }
        for (int i = 0; i < values.length; i++) {
            PtxSignatures.Type type = types.get(i);
            boolean ours = !(values[i] instanceof Device.Buffer) || values[i] instanceof CudaBuffer;
            if (!type.takes(values[i]) || !ours) {
                throw new IllegalArgumentException(
                        "kernel " + name + ", argument " + i + ": it must be " + type + ", but it is " + values[i]);
            }
        }
        if (!size.isEmpty()) {
            queue.run(function, name, size, values);
        }
    }
}
