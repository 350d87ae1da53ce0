package org.lightpipe.acquire;

/**
 * A file that its writer has finished.
 *
 * @param path path relative to the watched directory, with '/' between its parts, as {@code RawName} writes it
 * @param size size in bytes
 * @param mtimeNs time of the last change, in nanoseconds since 1970
 * @param inode number in the file system, which another file of the same name does not have; 0 where it does not last
 */
public record LandedFile(String path, long size, long mtimeNs, long inode) {

    /** A file in a file system whose inodes do not last. */
    public LandedFile(String path, long size, long mtimeNs) {
        this(path, size, mtimeNs, 0);
    }
}
