package org.lightpipe.gpu.core;

/**
 * The input cannot be reduced as it is: the message names the file, what is wrong in it, and the mend. Trying again
 * without a change gives the same answer; reading and writing troubles are {@link java.io.IOException}s instead.
 */
public final class InvalidInputException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message names the file, what is wrong and the mend */
    public InvalidInputException(String message) {
        super(message);
    }

    /**
     * @param message names the file, what is wrong and the mend
     * @param cause what the reader of the file said
     */
    public InvalidInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
