package org.lightpipe.core;

/** There is no such thing, or the caller may not know of it. */
public final class NotFoundException extends RuntimeException {

    public NotFoundException(String message) {
        super(message);
    }
}
