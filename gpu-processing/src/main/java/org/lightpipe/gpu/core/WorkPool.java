package org.lightpipe.gpu.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Cuts a loop into ranges and runs them on threads that belong to somebody else. */
public final class WorkPool {

    /** Longer than any slice takes; a thread that is stuck must not hold the route for ever. */
    private static final long LIMIT_MINUTES = 60;

    /** More ranges than threads, so that a thread that is late delays the end by one range only. */
    private static final int RANGES_PER_THREAD = 4;

    private final ExecutorService threads;
    private final int parallelism;

    /**
     * @param threads owned by the caller, who also stops them
     * @param parallelism how many of them there are
     */
    public WorkPool(ExecutorService threads, int parallelism) {
        this.threads = threads;
        this.parallelism = parallelism;
    }

    /** The body of the loop for the indexes {@code from} to {@code to - 1}. */
    public interface Range {
        /** Runs a part of the loop. */
        void run(int from, int to);
    }

    /** Runs the body for the indexes 0 to {@code count - 1}, in ranges side by side; returns when all are done. */
    public void forEach(int count, Range body) throws InterruptedException {
        int ranges = Math.min(count, parallelism * RANGES_PER_THREAD);
        List<Callable<Void>> tasks = new ArrayList<>(ranges);
        for (int i = 0; i < ranges; i++) {
            int from = (int) ((long) count * i / ranges);
            int to = (int) ((long) count * (i + 1) / ranges);
            tasks.add(() -> {
                body.run(from, to);
                return null;
            });
        }
        for (Future<Void> done : threads.invokeAll(tasks, LIMIT_MINUTES, TimeUnit.MINUTES)) {
            try {
                done.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the java backend failed: " + e.getCause(), e.getCause());
            } catch (CancellationException e) {
                throw new IllegalStateException("the java backend took more than " + LIMIT_MINUTES + " minutes", e);
            }
        }
    }
}
