package org.lightpipe.transfer;

import java.io.IOException;

/** Why a file was not copied, in words for people; and whether the storage as a whole is to blame. */
final class CopyException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean ofStorage;

    /**
     * @param message all that a person needs to know
     * @param ofStorage true when no other file would fare better
     */
    CopyException(String message, boolean ofStorage) {
        super(message);
        this.ofStorage = ofStorage;
    }

    /** @param detail what the machine said; it is kept beside the message and not as its cause: the message says it all */
    CopyException(String message, boolean ofStorage, Throwable detail) {
        this(message, ofStorage);
        addSuppressed(detail);
    }

    boolean ofStorage() {
        return ofStorage;
    }
}
