package org.lightpipe.gpu.core;

import java.nio.ByteBuffer;

/**
 * Some frames of a stack that follow each other.
 *
 * @param first the number of the first frame, counted from 0
 * @param frames how many there are
 * @param rows of a frame
 * @param columns of a frame
 * @param type how a pixel is stored
 * @param values {@code [frame][row][column]}, little-endian, from index 0 of the buffer; direct or not
 */
public record FrameBlock(int first, int frames, int rows, int columns, NumberType type, ByteBuffer values) {

    /** @return the pixels of a frame */
    public int pixels() {
        return rows * columns;
    }

    /** Copies one frame, counted from 0 within the block, as floats. */
    public void floats(int frame, float[] into) {
        type.toFloats(values, frame * pixels(), into, 0, pixels());
    }

    /** Copies one frame, counted from 0 within the block, as doubles. */
    public void doubles(int frame, double[] into) {
        type.toDoubles(values, frame * pixels(), into, 0, pixels());
    }
}
