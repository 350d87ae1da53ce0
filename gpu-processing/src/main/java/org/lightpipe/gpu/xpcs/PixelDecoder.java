package org.lightpipe.gpu.xpcs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.lightpipe.gpu.core.NumberType;

/**
 * Picks the pixels of frames in the order of a {@link Partition}. Bad are values that are not finite, negative whole
 * numbers, and the largest number of an unsigned type of 16 bits and more: detectors mark pixels so. They count as 0
 * here, and the pixel is marked for good. Used by one thread.
 */
final class PixelDecoder {

    private static final int MAX_8 = 0xff;
    private static final int MAX_16 = 0xffff;
    private static final int MAX_32 = 0xffffffff;

    private final NumberType type;
    private final int pixels;
    private final int[] order;
    private final boolean[] bad;

    // a frame as it is stored, as an array: looked up in any order, that is twice as fast as a buffer
    private final byte[] bytes;
    private final short[] shorts;
    private final int[] ints;
    private final float[] floats;

    /**
     * @param pixels of a frame
     * @param bad by position; set by several decoders, never cleared
     */
    PixelDecoder(NumberType type, int pixels, int[] order, boolean[] bad) {
        this.type = type;
        this.pixels = pixels;
        this.order = order;
        this.bad = bad;
        this.bytes = new byte[type == NumberType.UINT8 ? pixels : 0];
        this.shorts = new short[type == NumberType.UINT16 ? pixels : 0];
        this.ints = new int[type == NumberType.UINT32 ? pixels : 0];
        this.floats = new float[type == NumberType.FLOAT32 ? pixels : 0];
    }

    /**
     * What a frame holds.
     *
     * @param sum over good pixels
     * @param good how many
     * @param saturated pixels at the largest number of an 8-bit type, which is no mark but the end of its range
     */
    record Tally(double sum, int good, int saturated) {}

    /**
     * @param values frames, little-endian, from index 0 on
     * @param frame its number in the buffer
     * @param into one value for each position
     */
    Tally decode(ByteBuffer values, int frame, float[] into) {
        int frameBytes = pixels * type.bytes();
        ByteBuffer one = values.duplicate()
                .limit((frame + 1) * frameBytes)
                .position(frame * frameBytes)
                .order(ByteOrder.LITTLE_ENDIAN);
        return switch (type) {
            case UINT8 -> {
                one.get(bytes);
                yield unsigned8(bytes, order, into);
            }
            case UINT16 -> {
                one.asShortBuffer().get(shorts);
                yield unsigned16(shorts, order, bad, into);
            }
            case UINT32 -> {
                one.asIntBuffer().get(ints);
                yield unsigned32(ints, order, bad, into);
            }
            case FLOAT32 -> {
                one.asFloatBuffer().get(floats);
                yield float32(floats, order, bad, into);
            }
            default -> other(values, frame * pixels, into);
        };
    }

    private static Tally unsigned8(byte[] values, int[] order, float[] into) {
        long sum = 0;
        int saturated = 0;
        for (int i = 0; i < order.length; i++) {
            int value = values[order[i]] & 0xff;
            sum += value;
            saturated += value == MAX_8 ? 1 : 0;
            into[i] = value;
        }
        return new Tally(sum, order.length, saturated);
    }

    private static Tally unsigned16(short[] values, int[] order, boolean[] bad, float[] into) {
        long sum = 0;
        int marked = 0;
        for (int i = 0; i < order.length; i++) {
            int value = values[order[i]] & 0xffff;
            if (value == MAX_16) {
                bad[i] = true;
                marked++;
                value = 0;
            }
            sum += value;
            into[i] = value;
        }
        return new Tally(sum, order.length - marked, 0);
    }

    private static Tally unsigned32(int[] values, int[] order, boolean[] bad, float[] into) {
        long sum = 0;
        int marked = 0;
        for (int i = 0; i < order.length; i++) {
            int bits = values[order[i]];
            if (bits == MAX_32) {
                bad[i] = true;
                marked++;
                bits = 0;
            }
            long value = bits & 0xffffffffL;
            sum += value;
            into[i] = value;
        }
        return new Tally(sum, order.length - marked, 0);
    }

    private static Tally float32(float[] values, int[] order, boolean[] bad, float[] into) {
        double sum = 0;
        int marked = 0;
        for (int i = 0; i < order.length; i++) {
            float value = values[order[i]];
            if (!Float.isFinite(value)) {
                bad[i] = true;
                marked++;
                value = 0;
            }
            sum += value;
            into[i] = value;
        }
        return new Tally(sum, order.length - marked, 0);
    }

    private Tally other(ByteBuffer values, int base, float[] into) {
        double sum = 0;
        int marked = 0;
        double[] one = new double[1];
        for (int i = 0; i < order.length; i++) {
            type.toDoubles(values, base + order[i], one, 0, 1);
            double value = one[0];
            if (isMark(value)) {
                bad[i] = true;
                marked++;
                value = 0;
            }
            sum += value;
            into[i] = (float) value;
        }
        return new Tally(sum, order.length - marked, 0);
    }

    private boolean isMark(double value) {
        if (type.isFloat()) {
            return !Float.isFinite((float) value);
        }
        return type == NumberType.UINT64 ? value >= 0x1p64 : value < 0;
    }
}
