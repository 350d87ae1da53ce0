package org.lightpipe.acquire;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.lightpipe.core.RawName;

/**
 * Changes in directories, as the Linux kernel tells them. The JDK's own watch service loses the bytes of names and does
 * not tell which files were closed. {@link #read} belongs to one thread; everything else may be called by any.
 */
final class Inotify implements AutoCloseable {

    static final int CLOSE_WRITE = 0x8;
    static final int MOVED_FROM = 0x40;
    static final int MOVED_TO = 0x80;
    static final int CREATE = 0x100;
    static final int DELETE = 0x200;
    static final int UNMOUNT = 0x2000;
    static final int OVERFLOW = 0x4000;
    static final int IGNORED = 0x8000;
    static final int IS_DIRECTORY = 0x40000000;

    private static final int ONLY_DIRECTORY = 0x01000000;
    private static final int DO_NOT_FOLLOW = 0x02000000;
    /** Nothing is wanted of a file that has no name any more. */
    private static final int EXCLUDE_UNLINKED = 0x04000000;

    private static final int WANTED =
            CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE | ONLY_DIRECTORY | DO_NOT_FOLLOW | EXCLUDE_UNLINKED;

    private static final int HEAD = 16;
    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;
    private static final byte[] ONE = {1, 0, 0, 0, 0, 0, 0, 0};

    private final LibC libc;
    private final int inotify;
    private final int wake;
    private final LibC.PollFd[] waitFor;
    private final byte[] buffer = new byte[256 * 1024];
    private boolean closed;

    /** Takes one change: of which watch, which bits, and the name in the directory as text, empty for the directory. */
    @FunctionalInterface
    interface Listener {
        void changed(int watch, int mask, String name);
    }

    /** The kernel gives no more watches to this user. */
    static final class NoMoreWatches extends IOException {
        private static final long serialVersionUID = 1L;

        NoMoreWatches(String why) {
            super(why);
        }
    }

    /** @throws IOException in words, when this machine has no inotify or gives no more of it to this user */
    Inotify() throws IOException {
        try {
            libc = Native.load("c", LibC.class);
        } catch (LinkageError e) {
            throw new IOException("system calls are not to be had here: " + e.getMessage(), e);
        }
        inotify = libc.inotify_init1(LibC.CLOEXEC | LibC.NONBLOCK);
        if (inotify < 0) {
            throw new IOException("inotify is refused (errno " + Native.getLastError()
                    + "; perhaps the limit fs.inotify.max_user_instances is reached)");
        }
        wake = libc.eventfd(0, LibC.CLOEXEC | LibC.NONBLOCK);
        waitFor = (LibC.PollFd[]) new LibC.PollFd().toArray(2);
        waitFor[0].fd = inotify;
        waitFor[1].fd = wake;
    }

    /**
     * Watches a directory, which must not be a link.
     *
     * @return number of the watch
     * @throws NoMoreWatches when the kernel's limit is reached
     * @throws IOException when it is no directory, or cannot be watched
     */
    synchronized int watch(Path directory) throws IOException {
        refuseClosed();
        byte[] path = RawName.bytes(RawName.text(directory));
        int watch = libc.inotify_add_watch(inotify, Arrays.copyOf(path, path.length + 1), WANTED);
        if (watch >= 0) {
            return watch;
        }
        int error = Native.getLastError();
        throw switch (error) {
            case LibC.ENOSPC ->
                new NoMoreWatches("the kernel gives no more (sysctl fs.inotify.max_user_watches=1048576 mends it)");
            case ENOENT, ENOTDIR -> new NoSuchFileException(RawName.shown(RawName.text(directory)));
            default ->
                new IOException(RawName.shown(RawName.text(directory)) + " cannot be watched (errno " + error + ")");
        };
    }

    synchronized void unwatch(int watch) {
        if (!closed) {
            libc.inotify_rm_watch(inotify, watch);
        }
    }

    /**
     * Waits for changes and hands them on.
     *
     * @return how many there were; 0 when the time was over or somebody called {@link #wake}
     * @throws IOException when the kernel refuses
     */
    int read(int timeoutMillis, Listener listener) throws IOException {
        for (LibC.PollFd one : waitFor) {
            one.events = LibC.POLLIN;
            one.revents = 0;
        }
        int ready = libc.poll(waitFor, waitFor.length, timeoutMillis);
        if (ready < 0 && Native.getLastError() != LibC.EINTR) {
            throw new IOException("poll is refused (errno " + Native.getLastError() + ")");
        }
        if (ready <= 0 || (waitFor[0].revents & LibC.POLLIN) == 0) {
            return 0;
        }
        long length = libc.read(inotify, buffer, buffer.length);
        if (length < 0) {
            int error = Native.getLastError();
            if (error == LibC.EAGAIN || error == LibC.EINTR) {
                return 0;
            }
            throw new IOException("inotify cannot be read (errno " + error + ")");
        }
        return told((int) length, listener);
    }

    private int told(int length, Listener listener) {
        ByteBuffer events = ByteBuffer.wrap(buffer, 0, length).order(ByteOrder.nativeOrder());
        int count = 0;
        while (events.remaining() >= HEAD) {
            int at = events.position();
            int nameLength = events.getInt(at + 12);
            int from = at + HEAD;
            int to = from;
            while (to < from + nameLength && buffer[to] != 0) {
                to++;
            }
            listener.changed(events.getInt(at), events.getInt(at + 4), RawName.text(buffer, from, to - from));
            events.position(from + nameLength);
            count++;
        }
        return count;
    }

    /** Lets a waiting {@link #read} return. */
    synchronized void wake() {
        if (!closed) {
            libc.write(wake, ONE, ONE.length);
        }
    }

    /** Gives all watches back. Nobody may be reading. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            libc.close(inotify);
            libc.close(wake);
        }
    }

    private void refuseClosed() throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
    }
}
