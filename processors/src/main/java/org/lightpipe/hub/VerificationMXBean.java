package org.lightpipe.hub;

import javax.management.MXBean;

/** The comparison of storage with the catalog, for an operator's console. */
@MXBean
public interface VerificationMXBean {

    /** What is wrong in storage, as far as anybody has looked; it should be 0. */
    long getRot();

    /** Verifications that are not through yet, on any hub, a line for each. */
    String[] getOpen();

    /** Files that this hub has compared since it started. */
    long getFiles();

    /** Bytes that this hub has compared since it started. */
    long getBytes();
}
