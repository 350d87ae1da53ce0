package org.lightpipe.gpu.xpcs;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.device.DevicePool;
import org.lightpipe.gpu.device.Loan;

/** A place to compute for a test: threads, and a device where the backend has one. */
final class Place implements AutoCloseable {

    private static final int THREADS = 2;

    private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    private final Optional<DevicePool> pool;
    private final Optional<Loan> loan;
    private final Compute compute;

    private Place(String backend, long bytes) throws IOException, InterruptedException {
        WorkPool threads = new WorkPool(executor, THREADS);
        if (backend.equals(Compute.JAVA)) {
            pool = Optional.empty();
            loan = Optional.empty();
            compute = new Compute(backend, threads, Optional.empty());
        } else {
            pool = Optional.of(DevicePool.discover());
            loan = Optional.of(
                    pool.get().borrow(backend, Math.min(bytes, 1 << 20), bytes, threads, Duration.ofSeconds(10)));
            compute = loan.get().compute();
        }
    }

    /** @return every backend there may be */
    static Stream<String> backends() {
        return Stream.of("java", "opencl", "cuda");
    }

    /**
     * A missing device skips the test; a missing OpenCL fails it where CI=true, because it runs on every processor.
     */
    static Place on(String backend) throws InterruptedException {
        try {
            return new Place(backend, 256L << 20);
        } catch (IOException e) {
            missing(backend, e);
            throw new IllegalStateException(e);
        }
    }

    static void missing(String backend, Exception reason) {
        String message = "no place for backend=" + backend + ": " + reason.getMessage();
        if (backend.equals("opencl") && "true".equals(System.getenv("CI"))) {
            fail(message);
        }
        abort(message);
    }

    Compute compute() {
        return compute;
    }

    WorkPool threads() {
        return compute.threads();
    }

    @Override
    public void close() {
        loan.ifPresent(Loan::close);
        pool.ifPresent(DevicePool::close);
        executor.shutdownNow();
    }
}
