package org.lightpipe.gpu;

/** Is told how far a reduction is, by the thread that runs it. */
@FunctionalInterface
public interface ProgressListener {

    /** Does not want to know. */
    ProgressListener NONE = done -> {};

    /** @param done from 0 to 1 */
    void at(double done);
}
