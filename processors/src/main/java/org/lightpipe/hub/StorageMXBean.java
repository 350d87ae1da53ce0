package org.lightpipe.hub;

import javax.management.MXBean;

/** One storage, for an operator's console. */
@MXBean
public interface StorageMXBean {

    /** Open, paused, full, or blocked. */
    String getState();

    /** Why it takes no files; empty when it does. */
    String getReason();

    /** How often in a row it failed as a whole. */
    int getFailures();

    /** Bytes that were free at the last look; -1 when it cannot say. */
    long getFreeBytes();

    /** Bytes that stay free: below, acquisition into it pauses. */
    long getReserveBytes();

    /** Groups of files on their way from this hub. */
    int getInFlight();

    /** Groups of files that wait for their turn on this hub. */
    int getWaiting();

    /** Bytes sent from this hub since it started. */
    long getBytes();

    /** Files proved by this hub since it started. */
    long getProved();

    /** Attempts at files that failed on this hub since it started. */
    long getFailed();

    /** Most groups at the same time. */
    int getConcurrency();

    /** Most bytes a second; 0 for no limit. */
    long getBandwidth();

    /** Limits it on every hub, over restarts; 0 groups for what is configured, -1 bytes for what is configured. */
    void limit(int concurrency, long bytesPerSecond);

    /** Nothing goes into it, on every hub, over restarts; what is on its way ends. */
    void pause();

    /** Files go into it again at once, after a failure too. */
    void resume();
}
