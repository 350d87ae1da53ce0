package org.lightpipe.catalog;

/** The hub's own PostgreSQL cannot be unpacked, made, started or reached; the message names the file and the mend. */
public final class EmbeddedPostgresException extends RuntimeException {

    EmbeddedPostgresException(String message) {
        super(message);
    }

    EmbeddedPostgresException(String message, Throwable cause) {
        super(message, cause);
    }
}
