package org.lightpipe.gpu.scattering;

import org.lightpipe.gpu.core.NumberType;

/**
 * Which values of a frame count. Values that are not finite never do.
 *
 * @param saturation this value and larger ones do not count; infinity = all do
 * @param dummy the value of pixels that do not count; NaN = there is none
 * @param delta how far from it a value may be and still not count
 */
record Validity(float saturation, float dummy, float delta) {

    /**
     * @param saturation null = the largest value of an unsigned type, because a detector that writes it has lost count
     * @param dummy null = there is none
     * @param delta null = 0
     */
    static Validity of(NumberType type, Double saturation, Double dummy, Double delta) {
        return new Validity(
                saturation == null ? saturation(type) : saturation.floatValue(),
                dummy == null ? Float.NaN : dummy.floatValue(),
                delta == null ? 0 : delta.floatValue());
    }

    private static float saturation(NumberType type) {
        return switch (type) {
            case UINT8 -> 0xff;
            case UINT16 -> 0xffff;
            // as floats, 2^32 - 1 and 2^64 - 1 are the next power of two
            case UINT32 -> 0x1p32f;
            case UINT64 -> 0x1p64f;
            default -> Float.POSITIVE_INFINITY;
        };
    }

    boolean counts(float value) {
        return value < saturation && value >= -Float.MAX_VALUE && !(Math.abs(value - dummy) <= delta);
    }
}
