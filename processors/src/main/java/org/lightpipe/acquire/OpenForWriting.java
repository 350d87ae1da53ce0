package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds files that a writer has not closed: those that a process of this machine has open for writing, as far as the
 * hub may see, and HDF5 files whose superblock says that a writer is at work.
 */
final class OpenForWriting {

    private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final int ACCESS_MODE = 3;
    private static final int SUPERBLOCK_VERSION = 8;
    private static final int CONSISTENCY_FLAGS = 11;
    private static final int WRITER_FLAGS = 0b101;

    private final Path proc;

    /** @param proc the process file system; when it is not there nothing is found open */
    OpenForWriting(Path proc) {
        this.proc = proc;
    }

    /** Those of the candidates that some process has open for writing, after symbolic links. */
    Set<Path> among(Set<Path> candidates) {
        Set<Path> open = new HashSet<>();
        if (candidates.isEmpty()) {
            return open;
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                addOpen(process, candidates, open);
            }
        } catch (IOException e) {
            // No /proc: stability and the other policies remain.
        }
        return open;
    }

    private static void addOpen(Path process, Set<Path> candidates, Set<Path> open) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    Path target = Files.readSymbolicLink(descriptor);
                    if (candidates.contains(target) && isWriting(process, descriptor)) {
                        open.add(target);
                    }
                } catch (IOException e) {
                    // closed meanwhile
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            // another user's process, or gone
        }
    }

    private static boolean isWriting(Path process, Path descriptor) throws IOException {
        for (String line : Files.readAllLines(process.resolve("fdinfo").resolve(descriptor.getFileName()))) {
            if (line.startsWith("flags:")) {
                return (Integer.parseInt(line.substring("flags:".length()).trim(), 8) & ACCESS_MODE) != 0;
            }
        }
        return false;
    }

    /**
     * True for an HDF5 file that its writer has not closed: the file consistency flags of a version 3 superblock (HDF5
     * file format specification, section II.A) say "open for writing" (bit 0) or "open for SWMR writing" (bit 2).
     */
    boolean isUnclosedHdf5(Path file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(CONSISTENCY_FLAGS + 1);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (head.hasRemaining() && channel.read(head) > 0) {
                // until the head is full or the file ends
            }
        }
        byte[] bytes = head.array();
        return head.position() == bytes.length
                && Arrays.equals(bytes, 0, HDF5.length, HDF5, 0, HDF5.length)
                && bytes[SUPERBLOCK_VERSION] >= 3
                && (bytes[CONSISTENCY_FLAGS] & WRITER_FLAGS) != 0;
    }
}
