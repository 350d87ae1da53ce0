package org.lightpipe.os;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.core.RawName;

/**
 * A file or directory that is held itself, and not by its name: whoever renames it, or puts a symbolic link in its place,
 * changes nothing for who holds it. So a tree in which other people may write is gone through without ever being led out
 * of it. Not thread-safe.
 */
public final class Held implements AutoCloseable {

    private static final byte[] ACCESS = text("system.posix_acl_access");
    private static final byte[] DEFAULTS = text("system.posix_acl_default");
    private static final int MAX_ACL = 1 << 16;
    private static final int KIND = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR = 0100000;

    private final AccessCalls calls;
    private final int descriptor;
    private final String name;
    private final Path handle;
    private final byte[] handleText;

    private Held(AccessCalls calls, int descriptor, String name) {
        this.calls = calls;
        this.descriptor = descriptor;
        this.name = name;
        this.handle = Path.of("/proc/self/fd/" + descriptor);
        this.handleText = text(handle.toString());
    }

    /**
     * What is known of it.
     *
     * @param mode permissions, with the bits for setuid, setgid and sticky
     * @param gid number of its group
     * @param links how many names it has
     */
    public record Status(boolean isDirectory, boolean isRegularFile, int mode, int uid, int gid, int links) {}

    /** Takes hold of what a path leads to, symbolic links included: a path that an administrator gave. */
    public static Held of(Path path) throws IOException {
        AccessCalls calls = AccessCalls.get();
        try {
            return new Held(
                    calls, calls.open(bytes(path), AccessCalls.O_PATH | AccessCalls.O_CLOEXEC), path.toString());
        } catch (LastErrorException e) {
            throw failure(calls, e, path.toString());
        }
    }

    /**
     * Takes hold of what is in this directory under a name. A symbolic link is taken hold of as such: it is neither a
     * directory nor a regular file.
     */
    public Held child(Path childName) throws IOException {
        String shown = name + "/" + childName;
        try {
            return new Held(
                    calls,
                    calls.openat(
                            descriptor,
                            bytes(childName),
                            AccessCalls.O_PATH | AccessCalls.O_NOFOLLOW | AccessCalls.O_CLOEXEC),
                    shown);
        } catch (LastErrorException e) {
            throw failure(calls, e, shown);
        }
    }

    public Status status() throws IOException {
        Map<String, Object> read = Files.readAttributes(handle, "unix:mode,uid,gid,nlink");
        int mode = (int) read.get("mode");
        return new Status(
                (mode & KIND) == DIRECTORY,
                (mode & KIND) == REGULAR,
                mode & 07777,
                (int) read.get("uid"),
                (int) read.get("gid"),
                (int) read.get("nlink"));
    }

    /** The names in this directory, one after the other. */
    public DirectoryStream<Path> list() throws IOException {
        try {
            return Files.newDirectoryStream(handle);
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(name);
        }
    }

    public void setMode(int mode) throws IOException {
        change(() -> Files.setAttribute(handle, "unix:mode", mode));
    }

    public void setGroup(int gid) throws IOException {
        change(() -> Files.setAttribute(handle, "unix:gid", gid));
    }

    private interface Change {
        void make() throws IOException;
    }

    /** Java would tell of the handle, which means nothing to anybody. */
    private void change(Change change) throws IOException {
        try {
            change.make();
        } catch (FileSystemException e) {
            throw new FileSystemException(name, null, e.getReason() == null ? "permission denied" : e.getReason());
        }
    }

    /**
     * Its access control list, or, of a directory, the list that what is made in it begins with.
     *
     * @throws NoAclsException when the file system has none
     */
    public Optional<PosixAcl> acl(boolean defaults) throws IOException {
        byte[] value = new byte[1024];
        while (true) {
            try {
                long size = calls.getxattr(handleText, defaults ? DEFAULTS : ACCESS, value, value.length);
                return PosixAcl.of(ByteBuffer.wrap(value, 0, (int) size));
            } catch (LastErrorException e) {
                if (e.getErrorCode() == AccessCalls.ENODATA) {
                    return Optional.empty();
                }
                if (e.getErrorCode() != 34 || value.length >= MAX_ACL) {
                    throw failure(calls, e, name);
                }
                value = new byte[MAX_ACL];
            }
        }
    }

    /** Sets its access control list, or removes it, so that its mode alone counts. */
    public void setAcl(boolean defaults, Optional<PosixAcl> acl) throws IOException {
        byte[] kind = defaults ? DEFAULTS : ACCESS;
        try {
            if (acl.isPresent()) {
                byte[] value = acl.get().bytes();
                calls.setxattr(handleText, kind, value, value.length, 0);
            } else {
                calls.removexattr(handleText, kind);
            }
        } catch (LastErrorException e) {
            if (acl.isPresent() || e.getErrorCode() != AccessCalls.ENODATA) {
                throw failure(calls, e, name);
            }
        }
    }

    @Override
    public void close() {
        try {
            calls.close(descriptor);
        } catch (LastErrorException e) {
            throw new UncheckedIOException(failure(calls, e, name));
        }
    }

    private static IOException failure(AccessCalls calls, LastErrorException e, String name) {
        return switch (e.getErrorCode()) {
            case AccessCalls.ENOENT -> new NoSuchFileException(name);
            case AccessCalls.EOPNOTSUPP -> new NoAclsException(name);
            default -> new FileSystemException(name, null, calls.strerror(e.getErrorCode()));
        };
    }

    /** The bytes of a name, also of one that is no text, with a 0 at the end. */
    private static byte[] bytes(Path path) {
        byte[] bytes = RawName.bytes(RawName.text(path));
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    private static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }
}
