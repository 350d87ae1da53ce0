package org.lightpipe.gpu;

import java.io.IOException;
import java.nio.file.Path;

/**
 * One way to reduce the data of a detector file, such as a tomographic reconstruction. Implementations are found by
 * {@link java.util.ServiceLoader}, are stateless, and may be called by several threads at a time.
 */
public interface Technique {

    /** @return the name in the URI, {@code gpu:<name>}, also part of the name of the result file */
    String name();

    /**
     * Reduces one file. Reads only what it needs, in bounded memory; writes nothing.
     *
     * @param input the HDF5 file
     * @param options what the endpoint was configured with
     * @param backend where the arithmetic runs
     * @return the images and numbers that make up the result
     * @throws InvalidInputException if the file or an option does not fit the technique
     * @throws IOException if the file cannot be read for an outside reason
     * @throws InterruptedException if the thread is asked to stop
     */
    TechniqueResult run(Path input, TechniqueOptions options, Backend backend)
            throws InvalidInputException, IOException, InterruptedException;
}
