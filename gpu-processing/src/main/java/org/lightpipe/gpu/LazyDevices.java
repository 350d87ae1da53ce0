package org.lightpipe.gpu;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.lightpipe.gpu.device.DevicePool;

/**
 * The devices, looked for on a thread of its own: loading the libraries of their makers takes up to a second, which the
 * start of an application need not wait for. Thread-safe.
 */
final class LazyDevices implements AutoCloseable {

    private final FutureTask<DevicePool> search;
    private final AtomicBoolean begun = new AtomicBoolean();

    /** @param found is given the devices as soon as they are known */
    LazyDevices(Consumer<DevicePool> found) {
        search = new FutureTask<>(() -> {
            DevicePool pool = DevicePool.discover();
            found.accept(pool);
            return pool;
        });
    }

    /** Begins to look for them, if nobody has. */
    void begin() {
        if (begun.compareAndSet(false, true)) {
            Thread thread = new Thread(search, "gpu-devices");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** @return the devices, as soon as they are known */
    DevicePool get() throws IOException, InterruptedException {
        begin();
        try {
            return search.get();
        } catch (ExecutionException e) {
            throw new IOException("the devices cannot be found: " + e.getCause(), e.getCause());
        }
    }

    @Override
    public void close() {
        if (begun.compareAndSet(false, true)) {
            search.cancel(false);
            return;
        }
        try {
            get().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // then there is nothing to close
        }
    }
}
