package org.lightpipe.sftp;

import java.io.IOException;

/** The far side has no shell that writes files, or something unexpected came of it; SFTP on the connection goes on. */
public final class FarWriterException extends IOException {

    private static final long serialVersionUID = 1L;

    public FarWriterException(String message, Throwable cause) {
        super(message, cause);
    }
}
