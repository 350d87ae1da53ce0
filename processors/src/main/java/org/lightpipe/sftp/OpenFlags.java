package org.lightpipe.sftp;

/** How a file is opened; to be added up. */
public final class OpenFlags {

    public static final int READ = 1;
    public static final int WRITE = 2;
    public static final int CREATE = 8;
    public static final int TRUNCATE = 16;
    /** With {@link #CREATE}: fails when something of that name is there, be it a link. */
    public static final int NEW = 32;

    private OpenFlags() {}
}
