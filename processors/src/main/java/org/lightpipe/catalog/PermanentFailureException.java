package org.lightpipe.catalog;

/** Trying again cannot help: a person has to look. */
public final class PermanentFailureException extends RuntimeException {

    public PermanentFailureException(String message) {
        super(message);
    }

    public PermanentFailureException(String message, Throwable cause) {
        super(message, cause);
    }
}
