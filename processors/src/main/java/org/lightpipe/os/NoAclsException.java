package org.lightpipe.os;

import java.nio.file.FileSystemException;

/** The file system has no POSIX access control lists. */
public final class NoAclsException extends FileSystemException {

    private static final long serialVersionUID = 1L;

    NoAclsException(String file) {
        super(file, null, "the file system has no POSIX access control lists");
    }
}
