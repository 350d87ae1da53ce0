package org.lightpipe.gpu.device;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import org.lightpipe.gpu.core.WorkPool;

/**
 * The devices of this machine, for tests. Without OpenCL they are skipped on a user's machine and fail where the build
 * is decided on (environment CI=true); without CUDA they are skipped.
 */
public final class TestDevices {

    private static final DevicePool POOL = DevicePool.discover();

    private TestDevices() {}

    /** @return a loan of a backend, to be closed by the caller */
    public static Loan borrow(String backend, long bytes) throws IOException, InterruptedException {
        return pool(backend).borrow(backend, bytes, bytes, threads(), Duration.ofMinutes(2));
    }

    /** @return the devices, of which one at least is of that backend */
    static DevicePool pool(String backend) {
        if (POOL.devices().stream().noneMatch(device -> device.getBackend().equals(backend))) {
            String missing = "not tested on " + backend + ": " + String.join("; ", POOL.describe());
            if (backend.equals("opencl") && "true".equals(System.getenv("CI"))) {
                fail(missing);
            }
            abort(missing);
        }
        return POOL;
    }

    /** @return the threads of the JVM */
    public static WorkPool threads() {
        return new WorkPool(ForkJoinPool.commonPool(), 2);
    }
}
