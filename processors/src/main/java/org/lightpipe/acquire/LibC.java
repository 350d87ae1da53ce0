package org.lightpipe.acquire;

import com.sun.jna.Library;
import com.sun.jna.Structure;

/** The system calls of Linux that tell of changes in a directory. */
interface LibC extends Library {

    short POLLIN = 1;
    int CLOEXEC = 02000000;
    int NONBLOCK = 04000;

    int EINTR = 4;
    int EAGAIN = 11;
    int ENOSPC = 28;

    int inotify_init1(int flags);

    /** @param path bytes of the path, with a NUL behind them */
    int inotify_add_watch(int fd, byte[] path, int mask);

    int inotify_rm_watch(int fd, int watch);

    int eventfd(int initial, int flags);

    int poll(PollFd[] descriptors, long count, int timeoutMillis);

    long read(int fd, byte[] buffer, long count);

    long write(int fd, byte[] buffer, long count);

    int close(int fd);

    /** {@code struct pollfd}. */
    @Structure.FieldOrder({"fd", "events", "revents"})
    final class PollFd extends Structure {
        public int fd;
        public short events;
        public short revents;
    }
}
