package org.lightpipe.gpu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.lightpipe.gpu.core.InvalidInputException;

/**
 * What a file looked like when it was begun with: two that are equal are the same file, which nobody wrote to.
 *
 * @param size in bytes
 * @param modified when it was changed last
 * @param key what the file system knows it by; null where it has no such thing
 */
record InputFile(long size, FileTime modified, Object key) {

    private static final long HDF5 = 0x894844460d0a1a0aL;

    /** Where the signature may be: at the beginning, or behind a block of the user's, which doubles. */
    private static final int FIRST_USER_BLOCK = 512;

    /**
     * @param path of a file
     * @return how it is now
     * @throws InvalidInputException if it is no file that can be read
     */
    static InputFile of(Path path) throws InvalidInputException, IOException {
        if (!Files.exists(path)) {
            throw new InvalidInputException(path + ": there is no such file");
        }
        if (!Files.isRegularFile(path)) {
            throw new InvalidInputException(path + ": is not a file");
        }
        if (!Files.isReadable(path)) {
            throw new InvalidInputException(path + ": may not be read by this user");
        }
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
        if (found.size() == 0) {
            throw new InvalidInputException(path + ": is empty");
        }
        return new InputFile(found.size(), found.lastModifiedTime(), found.fileKey());
    }

    /** @return whether a file is HDF5, by its signature */
    static boolean isHdf5(Path path) throws IOException {
        try (SeekableByteChannel file = Files.newByteChannel(path)) {
            ByteBuffer signature = ByteBuffer.allocate(Long.BYTES);
            for (long at = 0; at <= file.size() - Long.BYTES; at = at == 0 ? FIRST_USER_BLOCK : 2 * at) {
                file.position(at);
                signature.clear();
                while (signature.hasRemaining() && file.read(signature) >= 0) {
                    // until it is full
                }
                if (!signature.hasRemaining() && signature.getLong(0) == HDF5) {
                    return true;
                }
            }
            return false;
        }
    }

    /** @throws IOException if the file is not what it was any more */
    void requireUnchanged(Path path) throws InvalidInputException, IOException {
        InputFile now = of(path);
        if (now.size != size || !now.modified.equals(modified) || !Objects.equals(now.key, key)) {
            throw new IOException(path + " changed while it was read; try again when it is complete");
        }
    }
}
