package org.lightpipe.gpu.scattering;

import java.io.IOException;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.InvalidInputException;

/** Adds frames up to bins. Used by one thread at a time. */
interface Integrator extends AutoCloseable {

    /** Takes what was made of a frame; frames come in their order. */
    interface Output {
        void accept(int frame, Sums sums) throws IOException, InvalidInputException, InterruptedException;
    }

    /** @return how many frames to hand over at once */
    int framesPerBlock();

    /**
     * Takes frames in. Their sums may come out during this call or a later one.
     *
     * @param block is not used after this call
     */
    void integrate(FrameBlock block, Output output) throws IOException, InvalidInputException, InterruptedException;

    /** Waits for the sums that have not come out yet. */
    void finish(Output output) throws IOException, InvalidInputException, InterruptedException;

    @Override
    void close();
}
