package org.lightpipe.os;

import com.sun.jna.LastErrorException;

/** The calls as the C library has them; a path is its bytes with a 0 at the end. */
final class LinuxCalls {

    native int open(byte[] path, int flags, int mode) throws LastErrorException;

    native int close(int file) throws LastErrorException;

    native int syncfs(int file) throws LastErrorException;

    native int ioctl(int file, long request, long argument) throws LastErrorException;

    native int utimensat(int directory, byte[] path, long[] times, int flags) throws LastErrorException;

    native String strerror(int error);
}
