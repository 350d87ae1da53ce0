package org.lightpipe.gpu.technique;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;

/**
 * A format of files with frames, beside HDF5. Found by {@link java.util.ServiceLoader}, in the same jars as techniques;
 * each is asked in turn for a file that is not HDF5. Stateless: several threads call one instance.
 */
@FunctionalInterface
public interface FrameFormat {

    /**
     * Opens a file if it is of this format, which its content tells and never its name.
     *
     * @param file a readable file that is not empty
     * @param threads read and decode ahead
     * @return its frames; empty if it is of another format
     * @throws InvalidInputException if it is of this format, but damaged
     */
    Optional<FrameSource> open(Path file, WorkPool threads) throws InvalidInputException, IOException;
}
