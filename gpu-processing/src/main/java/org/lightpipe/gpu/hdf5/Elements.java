package org.lightpipe.gpu.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Turns elements as they are stored into what they are given out as. */
final class Elements {

    private Elements() {}

    /** Big-endian elements become little-endian ones. */
    static void turn(byte[] bytes, int size) {
        turn(ByteBuffer.wrap(bytes), 0, bytes.length / size, size);
    }

    /** @param from the number of the first element, counted from the beginning of the buffer */
    static void turn(ByteBuffer values, int from, int to, int size) {
        ByteBuffer stored = values.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        switch (size) {
            case 2 -> {
                for (int i = from; i < to; i++) {
                    stored.putShort(2 * i, Short.reverseBytes(stored.getShort(2 * i)));
                }
            }
            case 4 -> {
                for (int i = from; i < to; i++) {
                    stored.putInt(4 * i, Integer.reverseBytes(stored.getInt(4 * i)));
                }
            }
            case 8 -> {
                for (int i = from; i < to; i++) {
                    stored.putLong(8 * i, Long.reverseBytes(stored.getLong(8 * i)));
                }
            }
            default -> {
                // one byte has no order
            }
        }
    }

    /** Floating-point numbers of 16 bits become such of 32. */
    static void widen(ByteBuffer halves, boolean turned, ByteBuffer floats, int count) {
        ByteBuffer from = halves.duplicate().order(turned ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = floats.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            to.putFloat(4 * i, half(from.getShort(2 * i)));
        }
    }

    /** IEEE 754 binary16. */
    static float half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        float size;
        if (exponent == 0) {
            size = mantissa * 0x1p-24f;
        } else if (exponent == 31) {
            size = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        } else {
            size = Float.intBitsToFloat(exponent + 112 << 23 | mantissa << 13);
        }
        return bits < 0 ? -size : size;
    }
}
