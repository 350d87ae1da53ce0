package org.lightpipe.sftp;

import java.io.IOException;

/** The server cannot be reached, does not let us in, or the connection broke: whatever was under way failed. */
public final class SftpConnectionException extends IOException {

    private static final long serialVersionUID = 1L;

    SftpConnectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
