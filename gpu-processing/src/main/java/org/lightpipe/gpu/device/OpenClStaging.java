package org.lightpipe.gpu.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_mem;

/** Memory of the host that OpenCL allocated, page-locked where its driver can do so; mapped for its whole life. */
final class OpenClStaging implements Device.StagingBuffer, Belongings.Thing {

    private final Belongings belongings;
    private final OpenClContext context;
    private final cl_mem memory;
    private final ByteBuffer mapped;
    private final ByteBuffer bytes;

    OpenClStaging(Belongings belongings, OpenClContext context, cl_mem memory, ByteBuffer mapped) {
        this.belongings = belongings;
        this.context = context;
        this.memory = memory;
        this.mapped = mapped;
        this.bytes = mapped.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public ByteBuffer bytes() {
        belongings.check(this);
        return bytes;
    }

    Pointer pointer(long fromByte) {
        belongings.check(this);
        return Pointer.to(mapped).withByteOffset(fromByte);
    }

    @Override
    public void close() {
        belongings.free(this);
    }

    @Override
    public void free() {
        CL.clEnqueueUnmapMemObject(context.service(), memory, mapped, 0, null, null);
        CL.clFinish(context.service());
        CL.clReleaseMemObject(memory);
    }

    @Override
    public String toString() {
        return "a staging buffer of " + mapped.capacity() + " bytes";
    }
}
