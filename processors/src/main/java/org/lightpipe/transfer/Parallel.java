package org.lightpipe.transfer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.lightpipe.config.Storage;

/** Does one thing for each file of a group, a few at a time. Thread-safe. */
public final class Parallel implements AutoCloseable {

    private static final long END_SECONDS = 5;

    private final ExecutorService threads;

    /**
     * @param name of its threads
     * @param most how many at the same time, over all groups
     */
    public Parallel(String name, int most) {
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(most, task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** For the files of a storage: as many at the same time as its setting {@code parallel} says. */
    public static Parallel of(Storage storage, int otherwise) {
        String most = storage.settings().getOrDefault("parallel", Integer.toString(otherwise));
        return new Parallel("transfer-" + storage.name(), Integer.parseInt(most));
    }

    /**
     * One result for each, in their order. An interrupt, and the end of this object, is handed on to all that is under
     * way or has not begun, whose results are waited for.
     *
     * @param work must not throw, and must end soon when its thread is interrupted
     */
    public <T, R> List<R> each(List<T> all, Function<T, R> work) {
        if (all.size() == 1) {
            return List.of(work.apply(all.get(0)));
        }
        Workers workers = new Workers();
        List<FutureTask<R>> tasks = new ArrayList<>();
        for (T one : all) {
            FutureTask<R> task = new FutureTask<>(() -> workers.run(() -> work.apply(one)));
            tasks.add(task);
            try {
                threads.execute(task);
            } catch (RejectedExecutionException e) {
                stopped(task);
            }
        }
        List<R> results = new ArrayList<>();
        boolean interrupted = false;
        while (results.size() < all.size()) {
            try {
                results.add(tasks.get(results.size()).get());
            } catch (InterruptedException e) {
                interrupted = true;
                workers.interrupt();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return results;
    }

    /** Runs what would never begin, interrupted from its start. */
    private static void stopped(Runnable task) {
        boolean interrupted = Thread.interrupted();
        Thread.currentThread().interrupt();
        task.run();
        Thread.interrupted();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow().forEach(Parallel::stopped);
        try {
            threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The threads that are at work for one group. */
    private static final class Workers {
        private final Set<Thread> busy = new HashSet<>();
        private boolean interrupted;

        private interface Call<R> {
            R run();
        }

        <R> R run(Call<R> call) {
            synchronized (this) {
                busy.add(Thread.currentThread());
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            try {
                return call.run();
            } finally {
                synchronized (this) {
                    busy.remove(Thread.currentThread());
                }
            }
        }

        synchronized void interrupt() {
            interrupted = true;
            busy.forEach(Thread::interrupt);
        }
    }
}
