package org.lightpipe.benchmarks;

/** Says on the standard error what is being measured. */
final class Progress {

    private final long start = System.nanoTime();

    void say(String what) {
        System.err.printf("%5d s  %s%n", (System.nanoTime() - start) / 1_000_000_000L, what);
    }
}
