package org.lightpipe.gpu.frames;

import org.lightpipe.gpu.core.NumberType;

/** From which value on a pixel has lost count. */
final class Saturation {

    private Saturation() {}

    /**
     * @param given null = the largest value of an unsigned type
     * @return infinity = never
     */
    static double of(NumberType type, Double given) {
        if (given != null) {
            return given;
        }
        return switch (type) {
            case UINT8 -> 0xff;
            case UINT16 -> 0xffff;
            case UINT32 -> 0xffffffffL;
            // as a double, 2^64 - 1 is the next power of two
            case UINT64 -> 0x1p64;
            default -> Double.POSITIVE_INFINITY;
        };
    }
}
