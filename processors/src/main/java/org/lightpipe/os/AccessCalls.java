package org.lightpipe.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;

/** The calls of the C library that tell and set who may do what with a file; a text is its bytes with a 0 at the end. */
final class AccessCalls {

    static final int ENOENT = 2;
    static final int ENODATA = 61;
    static final int EOPNOTSUPP = 95;

    private static final boolean OTHER_FLAGS = System.getProperty("os.arch", "").matches("aarch64|arm.*|ppc.*");

    /** Names a file without opening it: neither a pipe nor a device notices. */
    static final int O_PATH = 0x200000;

    static final int O_CLOEXEC = 0x80000;
    /** The one flag here that is not the same on every processor. */
    static final int O_NOFOLLOW = OTHER_FLAGS ? 0x8000 : 0x20000;

    private AccessCalls() {}

    private static final class Holder {
        private static final AccessCalls CALLS = load();

        private static AccessCalls load() {
            if (!System.getProperty("os.name").equals("Linux")) {
                throw new UnsupportedOperationException("permissions are looked after on Linux only");
            }
            try {
                Native.register(AccessCalls.class, "c");
                return new AccessCalls();
            } catch (LinkageError e) {
                throw new UnsupportedOperationException(
                        "system calls are not available: " + e
                                + "; if the temporary directory is mounted noexec, name another with -Djna.tmpdir=",
                        e);
            }
        }
    }

    /** @throws UnsupportedOperationException where the calls cannot be made, in words */
    static AccessCalls get() {
        return Holder.CALLS;
    }

    native int open(byte[] path, int flags) throws LastErrorException;

    native int openat(int directory, byte[] name, int flags) throws LastErrorException;

    native int close(int file) throws LastErrorException;

    native long getxattr(byte[] path, byte[] name, byte[] value, long size) throws LastErrorException;

    native int setxattr(byte[] path, byte[] name, byte[] value, long size, int flags) throws LastErrorException;

    native int removexattr(byte[] path, byte[] name) throws LastErrorException;

    // These say in their answer whether they failed, and leave any number in errno when they did not.

    native int getpwnam_r(byte[] name, Pointer entry, Pointer buffer, long size, PointerByReference found);

    native int getpwuid_r(int uid, Pointer entry, Pointer buffer, long size, PointerByReference found);

    native int getgrnam_r(byte[] name, Pointer entry, Pointer buffer, long size, PointerByReference found);

    native int getgrgid_r(int gid, Pointer entry, Pointer buffer, long size, PointerByReference found);

    native String strerror(int error);
}
