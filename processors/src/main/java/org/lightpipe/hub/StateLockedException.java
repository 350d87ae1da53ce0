package org.lightpipe.hub;

/** The state directory cannot be had for this hub alone; the message says who has it, or what keeps the hub out. */
public final class StateLockedException extends RuntimeException {

    StateLockedException(String message) {
        super(message);
    }

    StateLockedException(String message, Throwable cause) {
        super(message, cause);
    }
}
