package org.lightpipe.transfer.globus;

import java.io.IOException;

/** Globus refused a request, or did not answer it. */
final class GlobusFailure extends IOException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    private GlobusFailure(String message, int status, String code, Throwable cause) {
        super(message, cause);
        this.status = status;
        this.code = code;
    }

    static GlobusFailure refused(String what, int status, String code, String message) {
        String mend = switch (status) {
            case 401 -> "; check clientIdEnv and the secret of the storage";
            case 403 -> "; the client needs a role on the collection, or its consent (scope of the storage)";
            case 429 -> "; too many requests";
            default -> "";
        };
        return new GlobusFailure(
                "Globus answers " + status + (code.isEmpty() ? "" : " " + code) + " to " + what
                        + (message.isEmpty() ? "" : ": " + message) + mend,
                status,
                code,
                null);
    }

    static GlobusFailure unreachable(String what, String why, Throwable cause) {
        return new GlobusFailure("Globus did not answer to " + what + ": " + why, 0, "", cause);
    }

    /** The code of the error, such as {@code ClientError.NotFound}; empty when there is none. */
    String code() {
        return code;
    }

    /** True when it is not known whether the request was carried out. */
    boolean isUncertain() {
        return status == 0 || status >= 500 && code.isEmpty();
    }

    boolean isMissing() {
        return status == 404 || code.contains("NotFound");
    }

    boolean isExisting() {
        return code.contains("Exists");
    }

    /** True when other files would fare no better. */
    boolean isOfStorage() {
        return status == 0 || status == 401 || status == 403 || status == 429 || status >= 500;
    }
}
