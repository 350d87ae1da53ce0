package org.lightpipe.gpu;

import java.nio.file.Path;
import java.util.Optional;
import org.lightpipe.gpu.technique.Summary;

/**
 * What became of an input.
 *
 * @param result the HDF5 file, in its place
 * @param preview the PNG beside it; empty if the technique has no picture to show
 * @param backend where it was computed: java, opencl or cuda
 * @param device the name of the device; of the backend java, how many threads it has
 * @param seconds how long it took
 * @param summary what the technique says of it
 */
public record Reduced(
        Path result, Optional<Path> preview, String backend, String device, Seconds seconds, Summary summary) {

    /**
     * How long it took, by the clock.
     *
     * @param read until the input was read and checked, and later waiting for frames of it
     * @param compute in between
     * @param write until the result was on the disk
     */
    public record Seconds(double read, double compute, double write) {
        /** @return all of it */
        public double total() {
            return read + compute + write;
        }
    }
}
