package org.lightpipe.gpu.technique;

import java.io.IOException;
import java.nio.file.Path;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.hdf5.Hdf5Writer;

/** One reduction: its input, a place to compute, and where the result goes. Whatever it opens is closed at its end. */
public interface Job {

    /** @return the input file; if frames came with the message: throws */
    Path file() throws InvalidInputException;

    /** @return the input as an HDF5 file, opened once */
    Hdf5File hdf5() throws InvalidInputException, IOException;

    /**
     * @param dataset the path of the frames in an HDF5 file; empty = the usual places, then the largest stack
     * @return the frames of the input, whatever its format, or those that came with the message
     */
    FrameSource frames(String dataset) throws InvalidInputException, IOException;

    /**
     * @param path of a file that an option names; relative paths start at the directory of the input
     * @return the file
     * @throws InvalidInputException if it is not a readable file
     */
    Path companion(String option, String path) throws InvalidInputException;

    /** @return the threads of this machine, for reading and preparing; every backend has them */
    WorkPool threads();

    /**
     * Borrows a place to compute until the end of the job; called once, after the input was checked.
     *
     * @param least the bytes of device memory without which the job cannot run
     * @param best the bytes with which it runs best; the loan lies between the two
     * @return the backend that was asked for, or the best there is; {@code java} where no device fits and any may be
     *     taken
     */
    Compute compute(long least, long best) throws IOException, InterruptedException;

    /** @return the file for the result, empty at the beginning; provenance is added by the job */
    Hdf5Writer result() throws IOException;

    /**
     * Tells how far the job is.
     *
     * @param done from 0 to 1
     * @throws InterruptedException if the job was cancelled
     */
    void progress(double done) throws InterruptedException;
}
