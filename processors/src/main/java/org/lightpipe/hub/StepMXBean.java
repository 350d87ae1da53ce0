package org.lightpipe.hub;

import javax.management.MXBean;

/** One step of the life cycle, for an operator's console. */
@MXBean
public interface StepMXBean {

    /** Items that wait for this step, over all hubs. */
    long getBacklog();

    /** Items that are worked on now, over all hubs. */
    long getInFlight();

    /** Items that this hub has finished since it started. */
    long getDone();

    /** Items that are held for a person, over all hubs. */
    long getFailed();

    /** For how long the oldest item has waited, in seconds. */
    long getOldestWaitingSeconds();

    /** Items that this hub finished in the last minute. */
    long getRatePerMinute();

    /** Whether an operator has paused the step. */
    boolean isPaused();

    /** Stops claiming work for this step, on every hub, over restarts; what is in flight ends. */
    void pause();

    /** Claims work again. */
    void resume();

    /** Sets everything that is held to work again; answers how many items that were. */
    int retryFailed();

    /** Sets some of what is held to work again, by their ids; answers how many items that were. */
    int retry(long[] ids);

    /** As {@link #retry}, for what is held for a reason that a glob matches, such as <code>*: permission denied</code>. */
    int retryReason(String like);

    /** What is held and why, a line for each; the first 1,000. */
    String[] held();
}
