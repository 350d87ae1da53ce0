package org.lightpipe.gpu;

import java.util.concurrent.ExecutorService;

/** The processor of this machine: runs everywhere, and is what every other backend is compared with. */
final class JavaBackend implements Backend {

    static final String NAME = "java";

    private final WorkPool pool;

    /** @param threads owned by the caller, who also stops them */
    JavaBackend(ExecutorService threads, int parallelism) {
        pool = new WorkPool(threads, parallelism);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public float[][] reconstruct(Sinogram sinogram, double center, FilterWindow filter) throws InterruptedException {
        return new FilteredBackProjection(pool).reconstruct(sinogram, center, filter);
    }

    @Override
    public FrameAccumulator accumulator(int pixels) {
        return new WelfordAccumulator(pixels);
    }
}
