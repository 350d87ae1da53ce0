package org.lightpipe.gpu.device;

import java.util.concurrent.atomic.LongAdder;

/** What a device has done so far. */
final class Meter {

    private final LongAdder kernels = new LongAdder();
    private final LongAdder nanoseconds = new LongAdder();

    /** A kernel was queued. */
    void kernel() {
        kernels.increment();
    }

    /** A kernel has run for so long. */
    void ran(long time) {
        nanoseconds.add(Math.max(0, time));
    }

    long kernels() {
        return kernels.sum();
    }

    double seconds() {
        return nanoseconds.sum() / 1e9;
    }
}
