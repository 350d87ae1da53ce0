package org.lightpipe.gpu.hdf5;

import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** LZ4 blocks, alone (filter 32004) or within bitshuffle's. The decompressor never writes beyond what it is given. */
final class Lz4 {

    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.fastestInstance().safeDecompressor();

    private Lz4() {}

    /** Decompresses a block that must fill its place. */
    static void block(byte[] from, int at, int length, byte[] to, int toAt, int size) {
        int got;
        try {
            got = DECOMPRESSOR.decompress(from, at, length, to, toAt, size);
        } catch (LZ4Exception e) {
            throw Refusal.damaged("a chunk that LZ4 compressed is damaged: " + e.getMessage());
        }
        if (got != size) {
            throw Refusal.damaged("a chunk that LZ4 compressed has a block of " + got + " bytes instead of " + size);
        }
    }

    /** @return how many bytes came out, at most {@code room} */
    static int decode(byte[] from, int at, int length, byte[] to, int toAt, int room) {
        if (length < 12) {
            throw Refusal.damaged("a chunk that LZ4 compressed has only " + length + " bytes");
        }
        long total = BigEndian.u64(from, at);
        long block = BigEndian.u32(from, at + 8);
        if (total < 0 || total > room || block < 1 && total > 0) {
            throw Refusal.damaged("a chunk that LZ4 compressed says that it has " + total + " bytes, in blocks of "
                    + block + "; there should be at most " + room);
        }
        int in = at + 12;
        int end = at + length;
        int done = 0;
        while (done < total) {
            int size = (int) Math.min(block, total - done);
            int stored = BigEndian.blockLength(from, in, end);
            in += 4;
            if (stored == size) {
                System.arraycopy(from, in, to, toAt + done, size);
            } else {
                block(from, in, stored, to, toAt + done, size);
            }
            in += stored;
            done += size;
        }
        return done;
    }
}
