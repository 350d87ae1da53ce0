package org.lightpipe.dataset;

/** A file is not what its first bytes or its name promise. The message says why, in words. */
final class MalformedHeaderException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedHeaderException(String message) {
        super(message);
    }
}
