package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.file.Path;
import org.lightpipe.core.RawName;

/**
 * What is known of one directory of a watched tree. While it is warm, which files of it were handed over; when it is
 * cold, one number of all of them. Not thread-safe.
 */
final class Directory {

    static final int NO_WATCH = -1;

    private final String path;
    private final Path place;

    /** Number of its watch, if the kernel tells of changes in it. */
    int watch = NO_WATCH;

    /** Device and whether inodes last there. */
    long device;

    long inode;

    boolean keepsInodes = true;
    boolean tellsOfChanges = true;

    /** Whether it waits to be listed. */
    boolean queued;

    boolean gone;
    boolean unreadable;
    boolean hasStale;

    /** Its time when it was last listed, when that time was first seen, and when it was listed. */
    long listedMtimeNs = Long.MIN_VALUE;

    long seenMtimeNs = Long.MIN_VALUE;
    long seenAt;
    long listedAt;
    long listNotBefore;
    long changedAt;

    /** Files in it that are not finished. */
    int waiting;

    private FileSet told = new FileSet();
    private long digest;

    /** @param path relative path; empty for the watched directory itself */
    Directory(Path root, String path) {
        this.path = path;
        this.place = path.isEmpty() ? root : root.resolve(RawName.path(path));
    }

    String path() {
        return path;
    }

    Path place() {
        return place;
    }

    /** Relative path of a file in it. */
    String pathOf(String name) {
        return path.isEmpty() ? name : path + "/" + name;
    }

    /** What is there of this name now; null when there is nothing. */
    FileStatus status(String name) {
        return status(place.resolve(RawName.path(name)));
    }

    /** The same for an entry of it, as a listing gives it. */
    FileStatus status(Path entry) {
        try {
            FileStatus status = FileStatus.of(entry);
            return keepsInodes ? status : status.withoutInode();
        } catch (IOException e) {
            return null;
        }
    }

    boolean isPolled() {
        return watch == NO_WATCH;
    }

    boolean isCold() {
        return told == null;
    }

    /** How many files it keeps in mind. */
    int remembered() {
        return told == null ? 0 : told.slots();
    }

    int toldFiles() {
        return told == null ? 0 : told.size();
    }

    boolean knows(long name) {
        return told != null && told.has(name);
    }

    boolean wasTold(long name, long state) {
        return told != null && told.has(name) && told.get(name) == state;
    }

    void told(long name, long state) {
        if (told == null) {
            digest += FileSet.part(name, state);
        } else {
            told.put(name, state);
        }
    }

    /** A file is no longer there. Of a cold directory the number is then wrong, and the next sweep lists it. */
    void removed(long name) {
        if (told != null) {
            told.remove(name);
        }
    }

    /** Keeps in mind only files that are there. */
    void keepOnly(FileSet there) {
        if (told != null) {
            told = told.only(there);
        }
    }

    void cool() {
        digest = told.digest();
        told = null;
    }

    void warm() {
        if (told == null) {
            told = new FileSet();
        }
    }

    /** One number of all files that were handed over. */
    long digest() {
        return told == null ? digest : told.digest();
    }
}
