package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The texts of a new file, which lie together in blocks of some KiB. */
final class TextHeap {

    private static final int PREFIX = 16;
    private static final int SMALLEST = 4096;
    private static final int LARGEST = 65_536;
    private static final int MOST_TEXTS = 65_535;

    private final NewFile file;
    private Encoder block;
    private long address;
    private int size;
    private int texts;
    private int next = SMALLEST;

    TextHeap(NewFile file) {
        this.file = file;
    }

    /** Keeps a text. @return what stands for it in an element: its length, and where it is */
    byte[] put(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0) {
            return new byte[16];
        }
        int padding = -bytes.length & 7;
        int needed = 16 + bytes.length + padding;
        if (block == null || needed > size - block.length() || texts == MOST_TEXTS) {
            flush();
            size = Math.max(next, PREFIX + needed);
            next = Math.min(LARGEST, 2 * next);
            address = file.take(size);
            texts = 0;
            block = new Encoder().letters("GCOL").u8(1).zeros(3).u64(size);
        }
        texts++;
        block.u16(texts).u16(1).u32(0).u64(bytes.length).bytes(bytes).zeros(padding);
        return new Encoder().u32(bytes.length).u64(address).u32(texts).toBytes();
    }

    /** Writes the block that is not full yet. */
    void flush() throws IOException {
        if (block == null) {
            return;
        }
        int free = size - block.length();
        if (free >= 16) {
            block.u16(0).u16(0).u32(0).u64(free);
        }
        block.zeros(size - block.length());
        file.write("texts", address, block.toBytes());
        block = null;
    }
}
