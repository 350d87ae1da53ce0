package org.lightpipe.benchmarks;

/**
 * One thing that is measured. {@code benchmarks/run local} runs the class {@code LocalBenchmark} of this package, which
 * has a constructor without arguments.
 */
interface Benchmark {

    /** What it shows, in one line. */
    String about();

    /**
     * Measures. Progress goes to {@link Progress}; what is left on the disk is removed.
     *
     * @param options those of the command line; the benchmark reads all that it knows, then calls {@link Options#end}
     */
    Report run(Options options) throws Exception;
}
