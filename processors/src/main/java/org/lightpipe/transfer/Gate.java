package org.lightpipe.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.lightpipe.config.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into one storage: so many groups at the same time, so many bytes a second, and every beamline in turn. Its
 * queue is bounded by what its callers have claimed. Thread-safe.
 */
public final class Gate implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

    /** A last bound, for callers that claim without end. */
    private static final int MOST_WAITING = 100_000;

    private static final long STOP_SECONDS = 10;

    /** A file of some terabytes takes hours. */
    private static final long RETIRE_HOURS = 24;

    private final Storage storage;
    private final Destination destination;
    private final Throttle throttle;
    private final FairQueue<Task> waiting = new FairQueue<>();
    private final ThreadPoolExecutor threads;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong proved = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong underWay = new AtomicLong();
    private volatile OptionalLong lastFree = OptionalLong.empty();
    private volatile boolean closed;

    Gate(Storage storage, Destination destination) {
        this.storage = storage;
        this.destination = destination;
        this.throttle = new Throttle(storage.transfer().bandwidth(), System::nanoTime);
        AtomicInteger number = new AtomicInteger();
        int concurrency = storage.transfer().concurrency();
        this.threads = new ThreadPoolExecutor(
                concurrency, concurrency, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "transfer-" + storage.name() + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    private record Task(List<Item> items, CompletableFuture<List<Outcome>> result) {}

    /** The storage behind it. */
    public Storage storage() {
        return storage;
    }

    Destination destination() {
        return destination;
    }

    /**
     * Copies a group when it is its turn.
     *
     * @param lane whose turn it takes: the name of the beamline
     * @param priority within the lane, higher ones go first
     * @return its outcomes, one for each file
     */
    CompletionStage<List<Outcome>> copy(String lane, int priority, List<Item> items) {
        Task task = new Task(items, new CompletableFuture<>());
        if (closed || waiting.size() >= MOST_WAITING) {
            refuse(task);
            return task.result();
        }
        waiting.add(lane, priority, task);
        try {
            // One turn for each task, not this turn for this task: the queue says whose it is.
            threads.execute(this::turn);
        } catch (RejectedExecutionException e) {
            refuseWaiting();
        }
        if (closed) {
            refuseWaiting();
        }
        return task.result();
    }

    private void turn() {
        Task task = waiting.poll();
        if (task == null) {
            return;
        }
        inFlight.incrementAndGet();
        long bytes = task.items().stream().mapToLong(Item::size).sum();
        underWay.addAndGet(bytes);
        task.result().whenComplete((outcomes, failure) -> underWay.addAndGet(-bytes));
        try {
            long missing = missing();
            if (missing > 0) {
                ended(task, refused(task, missing), null);
                return;
            }
            destination
                    .copy(task.items(), throttle)
                    .whenComplete((outcomes, failure) -> ended(task, outcomes, failure));
        } catch (RuntimeException | Error e) {
            ended(task, null, e);
        }
    }

    /** How many bytes the reserve would lack with all that is under way; 0 when there is room, or nobody knows. */
    private long missing() {
        if (storage.transfer().reserve() == 0) {
            return 0;
        }
        try {
            OptionalLong free = storage.isLocal() ? destination.free() : lastFree;
            if (free.isPresent()) {
                return Math.max(0, storage.transfer().reserve() + underWay.get() - free.getAsLong());
            }
        } catch (IOException e) {
            // The copy itself tells it, with its reason.
            LOG.debug("the free space of {} is not known", storage.name(), e);
        }
        return 0;
    }

    private List<Outcome> refused(Task task, long missing) {
        IOException full = new IOException("storage " + storage.name() + " is nearly full: its reserve of "
                + storage.transfer().reserve() + " bytes would lack " + missing + "; free some, or archive");
        List<Outcome> refused = new ArrayList<>();
        task.items().forEach(item -> refused.add(new Outcome.Failed(item, full, true)));
        return refused;
    }

    /** Bytes that can still be written, as of now; empty when the storage cannot say. */
    OptionalLong lookAtFree() throws IOException {
        lastFree = destination.free();
        return lastFree;
    }

    private void ended(Task task, List<Outcome> outcomes, Throwable failure) {
        inFlight.decrementAndGet();
        if (failure != null) {
            failed.addAndGet(task.items().size());
            task.result().completeExceptionally(failure);
            return;
        }
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Proved) {
                proved.incrementAndGet();
            } else if (outcome instanceof Outcome.Failed) {
                failed.incrementAndGet();
            }
        }
        task.result().complete(outcomes);
    }

    /** Limits as an operator wants them now. */
    void limit(int concurrency, long bytesPerSecond) {
        throttle.limit(bytesPerSecond);
        if (concurrency != threads.getMaximumPoolSize()) {
            if (concurrency > threads.getMaximumPoolSize()) {
                threads.setMaximumPoolSize(concurrency);
                threads.setCorePoolSize(concurrency);
            } else {
                threads.setCorePoolSize(concurrency);
                threads.setMaximumPoolSize(concurrency);
            }
        }
    }

    /** Most groups on their way at the same time. */
    public int concurrency() {
        return threads.getMaximumPoolSize();
    }

    /** Most bytes a second; 0 for no limit. */
    public long bandwidth() {
        return throttle.limit();
    }

    /** Groups on their way now. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Groups that wait for their turn. */
    public int waiting() {
        return waiting.size();
    }

    /** Bytes sent since the start. */
    public long bytes() {
        return throttle.total();
    }

    /** Files proved since the start. */
    public long proved() {
        return proved.get();
    }

    /** Attempts at files that failed since the start. */
    public long failed() {
        return failed.get();
    }

    /** From now on nothing is begun; what waits ends as not begun, what is on its way goes on. */
    void stopBeginning() {
        closed = true;
        refuseWaiting();
    }

    private void refuseWaiting() {
        waiting.drain().forEach(Gate::refuse);
    }

    private static void refuse(Task task) {
        List<Outcome> notBegun = new ArrayList<>();
        task.items().forEach(item -> notBegun.add(new Outcome.NotBegun(item)));
        task.result().complete(notBegun);
    }

    /** Takes nothing more; closes by itself when what is on its way has ended. */
    void retire() {
        stopBeginning();
        Thread last = new Thread(
                () -> {
                    threads.shutdown();
                    try {
                        threads.awaitTermination(RETIRE_HOURS, TimeUnit.HOURS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    close();
                },
                "transfer-" + storage.name() + "-retires");
        last.setDaemon(true);
        last.start();
    }

    /** Ends what is on its way, within seconds. */
    @Override
    public void close() {
        stopBeginning();
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("transfers into {} did not end within {} s", storage.name(), STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        destination.close();
    }
}
