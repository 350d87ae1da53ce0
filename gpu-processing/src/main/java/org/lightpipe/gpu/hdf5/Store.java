package org.lightpipe.gpu.hdf5;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.lightpipe.gpu.core.Memory;

/**
 * The bytes of one HDF5 file, and what its superblock says. Read by position, never mapped: a mapped file that somebody
 * cuts off would take the process down. Thread-safe.
 */
final class Store implements Closeable {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    /** The most that one call reads; the JDK keeps a direct buffer of this size for each thread. */
    private static final int PIECE = 256 * 1024;

    private static final int LONGEST_SUPERBLOCK = 128;

    private final Path path;
    private final FileChannel channel;
    private long base;
    private int offsetSize = 8;
    private int lengthSize = 8;
    private long root;
    private boolean written;

    private Store(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** @throws Refusal if it does not begin as an HDF5 file does */
    static Store open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            Store store = new Store(path, channel);
            store.readSuperblock();
            return store;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void readSuperblock() throws IOException {
        // what a user may have put before it has a length of 512, 1024, 2048, … bytes
        long size = channel.size();
        for (long at = 0; at + SIGNATURE.length <= size; at = at == 0 ? 512 : 2 * at) {
            byte[] signature = new byte[SIGNATURE.length];
            read(at, signature, 0, signature.length);
            if (Arrays.equals(signature, SIGNATURE)) {
                base = at;
                parse(upTo(0, LONGEST_SUPERBLOCK, "superblock"));
                return;
            }
        }
        throw Refusal.unsupported("it does not have the signature of one");
    }

    private void parse(Cursor raw) {
        raw.skip(SIGNATURE.length);
        int version = raw.u8();
        if (version > 3) {
            throw Refusal.unsupported("its superblock has the version " + version + ", which is not known");
        }
        if (version < 2) {
            raw.skip(4);
        }
        offsetSize = size(raw.u8());
        lengthSize = size(raw.u8());
        Cursor block = raw.withSizes(offsetSize, lengthSize);
        if (version < 2) {
            block.skip(1 + 2 + 2);
            written = (block.u32() & 1) != 0;
            block.skip(version == 1 ? 4 : 0);
            block.skip(4L * offsetSize);
            // the entry of the root group: its name, which it has not, and its address
            block.skip(offsetSize);
            root = block.offset();
        } else {
            written = (block.u8() & 1) != 0;
            block.skip(3L * offsetSize);
            root = block.offset();
            block.checksum();
        }
        if (root == Cursor.UNDEFINED) {
            throw Refusal.damaged("it has no root group");
        }
    }

    private static int size(int bytes) {
        if (bytes != 2 && bytes != 4 && bytes != 8) {
            throw Refusal.damaged("the superblock has addresses of " + bytes + " bytes");
        }
        return bytes;
    }

    Path path() {
        return path;
    }

    /** The address of the root group. */
    long root() {
        return root;
    }

    /** Whether somebody has it open for writing, or had and was killed. */
    boolean isWritten() {
        return written;
    }

    int offsetSize() {
        return offsetSize;
    }

    int lengthSize() {
        return lengthSize;
    }

    /** Reads a piece of metadata. */
    Cursor read(long address, long length, String what) throws IOException {
        if (length > Memory.share(8)) {
            throw Refusal.damaged("the " + what + " says that it is " + length + " bytes long");
        }
        requireInside(address, length, what);
        byte[] bytes = new byte[(int) length];
        read(address, bytes, 0, bytes.length);
        return new Cursor(bytes, 0, bytes.length, offsetSize, lengthSize, what);
    }

    /** Reads a piece of metadata, or less where the file ends. */
    Cursor upTo(long address, int length, String what) throws IOException {
        requireInside(address, 0, what);
        return read(address, Math.min(length, channel.size() - base - address), what);
    }

    /** Refuses what lies beyond the end of the file. */
    void requireInside(long address, long length, String what) throws IOException {
        long size = channel.size() - base;
        if (address < 0 || length < 0 || address > size || length > size - address) {
            throw Refusal.damaged("the " + what + " of " + length + " bytes at " + address
                    + " is beyond the end of the file, which has " + size);
        }
    }

    void read(long address, byte[] into, int at, int length) throws IOException {
        read(address, ByteBuffer.wrap(into), at, length);
    }

    /** Fills a part of a buffer, whose position and limit do not matter and stay as they are. */
    void read(long address, ByteBuffer into, int at, int length) throws IOException {
        ByteBuffer target = into.duplicate();
        int done = 0;
        while (done < length) {
            target.limit(at + Math.min(length, done + PIECE)).position(at + done);
            int some = channel.read(target, base + address + done);
            if (some < 0) {
                throw Refusal.damaged("the file ends at " + channel.size() + ", and something lies behind that");
            }
            done += some;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
