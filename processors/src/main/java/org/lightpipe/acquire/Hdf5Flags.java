package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Whether the writer of an HDF5 file has closed it. The file consistency flags of a version 2 or 3 superblock (HDF5 file
 * format specification, section II.A) say "open for writing" (bit 0) or "open for SWMR writing" (bit 2). The superblock
 * lies at byte 0, or, behind a user block, at 512, 1024, 2048 and so on.
 */
final class Hdf5Flags {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final int VERSION = 8;
    private static final int FLAGS = 11;
    private static final int OPEN = 0b101;
    private static final int[] PLACES = {0, 512, 1024, 2048};
    private static final int LEAST = FLAGS + 1;

    private Hdf5Flags() {}

    /**
     * True for an HDF5 file that its writer has not closed.
     *
     * @param size its size in bytes
     * @throws IOException when it cannot be read
     */
    static boolean isOpen(Path file, long size) throws IOException {
        if (size < LEAST) {
            return false;
        }
        byte[] head = new byte[(int) Math.min(size, PLACES[PLACES.length - 1] + LEAST)];
        ByteBuffer buffer = ByteBuffer.wrap(head);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            while (buffer.hasRemaining() && channel.read(buffer) > 0) {
                // until the head is full or the file ends
            }
        }
        for (int at : PLACES) {
            if (at + LEAST <= buffer.position()
                    && Arrays.equals(head, at, at + SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
                return head[at + VERSION] >= 2 && (head[at + FLAGS] & OPEN) != 0;
            }
        }
        return false;
    }
}
