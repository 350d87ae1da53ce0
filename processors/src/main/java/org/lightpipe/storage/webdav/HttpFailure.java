package org.lightpipe.storage.webdav;

import java.io.IOException;

/** A request that a server refused, or that did not reach it. */
public final class HttpFailure extends IOException {

    private static final long serialVersionUID = 1L;
    private static final int NO_ANSWER = 0;

    private final int status;

    private HttpFailure(String message, int status, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** The server answered, but not with success. */
    static HttpFailure refused(String method, String where, int status) {
        return new HttpFailure(
                where + ": the server answers " + status + " to " + method + ": " + meaning(method, status),
                status,
                null);
    }

    /** The server did not answer, or not to the end. */
    static HttpFailure broken(String method, String where, String what, Throwable cause) {
        return new HttpFailure(where + ": " + method + " failed: " + what, NO_ANSWER, cause);
    }

    /** The answer makes no sense, or may not be followed. */
    static HttpFailure wrong(String where, String what) {
        return new HttpFailure(where + ": " + what, NO_ANSWER, null);
    }

    /** Status of the answer; 0 when there was none. */
    public int status() {
        return status;
    }

    /** True when the server as a whole is to blame, so that other files would fare no better. */
    public boolean isOfStorage() {
        return switch (status) {
            case NO_ANSWER, 401, 405, 407, 429 -> true;
            default -> status >= 500;
        };
    }

    private static String meaning(String method, int status) {
        return switch (status) {
            case 400 -> "it does not understand the request";
            case 401 -> "it wants to know who asks; check authorizationEnv or authorizationFile of the storage";
            case 403 -> "it forbids it; check what the account may do there";
            case 404, 409 ->
                switch (method) {
                    case "GET", "HEAD" -> "there is no such file";
                    case "MOVE" -> "the file or the directory that it goes to is not there";
                    default -> "the directory above is not there";
                };
            case 405, 501 ->
                "it does not know " + method + " there; WebDAV must be on, with PUT, DELETE, MKCOL and MOVE";
            case 412 -> "it does not replace a file that is there";
            case 413 -> "the file is larger than it takes; raise its limit (client_max_body_size of nginx)";
            case 414 -> "the name is longer than it takes";
            case 423 -> "somebody holds a lock on the file";
            case 429 -> "too many requests";
            case 507 -> "it is full, or the quota is used up";
            default -> status >= 500 ? "something is wrong with the server; its log says what" : "it is refused";
        };
    }
}
