package org.lightpipe.gpu.device;

import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** Measures how long the kernels of one queue run, with pairs of events that are used again and again. */
final class CudaClock {

    /** Pairs whose times are not read yet: looked after from the first number on, waited for from the second on. */
    private static final int SOME = 64;

    private static final int MANY = 1024;

    private final CudaContext context;
    private final CUstream stream;
    private final Meter meter;
    private final Deque<Pair> running = new ArrayDeque<>();
    private final Deque<Pair> idle = new ArrayDeque<>();

    private record Pair(CUevent start, CUevent end) {}

    CudaClock(CudaContext context, CUstream stream, Meter meter) {
        this.context = context;
        this.stream = stream;
        this.meter = meter;
    }

    /** To be called before a kernel is queued. */
    void start() throws DeviceException {
        if (running.size() >= SOME) {
            read(running.size() >= MANY);
        }
        Pair pair = idle.isEmpty() ? new Pair(event(), event()) : idle.remove();
        idle.push(pair);
        record(pair.start());
    }

    /** To be called after it was queued. */
    void end() throws DeviceException {
        Pair pair = idle.pop();
        running.add(pair);
        record(pair.end());
        meter.kernel();
    }

    /** Reads the times of the kernels that have run; {@code wait} for the oldest one. */
    void read(boolean wait) throws DeviceException {
        if (wait) {
            check(JCudaDriver.cuEventSynchronize(running.peek().end()));
        }
        float[] milliseconds = new float[1];
        while (!running.isEmpty()) {
            int status = JCudaDriver.cuEventQuery(running.peek().end());
            if (status == CUresult.CUDA_ERROR_NOT_READY) {
                return;
            }
            check(status);
            Pair pair = running.remove();
            if (JCudaDriver.cuEventElapsedTime(milliseconds, pair.start(), pair.end()) == CUresult.CUDA_SUCCESS) {
                meter.ran((long) (milliseconds[0] * 1e6));
            }
            idle.add(pair);
        }
    }

    /** Frees the events. */
    void free() {
        running.forEach(CudaClock::destroy);
        idle.forEach(CudaClock::destroy);
        running.clear();
        idle.clear();
    }

    private CUevent event() throws DeviceException {
        CUevent event = new CUevent();
        check(JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT));
        return event;
    }

    private void record(CUevent event) throws DeviceException {
        check(JCudaDriver.cuEventRecord(event, stream));
    }

    private void check(int status) throws DeviceException {
        CudaStatus.check(status, context.name(), "running what was queued");
    }

    private static void destroy(Pair pair) {
        JCudaDriver.cuEventDestroy(pair.start());
        JCudaDriver.cuEventDestroy(pair.end());
    }
}
