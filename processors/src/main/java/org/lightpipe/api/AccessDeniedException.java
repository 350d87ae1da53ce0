package org.lightpipe.api;

/** The request is not let in; the message tells the caller why in plain words. */
public final class AccessDeniedException extends RuntimeException {

    private final int status;

    private AccessDeniedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** Nobody knows who asks. */
    static AccessDeniedException unknownCaller(String message) {
        return new AccessDeniedException(401, message);
    }

    /** It is known who asks, and he may not do this. */
    public static AccessDeniedException notAllowed(String message) {
        return new AccessDeniedException(403, message);
    }

    /** Too many attempts have failed. */
    static AccessDeniedException tooManyAttempts(String message) {
        return new AccessDeniedException(429, message);
    }

    /** HTTP status of the answer: 401, 403 or 429. */
    public int status() {
        return status;
    }
}
