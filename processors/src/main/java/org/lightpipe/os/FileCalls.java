package org.lightpipe.os;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Calls on files that Java lacks or makes dear. Where they are not there, each says so or does it Java's way. */
public final class FileCalls {

    private static final int READ_ONLY = 0;
    private static final int NEW_FOR_WRITING = 01 | 0100 | 0200;
    private static final int CLOSE_ON_EXEC = 02000000;
    private static final long CLONE = 0x40049409L;
    private static final int HERE = -100;
    private static final long LEAVE = 0x3ffffffeL;
    private static final long NANOS = 1_000_000_000L;

    /** Where one flush of the whole file system is a flush of every file in it. On others it can mean nothing. */
    private static final Set<String> FLUSHED_AS_A_WHOLE = Set.of("ext4", "xfs", "btrfs");

    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

    private FileCalls() {}

    /**
     * A file system that can be flushed as a whole. It is opened before what is to be flushed is written: only then does
     * the system tell of writes that failed in between.
     */
    public static final class WholeFlush implements AutoCloseable {

        private final LinuxCalls calls;
        private final Path directory;
        private final int file;

        private WholeFlush(LinuxCalls calls, Path directory) {
            this.calls = calls;
            this.directory = directory;
            this.file = calls.open(bytes(directory), READ_ONLY | CLOSE_ON_EXEC, 0);
        }

        /** Writes to the disk all that was written to the file system so far. */
        public void flush() throws IOException {
            try {
                calls.syncfs(file);
            } catch (LastErrorException e) {
                throw failure(calls, directory, e);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                calls.close(file);
            } catch (LastErrorException e) {
                throw failure(calls, directory, e);
            }
        }
    }

    /** The file system of a directory, if it can be flushed as a whole and tells of every failure. */
    public static Optional<WholeFlush> wholeFlush(Path directory) throws IOException {
        if (!tellsOfFailures(System.getProperty("os.version"))
                || !FLUSHED_AS_A_WHOLE.contains(Files.getFileStore(directory).type())) {
            return Optional.empty();
        }
        LinuxCalls calls = LibC.calls().orElse(null);
        if (calls == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new WholeFlush(calls, directory));
        } catch (LastErrorException e) {
            throw failure(calls, directory, e);
        }
    }

    /** Before 5.8, Linux kept failed writes to itself when it flushed a whole file system. */
    static boolean tellsOfFailures(String version) {
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches()) {
            return false;
        }
        int major = Integer.parseInt(matcher.group(1));
        return major > 5 || major == 5 && Integer.parseInt(matcher.group(2)) >= 8;
    }

    /**
     * Makes a file that shares its blocks with another until one of them changes.
     *
     * @param file is made; it must not be there
     * @param mode of the file, such as 0640
     * @return false when the file system cannot, or the two are on different ones; nothing is made then
     */
    public static boolean reflink(Path source, Path file, int mode) throws IOException {
        LinuxCalls calls = LibC.calls().orElse(null);
        if (calls == null) {
            return false;
        }
        int from = -1;
        int to = -1;
        boolean shared = false;
        try {
            from = calls.open(bytes(source), READ_ONLY | CLOSE_ON_EXEC, 0);
            to = calls.open(bytes(file), NEW_FOR_WRITING | CLOSE_ON_EXEC, mode);
            calls.ioctl(to, CLONE, from);
            shared = true;
        } catch (LastErrorException e) {
            // Whatever it is, copying will tell it better, or do without.
            shared = false;
        } finally {
            close(calls, from);
            close(calls, to);
            if (to >= 0 && !shared) {
                Files.deleteIfExists(file);
            }
        }
        return shared;
    }

    /** Sets the time of the last change; with one call where it takes Java four. */
    public static void setModified(Path file, long nanoseconds) throws IOException {
        LinuxCalls calls = LibC.calls().orElse(null);
        if (calls == null) {
            Files.setLastModifiedTime(file, FileTime.from(nanoseconds, TimeUnit.NANOSECONDS));
            return;
        }
        long[] times = {
            0, LEAVE, Math.floorDiv(nanoseconds, NANOS), Math.floorMod(nanoseconds, NANOS),
        };
        try {
            calls.utimensat(HERE, bytes(file), times, 0);
        } catch (LastErrorException e) {
            throw failure(calls, file, e);
        }
    }

    /** The bits that the system takes from the mode of every new file of this process; all when it does not tell. */
    public static int umask() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("Umask:"))
                    .findFirst()
                    .map(line ->
                            Integer.parseInt(line.substring("Umask:".length()).strip(), 8))
                    .orElse(0777);
        } catch (IOException e) {
            return 0777;
        }
    }

    private static void close(LinuxCalls calls, int file) throws IOException {
        if (file >= 0) {
            try {
                calls.close(file);
            } catch (LastErrorException e) {
                throw new IOException(calls.strerror(e.getErrorCode()), e);
            }
        }
    }

    private static IOException failure(LinuxCalls calls, Path file, LastErrorException e) {
        FileSystemException failure = new FileSystemException(file.toString(), null, calls.strerror(e.getErrorCode()));
        failure.initCause(e);
        return failure;
    }

    /** The name as the file system has it. */
    private static byte[] bytes(Path path) {
        String text = path.toAbsolutePath().toString();
        byte[] bytes = new byte[text.length() + 1];
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (next >= 0x80) {
                return bytesOfUri(path);
            }
            bytes[i] = (byte) next;
        }
        return bytes;
    }

    /** Text loses bytes that are no characters; a URI keeps them, but asks the file system whether it is a directory. */
    private static byte[] bytesOfUri(Path path) {
        String text = path.toUri().getRawPath();
        byte[] bytes = new byte[text.length() + 1];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (next == '%') {
                bytes[length++] = (byte) Integer.parseInt(text.substring(i + 1, i + 3), 16);
                i += 2;
            } else {
                bytes[length++] = (byte) next;
            }
        }
        return Arrays.copyOf(bytes, length + 1);
    }
}
