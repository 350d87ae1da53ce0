package org.lightpipe.gpu.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/** Page-locked memory of the host. */
final class CudaStaging implements Device.StagingBuffer, Belongings.Thing {

    private final Belongings belongings;
    private final CudaContext context;
    private final Pointer pointer;
    private final ByteBuffer bytes;

    CudaStaging(Belongings belongings, CudaContext context, Pointer pointer, int bytes) {
        this.belongings = belongings;
        this.context = context;
        this.pointer = pointer;
        this.bytes = pointer.getByteBuffer(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public ByteBuffer bytes() {
        belongings.check(this);
        return bytes;
    }

    Pointer pointer(long fromByte) {
        belongings.check(this);
        return pointer.withByteOffset(fromByte);
    }

    @Override
    public void close() {
        belongings.free(this);
    }

    @Override
    public void free() {
        context.tryToUse();
        JCudaDriver.cuMemFreeHost(pointer);
    }

    @Override
    public String toString() {
        return "a staging buffer of " + bytes.capacity() + " bytes";
    }
}
