package org.lightpipe.gpu.frames;

import java.io.IOException;
import org.lightpipe.gpu.core.FrameBlock;

/** Corrects frames. Used by one thread at a time. */
interface Corrector extends AutoCloseable {

    /** Takes corrected frames, in their order. */
    interface Output {
        /** @param frames {@code [frame][row][column]}, flat; valid until the call returns */
        void accept(int first, int count, float[] frames) throws IOException, InterruptedException;
    }

    /** @return how many frames to hand over at once */
    int framesPerBlock();

    /** Takes frames in; what becomes of them may come out now or later. */
    void correct(FrameBlock block, Output output) throws IOException, InterruptedException;

    /** Waits for what has not come out yet. */
    void finish(Output output) throws IOException, InterruptedException;

    @Override
    void close();
}
