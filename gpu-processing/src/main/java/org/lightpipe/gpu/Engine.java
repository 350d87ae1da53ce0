package org.lightpipe.gpu;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.DevicePool;

/** Everything that a program without Camel needs to reduce data: techniques, threads, devices. Thread-safe. */
public final class Engine implements AutoCloseable {

    private final ExecutorService executor;
    private final DevicePool devices;
    private final Techniques techniques;
    private final Reducer reducer;

    private Engine(Techniques techniques, ExecutorService executor, WorkPool threads, DevicePool devices) {
        this.techniques = techniques;
        this.executor = executor;
        this.devices = devices;
        this.reducer = new Reducer(devices, threads, techniques.formats());
    }

    /** Looks for the devices of this machine, and starts as many threads as it has processors. */
    public static Engine start() {
        return start(Techniques.load(Engine.class.getClassLoader(), Optional.empty()));
    }

    /** @param techniques are closed with it */
    static Engine start(Techniques techniques) {
        int processors = Runtime.getRuntime().availableProcessors();
        AtomicInteger count = new AtomicInteger();
        ExecutorService executor = Executors.newFixedThreadPool(processors, work -> {
            Thread thread = new Thread(work, "gpu-java-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        return new Engine(techniques, executor, new WorkPool(executor, processors), DevicePool.discover());
    }

    /** @return runs techniques */
    public Reducer reducer() {
        return reducer;
    }

    /** @return the devices of this machine */
    public DevicePool devices() {
        return devices;
    }

    /** @return the techniques there are */
    public Techniques techniques() {
        return techniques;
    }

    /** Gives the devices back and ends the threads. */
    @Override
    public void close() {
        executor.shutdownNow();
        devices.close();
        techniques.close();
    }
}
