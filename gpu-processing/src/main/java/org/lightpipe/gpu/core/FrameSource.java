package org.lightpipe.gpu.core;

import java.io.IOException;

/**
 * A stack of frames {@code [frame][row][column]} that may be larger than memory: an HDF5 dataset, a sparse event file, or
 * frames that came with a message. Used by one thread at a time; reads and decodes ahead on threads of its own.
 */
public interface FrameSource extends AutoCloseable {

    /** @return the file and the dataset, for messages to people */
    String description();

    /** @return how many frames there are */
    int frames();

    /** @return the rows of a frame */
    int rows();

    /** @return the columns of a frame */
    int columns();

    /** @return how a pixel is stored */
    NumberType type();

    /**
     * Hands the frames {@code from} to {@code to - 1} over in their order, in blocks of at most {@code perBlock} frames.
     * While one block is worked on, the next is read and decoded.
     *
     * @param perBlock 0 = as many as are good for reading (whole chunks, some MiB)
     * @throws InvalidInputException if a frame is damaged
     * @throws IOException if the file cannot be read for an outside reason
     * @throws InterruptedException if the thread is asked to stop
     */
    void forEachBlock(int from, int to, int perBlock, BlockConsumer consumer)
            throws InvalidInputException, IOException, InterruptedException;

    /** What is done with a block; it is valid only until the call returns. */
    interface BlockConsumer {
        /** @param block frames in their order */
        void accept(FrameBlock block) throws InvalidInputException, IOException, InterruptedException;
    }

    @Override
    void close() throws IOException;
}
