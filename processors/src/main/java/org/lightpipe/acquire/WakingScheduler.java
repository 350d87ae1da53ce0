package org.lightpipe.acquire;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.spi.ScheduledPollConsumerScheduler;
import org.apache.camel.support.service.ServiceSupport;

/** Runs the looks of one consumer in one named thread: when the delay is over, when something is due, or when woken. */
final class WakingScheduler extends ServiceSupport implements ScheduledPollConsumerScheduler {

    private static final long JOIN_MILLIS = 30_000;

    private final String name;
    private final long initialDelayNanos;
    private final long delayNanos;
    private final long coalesceNanos;
    private final LongSupplier idleNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wakened = lock.newCondition();
    private CamelContext camelContext;
    private Runnable task;
    private Thread thread;
    private boolean woken;
    private boolean stopped;

    /**
     * @param name of the thread
     * @param coalesceNanos how long it waits after it was woken, so that what comes together is seen together
     * @param idleNanos for how long nothing is due; asked after each look, by the thread that looks
     */
    WakingScheduler(String name, long initialDelayNanos, long delayNanos, long coalesceNanos, LongSupplier idleNanos) {
        this.name = name;
        this.initialDelayNanos = Math.max(0, initialDelayNanos);
        this.delayNanos = Math.max(TimeUnit.MILLISECONDS.toNanos(1), delayNanos);
        this.coalesceNanos = coalesceNanos;
        this.idleNanos = idleNanos;
    }

    /** Lets the next look begin at once. May be called by any thread. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            wakened.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onInit(Consumer consumer) {
        // the task is all it needs
    }

    @Override
    public void scheduleTask(Runnable run) {
        task = run;
    }

    @Override
    public void startScheduler() {
        lock.lock();
        try {
            if (thread == null) {
                stopped = false;
                thread = new Thread(this::run, name);
                thread.setDaemon(true);
                thread.start();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            await(initialDelayNanos, false);
            while (!isToStop()) {
                task.run();
                await(Math.min(delayNanos, idleNanos.getAsLong()), true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isToStop() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    private void await(long nanos, boolean wakeable) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!stopped && left > 0 && !(wakeable && woken)) {
                left = wakened.awaitNanos(left);
            }
            left = woken && wakeable ? coalesceNanos : 0;
            while (!stopped && left > 0) {
                left = wakened.awaitNanos(left);
            }
            woken = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unscheduleTask() {
        Thread running;
        lock.lock();
        try {
            stopped = true;
            wakened.signalAll();
            running = thread;
            thread = null;
        } finally {
            lock.unlock();
        }
        if (running != null && running != Thread.currentThread()) {
            join(running);
        }
    }

    /** The look that is going on sees that it must not go on; a batch that is being taken in is waited for. */
    private static void join(Thread running) {
        try {
            running.join(JOIN_MILLIS);
            if (running.isAlive()) {
                running.interrupt();
            }
        } catch (InterruptedException e) {
            running.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isSchedulerStarted() {
        lock.lock();
        try {
            return thread != null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    protected void doStop() {
        unscheduleTask();
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }
}
