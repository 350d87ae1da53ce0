package org.lightpipe.gpu;

/** One reduction that is running on the thread that made this object; any thread may look at it or cancel it. */
final class RunningJob implements ProgressListener, AutoCloseable {

    private final String id;
    private final String input;
    private final RunningJobs jobs;
    private final Thread thread = Thread.currentThread();
    private final long begin = System.nanoTime();
    private volatile double done;
    private boolean cancelled;
    private boolean ended;

    RunningJob(String id, String input, RunningJobs jobs) {
        this.id = id;
        this.input = input;
        this.jobs = jobs;
    }

    String id() {
        return id;
    }

    String input() {
        return input;
    }

    double done() {
        return done;
    }

    double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    @Override
    public void at(double reached) {
        done = reached;
    }

    /** @return whether it was still running */
    synchronized boolean cancel() {
        if (ended) {
            return false;
        }
        cancelled = true;
        thread.interrupt();
        return true;
    }

    synchronized boolean wasCancelled() {
        return cancelled;
    }

    @Override
    public void close() {
        synchronized (this) {
            ended = true;
            if (cancelled) {
                // it was meant for this job, and must not reach what the thread does next
                Thread.interrupted();
            }
        }
        jobs.remove(this);
    }
}
