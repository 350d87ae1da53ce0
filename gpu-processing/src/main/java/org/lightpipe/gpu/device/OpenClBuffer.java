package org.lightpipe.gpu.device;

import org.jocl.CL;
import org.jocl.cl_mem;

/** Memory of a device of OpenCL. */
final class OpenClBuffer implements Device.Buffer, Belongings.Thing {

    private final Belongings belongings;
    private final Allowance allowance;
    private final cl_mem memory;
    private final long bytes;

    /** @param bytes taken from the allowance */
    OpenClBuffer(Belongings belongings, Allowance allowance, cl_mem memory, long bytes) {
        this.belongings = belongings;
        this.allowance = allowance;
        this.memory = memory;
        this.bytes = bytes;
    }

    cl_mem memory() {
        belongings.check(this);
        return memory;
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
        CL.clReleaseMemObject(memory);
        allowance.giveBack(bytes);
    }

    @Override
    public String toString() {
        return "a buffer of " + bytes + " bytes";
    }
}
