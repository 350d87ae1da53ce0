package org.lightpipe.catalog;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.spi.ScheduledPollConsumerScheduler;
import org.apache.camel.support.ScheduledPollConsumer;
import org.apache.camel.support.service.ServiceSupport;

/**
 * When a step looks for work: at every {@code delay} of its consumer, and at once when it is hinted at. Each consumer
 * needs one of its own. Hints that come close together are one, so that claims stay batches. After an error hints do
 * not count: the consumer's back-off is in looks, and a busy hub would be through with it at once.
 */
public final class ClaimScheduler extends ServiceSupport implements ScheduledPollConsumerScheduler {

    /** Between the beginnings of two looks, in nanoseconds. */
    private static final long GAP = TimeUnit.MILLISECONDS.toNanos(10);

    private final Hints hints;
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Runnable hinter = this::hint;
    private CamelContext camel;
    private Step step;
    private ScheduledPollConsumer consumer;
    private Runnable look;
    private ExecutorService thread;
    private boolean scheduled;
    private boolean hinted;

    public ClaimScheduler(Hints hints) {
        this.hints = hints;
    }

    /** Label of the step whose hints count. */
    public void setStep(String label) {
        step = Step.of(label);
    }

    @Override
    public void setCamelContext(CamelContext context) {
        camel = context;
    }

    @Override
    public CamelContext getCamelContext() {
        return camel;
    }

    @Override
    public void onInit(Consumer polling) {
        consumer = (ScheduledPollConsumer) polling;
    }

    @Override
    public void scheduleTask(Runnable task) {
        look = task;
    }

    @Override
    public void startScheduler() {
        lock.lock();
        try {
            if (scheduled) {
                return;
            }
            scheduled = true;
        } finally {
            lock.unlock();
        }
        hints.attach(step, hinter);
        thread.execute(this::looks);
    }

    @Override
    public boolean isSchedulerStarted() {
        lock.lock();
        try {
            return scheduled;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unscheduleTask() {
        hints.detach(step, hinter);
        lock.lock();
        try {
            scheduled = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    protected void doStart() {
        if (step == null) {
            throw new IllegalArgumentException("the claim scheduler needs 'scheduler.step', the label of its step");
        }
        thread = camel.getExecutorServiceManager().newSingleThreadExecutor(consumer, "claim-" + step.label());
    }

    @Override
    protected void doStop() {
        unscheduleTask();
        if (thread != null) {
            camel.getExecutorServiceManager().shutdownNow(thread);
            thread = null;
        }
    }

    private void hint() {
        lock.lock();
        try {
            hinted = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void looks() {
        try {
            long begin = System.nanoTime() - GAP;
            boolean goesOn = waited(begin, consumer.getInitialDelay());
            while (goesOn) {
                begin = System.nanoTime();
                look.run();
                goesOn = waited(begin, consumer.getDelay());
            }
        } catch (InterruptedException e) {
            // It is how Camel stops a consumer that is busy.
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits for the next look.
     *
     * @param begin when the last one began
     * @param delay for how long to wait without a hint, in the consumer's unit
     * @return false when there is to be none
     */
    private boolean waited(long begin, long delay) throws InterruptedException {
        lock.lock();
        try {
            long left = consumer.getTimeUnit().toNanos(delay);
            while (scheduled && left > 0 && !(hinted && consumer.getErrorCounter() == 0)) {
                left = changed.awaitNanos(left);
            }
            left = GAP - (System.nanoTime() - begin);
            while (scheduled && left > 0) {
                left = changed.awaitNanos(left);
            }
            // Before the look and not after it: what is hinted at during a look may have come too late for it.
            hinted = false;
            return scheduled;
        } finally {
            lock.unlock();
        }
    }
}
