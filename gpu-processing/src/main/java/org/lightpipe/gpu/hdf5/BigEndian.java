package org.lightpipe.gpu.hdf5;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The numbers at the beginnings of chunks and blocks, which LZ4 and bitshuffle store big-endian. */
final class BigEndian {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    static long u64(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    static long u32(byte[] bytes, int at) {
        return (int) INT.get(bytes, at) & 0xffffffffL;
    }

    /** The length of a block, which follows and must be there. */
    static int blockLength(byte[] bytes, int at, int end) {
        if (end - at < 4) {
            throw Refusal.damaged("a chunk ends before its last block");
        }
        long length = u32(bytes, at);
        if (length > end - at - 4) {
            throw Refusal.damaged(
                    "a chunk has a block of " + length + " bytes where only " + (end - at - 4) + " are left");
        }
        return (int) length;
    }
}
