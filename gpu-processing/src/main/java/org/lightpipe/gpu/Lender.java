package org.lightpipe.gpu;

import java.io.IOException;
import java.time.Duration;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Loan;

/** Lends a place to compute, as the pool of devices does; which pool, may be known only later. */
@FunctionalInterface
interface Lender {

    /**
     * @param backend auto, java, opencl or cuda
     * @param least the bytes of device memory without which the job cannot run
     * @param best the bytes with which it runs best
     * @param threads of this machine
     * @param patience how long to wait for a device that others have
     */
    Loan borrow(String backend, long least, long best, WorkPool threads, Duration patience)
            throws IOException, InterruptedException;
}
