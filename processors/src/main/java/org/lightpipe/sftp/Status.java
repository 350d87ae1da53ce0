package org.lightpipe.sftp;

/** Codes with which a server answers (draft-ietf-secsh-filexfer-02, section 7). */
public final class Status {

    public static final int OK = 0;
    public static final int EOF = 1;
    public static final int NO_SUCH_FILE = 2;
    public static final int PERMISSION_DENIED = 3;
    /** Everything else: OpenSSH answers it to a full disk, an exceeded quota, a file that exists already. */
    public static final int FAILURE = 4;
    /** OpenSSH answers it to a name that is too long. */
    public static final int BAD_MESSAGE = 5;

    public static final int OP_UNSUPPORTED = 8;

    private Status() {}
}
