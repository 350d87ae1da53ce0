package org.lightpipe.benchmarks;

/** The command line, or the machine, is not fit for a benchmark; the message says what to change. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
