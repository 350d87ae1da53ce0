package org.lightpipe.gpu.device;

import java.util.Optional;
import org.lightpipe.gpu.core.WorkPool;

/**
 * Where a job computes.
 *
 * @param backend the name recorded in the result: {@code java}, {@code opencl} or {@code cuda}
 * @param threads the threads of this machine, for every backend
 * @param device the accelerator; empty for {@code java}
 */
public record Compute(String backend, WorkPool threads, Optional<Device> device) {

    /** The name of the backend that needs no device. */
    public static final String JAVA = "java";
}
