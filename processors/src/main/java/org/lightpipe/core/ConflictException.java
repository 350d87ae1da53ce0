package org.lightpipe.core;

/** What was asked for is well formed, but does not fit what is there. */
public final class ConflictException extends RuntimeException {

    public ConflictException(String message) {
        super(message);
    }
}
