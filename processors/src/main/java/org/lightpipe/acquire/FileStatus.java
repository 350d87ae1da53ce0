package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the file system says of a name, without following a link.
 *
 * @param kind what it is
 * @param size size in bytes
 * @param mtimeNs time of the last change of the bytes, in nanoseconds since 1970
 * @param ctimeNs time of the last change of anything, by the clock of the file system; nobody can set it back
 * @param inode its number in the file system
 * @param device the file system
 * @param links how many names it has
 */
record FileStatus(Kind kind, long size, long mtimeNs, long ctimeNs, long inode, long device, int links) {

    private static final String ATTRIBUTES = "unix:mode,size,lastModifiedTime,ctime,ino,dev,nlink";
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int IS_DIRECTORY = 0040000;

    /** What a name can stand for. */
    enum Kind {
        FILE,
        DIRECTORY,
        /** Links, pipes, sockets, devices: never taken. */
        OTHER
    }

    /** @throws IOException when there is nothing of that name, or it cannot be looked at */
    static FileStatus of(Path path) throws IOException {
        Map<String, Object> found = Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        Kind kind = switch ((Integer) found.get("mode") & TYPE) {
            case REGULAR -> Kind.FILE;
            case IS_DIRECTORY -> Kind.DIRECTORY;
            default -> Kind.OTHER;
        };
        return new FileStatus(
                kind,
                (Long) found.get("size"),
                nanos(found.get("lastModifiedTime")),
                nanos(found.get("ctime")),
                (Long) found.get("ino"),
                (Long) found.get("dev"),
                (Integer) found.get("nlink"));
    }

    private static long nanos(Object time) {
        return ((FileTime) time).to(TimeUnit.NANOSECONDS);
    }

    /** The same in a file system whose inodes do not last. */
    FileStatus withoutInode() {
        return new FileStatus(kind, size, mtimeNs, ctimeNs, 0, device, links);
    }

    boolean isFile() {
        return kind == Kind.FILE;
    }

    boolean isDirectory() {
        return kind == Kind.DIRECTORY;
    }

    /** True when nothing that tells of a write is another. */
    boolean sameBytesAs(FileStatus other) {
        return size == other.size && mtimeNs == other.mtimeNs && inode == other.inode;
    }
}
