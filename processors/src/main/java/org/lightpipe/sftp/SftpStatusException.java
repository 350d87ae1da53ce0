package org.lightpipe.sftp;

import java.io.IOException;

/** The server answered a request with an error; the connection goes on. */
public final class SftpStatusException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int code;

    SftpStatusException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** SSH_FX_… code, see {@link Status}. */
    public int code() {
        return code;
    }

    /** True when what was asked for, or the directory it is to lie in, does not exist. */
    public boolean isMissing() {
        return code == Status.NO_SUCH_FILE;
    }
}
