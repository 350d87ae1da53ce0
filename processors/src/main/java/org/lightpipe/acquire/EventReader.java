package org.lightpipe.acquire;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that empties the kernel's queue of one watched tree, so that it does not overflow while a route works. */
final class EventReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);
    private static final int WAIT_MILLIS = 60_000;

    private final Inotify inotify;
    private final EventInbox inbox;
    private final Runnable beforeRead;
    private final Thread thread;
    private volatile boolean stopped;

    EventReader(Inotify inotify, EventInbox inbox, Runnable beforeRead, String name) {
        this.inotify = inotify;
        this.inbox = inbox;
        this.beforeRead = beforeRead;
        this.thread = new Thread(this::run, "landing-events " + name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!stopped) {
                beforeRead.run();
                inotify.read(WAIT_MILLIS, inbox::add);
            }
        } catch (IOException | RuntimeException e) {
            if (!stopped) {
                LOG.error("{} ends; the directory is listed again instead", thread.getName(), e);
                inbox.add(-1, Inotify.OVERFLOW, "");
            }
        }
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    /** Ends the thread and gives the watches back. */
    @Override
    public void close() {
        stopped = true;
        inotify.wake();
        try {
            if (thread.isAlive()) {
                thread.join(TimeUnit.SECONDS.toMillis(10));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // While it reads, its descriptor must not become that of another file.
        if (thread.isAlive()) {
            LOG.warn("{} does not end", thread.getName());
        } else {
            inotify.close();
        }
    }
}
