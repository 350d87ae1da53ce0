package org.lightpipe.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.device.DevicePool;
import org.lightpipe.gpu.device.Loan;
import org.lightpipe.gpu.frames.DeviceBandwidth;

/**
 * How fast memory is, in bytes read and written in a second: the limit of whatever touches each value only once. Measured
 * as STREAM does (McCalpin 1995): one array plus a multiple of another, with all cores, at best of several times.
 */
final class MemoryBandwidth {

    /** No cache holds as much. */
    private static final int FLOATS = 1 << 24;

    private static final int ROUNDS = 10;

    private MemoryBandwidth() {}

    /** Of this machine, with all cores. */
    static double machine() throws InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        int part = FLOATS / cores;
        float[][] left = new float[cores][part];
        float[][] right = new float[cores][part];
        float[][] sum = new float[cores][part];
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<Thread> threads = new ArrayList<>();
            long begin = System.nanoTime();
            for (int core = 0; core < cores; core++) {
                int own = core;
                Thread thread = new Thread(() -> triad(left[own], right[own], sum[own]));
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            best = Math.max(best, 3.0 * Float.BYTES * cores * part / ((System.nanoTime() - begin) / 1e9));
        }
        return best;
    }

    private static void triad(float[] left, float[] right, float[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] = left[i] + 0.5f * right[i];
        }
    }

    /** Of the memory that a backend computes in. */
    static double of(String backend, DevicePool pool, WorkPool threads) throws IOException, InterruptedException {
        if (backend.equals(Compute.JAVA)) {
            return machine();
        }
        try (Loan loan =
                pool.borrow(backend, DeviceBandwidth.BYTES, DeviceBandwidth.BYTES, threads, Duration.ofMinutes(5))) {
            return DeviceBandwidth.measure(loan.compute().device().orElseThrow());
        }
    }
}
