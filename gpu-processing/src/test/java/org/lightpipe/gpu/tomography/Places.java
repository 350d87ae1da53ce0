package org.lightpipe.gpu.tomography;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.device.DevicePool;
import org.lightpipe.gpu.device.Loan;

/** The places to compute of this machine. One without CUDA is no fault; one without OpenCL is, under {@code CI=true}. */
final class Places {

    private static final DevicePool POOL = DevicePool.discover();

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(3, task -> {
        Thread thread = new Thread(task, "tomography-test");
        thread.setDaemon(true);
        return thread;
    });

    private static final WorkPool WORK = new WorkPool(THREADS, 3);
    private static final long LEAST = 64L << 20;
    private static final long BEST = 512L << 20;

    private Places() {}

    static Compute java() {
        return new Compute(Compute.JAVA, WORK, Optional.empty());
    }

    static WorkPool threads() {
        return WORK;
    }

    /** All backends, for tests that have them as their parameter. */
    static Stream<String> backends() {
        return Stream.of("java", "opencl", "cuda");
    }

    /** All backends but the one that the others are compared with. */
    static Stream<String> devices() {
        return backends().skip(1);
    }

    /** The backends that there are, for properties. */
    static List<String> present() {
        return backends().filter(Places::isThere).toList();
    }

    private static boolean isThere(String backend) {
        if (backend.equals("java")
                || POOL.devices().stream()
                        .anyMatch(device -> device.getBackend().equals(backend))) {
            return true;
        }
        if (backend.equals("opencl") && "true".equals(System.getenv("CI"))) {
            fail("no device of OpenCL: " + POOL.describe());
        }
        return false;
    }

    static <T> T on(String backend, Work<T> work) throws Exception {
        if (!isThere(backend)) {
            abort("no device of " + backend + ": " + POOL.describe());
        }
        try (Loan loan = POOL.borrow(backend, LEAST, BEST, WORK, Duration.ofMinutes(1))) {
            return work.run(loan.compute());
        }
    }

    interface Work<T> {
        T run(Compute compute) throws Exception;
    }
}
