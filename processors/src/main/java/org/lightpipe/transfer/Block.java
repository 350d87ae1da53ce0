package org.lightpipe.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Memory for a piece of a file: outside the heap, where the operating system reads and writes, and on the heap, where
 * digests are taken fast. What is outside may be written while another thread takes the digest of what is on the heap.
 */
final class Block {

    private final ByteBuffer outside;
    private final byte[] bytes;
    private int length;

    /** @param alignment of the memory outside, as reads past the page cache need it; a power of two that divides size */
    Block(int size, int alignment) {
        this.outside = ByteBuffer.allocateDirect(size + alignment).alignedSlice(alignment);
        this.bytes = new byte[size];
    }

    int size() {
        return bytes.length;
    }

    /**
     * Reads the next bytes of a file.
     *
     * @param wanted how many; less are read at the end of the file only
     */
    void fill(FileChannel file, int wanted) throws IOException {
        outside.clear().limit(wanted);
        while (outside.hasRemaining() && file.read(outside) >= 0) {
            // a signal can end a read early
        }
        land();
    }

    /** Reads a full block, or what is left of the file, in one go, as reads past the page cache have to be. */
    void fillAtOnce(FileChannel file) throws IOException {
        outside.position(0).limit(size());
        file.read(outside);
        land();
    }

    private void land() {
        outside.flip();
        length = outside.remaining();
        outside.get(0, bytes, 0, length);
    }

    void drainTo(FileChannel file) throws IOException {
        outside.position(0).limit(length);
        while (outside.hasRemaining()) {
            file.write(outside);
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }
}
