package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.technique.FrameFormat;

/**
 * IMM files: for each frame a header of 1024 bytes and its pixels, as 16-bit counts of all of them, or, compressed, as a
 * list of pixels (32 bits) and a list of their counts (16 bits).
 */
public final class ImmFormat implements FrameFormat {

    @Override
    public Optional<FrameSource> open(Path file, WorkPool threads) throws InvalidInputException, IOException {
        return ImmContent.looksLike(file) ? Optional.of(new SparseFrames(ImmContent.open(file))) : Optional.empty();
    }
}
