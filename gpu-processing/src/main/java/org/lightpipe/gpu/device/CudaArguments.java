package org.lightpipe.gpu.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.NativePointerObject;
import jcuda.Pointer;

/**
 * The arguments of one launch at a time, outside the heap: JCuda would hold the garbage collector up for each one that
 * is an array. The driver has copied them when a launch returns.
 */
final class CudaArguments {

    private static final int EACH = Long.BYTES;

    private ByteBuffer memory = space(32);

    /** @param values of the types that the kernel declares */
    Pointer of(Object... values) {
        if (memory.capacity() < values.length * EACH) {
            memory = space(values.length);
        }
        NativePointerObject[] pointers = new NativePointerObject[values.length];
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof CudaBuffer buffer) {
                pointers[i] = Pointer.to(buffer.address());
                continue;
            }
            int at = i * EACH;
            if (values[i] instanceof Integer number) {
                memory.putInt(at, number);
            } else if (values[i] instanceof Long number) {
                memory.putLong(at, number);
            } else if (values[i] instanceof Float number) {
                memory.putFloat(at, number);
            } else if (values[i] instanceof Double number) {
                memory.putDouble(at, number);
            }
            pointers[i] = Pointer.to(memory).withByteOffset(at);
        }
        return Pointer.to(pointers);
    }

    private static ByteBuffer space(int arguments) {
        return ByteBuffer.allocateDirect(arguments * EACH).order(ByteOrder.nativeOrder());
    }
}
