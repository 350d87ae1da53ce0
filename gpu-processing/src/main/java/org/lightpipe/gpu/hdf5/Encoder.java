package org.lightpipe.gpu.hdf5;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of metadata that grow at their end; all integers in it are little-endian. */
final class Encoder {

    private byte[] bytes = new byte[256];
    private int length;

    Encoder u8(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    Encoder u16(int value) {
        return u8(value).u8(value >> 8);
    }

    Encoder u32(long value) {
        return u16((int) value).u16((int) (value >> 16));
    }

    Encoder u64(long value) {
        return u32(value).u32(value >> 32);
    }

    Encoder letters(String text) {
        return bytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    Encoder bytes(byte[] some) {
        room(some.length);
        System.arraycopy(some, 0, bytes, length, some.length);
        length += some.length;
        return this;
    }

    Encoder zeros(int count) {
        room(count);
        length += count;
        return this;
    }

    /** The sum of all bytes so far. */
    Encoder checksum() {
        return u32(Lookup3.hash(bytes, 0, length));
    }

    int length() {
        return length;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        int needed = Math.addExact(length, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * bytes.length)));
        }
    }
}
