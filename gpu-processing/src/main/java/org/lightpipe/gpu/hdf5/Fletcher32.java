package org.lightpipe.gpu.hdf5;

/** The checksum at the end of a chunk (filter 3). */
final class Fletcher32 {

    private static final int LENGTH = 4;

    private Fletcher32() {}

    /** @return the length without the checksum, which is right */
    static int verify(byte[] bytes, int at, int length) {
        int size = length - LENGTH;
        if (size < 0) {
            throw Refusal.damaged("a chunk is too short for its checksum");
        }
        int stored = bytes[at + size] & 0xff
                | (bytes[at + size + 1] & 0xff) << 8
                | (bytes[at + size + 2] & 0xff) << 16
                | (bytes[at + size + 3] & 0xff) << 24;
        int sum = sum(bytes, at, size);
        // old versions of the library turned the bytes of both halves
        int turned = Integer.reverseBytes(sum);
        if (stored != sum && stored != (turned << 16 | turned >>> 16)) {
            throw Refusal.damaged("a chunk has a wrong checksum");
        }
        return size;
    }

    static int sum(byte[] bytes, int at, int size) {
        int one = 0;
        int two = 0;
        int in = at;
        int words = size / 2;
        while (words > 0) {
            // as many as do not overflow
            int some = Math.min(words, 360);
            words -= some;
            for (int i = 0; i < some; i++) {
                one += (bytes[in] & 0xff) << 8 | bytes[in + 1] & 0xff;
                two += one;
                in += 2;
            }
            one = (one & 0xffff) + (one >>> 16);
            two = (two & 0xffff) + (two >>> 16);
        }
        if (size % 2 != 0) {
            one += (bytes[in] & 0xff) << 8;
            two += one;
            one = (one & 0xffff) + (one >>> 16);
            two = (two & 0xffff) + (two >>> 16);
        }
        one = (one & 0xffff) + (one >>> 16);
        two = (two & 0xffff) + (two >>> 16);
        return two << 16 | one;
    }
}
