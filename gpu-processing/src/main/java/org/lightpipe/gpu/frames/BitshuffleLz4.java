package org.lightpipe.gpu.frames;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.lightpipe.gpu.core.InvalidInputException;

/**
 * Bitshuffle with LZ4, as detectors compress frames and HDF5 stores them in chunks (filter 32008): the first bits of all
 * elements of a block together, then the second ones, and so on, each block compressed with LZ4.
 *
 * <p>A chunk is the number of its bytes (8 bytes, big-endian), the bytes of a block (4), and for each block its
 * compressed length (4) and its bytes. After the full blocks comes one shorter one of a multiple of eight elements, then
 * up to seven elements as they are. Thread-safe.
 */
public final class BitshuffleLz4 {

    /** Bytes before the first block. */
    static final int HEADER_BYTES = 12;

    private static final int BLOCK_BYTES = 8192;
    private static final int LEAST_ELEMENTS = 128;
    private static final int MOST_ELEMENT_BYTES = 4096;
    private static final LZ4Compressor COMPRESSOR = LZ4Factory.fastestInstance().fastCompressor();
    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.fastestInstance().safeDecompressor();

    private BitshuffleLz4() {}

    /**
     * @param values whole elements
     * @param size the bytes of an element
     * @return the chunk
     */
    public static byte[] encode(byte[] values, int size) {
        if (size < 1 || size > MOST_ELEMENT_BYTES || values.length % size != 0) {
            throw new IllegalArgumentException(values.length + " bytes are not whole elements of " + size + " bytes");
        }
        int block = blockElements(size);
        int elements = values.length / size;
        ByteBuffer chunk = ByteBuffer.allocate(bound(elements, size, block)).order(ByteOrder.BIG_ENDIAN);
        chunk.putLong(values.length).putInt(block * size);
        byte[] planes = new byte[block * size];
        int done = 0;
        while (elements - done >= 8) {
            int some = Math.min(block, (elements - done) / 8 * 8);
            shuffle(values, done * size, planes, some, size);
            int at = chunk.position();
            int length = COMPRESSOR.compress(planes, 0, some * size, chunk.array(), at + 4, chunk.capacity() - at - 4);
            chunk.putInt(length).position(at + 4 + length);
            done += some;
        }
        chunk.put(values, done * size, values.length - done * size);
        return Arrays.copyOf(chunk.array(), chunk.position());
    }

    private static int blockElements(int size) {
        return Math.max(LEAST_ELEMENTS, BLOCK_BYTES / size / 8 * 8);
    }

    private static int bound(int elements, int size, int block) {
        int blocks = elements / block + 2;
        return Math.addExact(
                HEADER_BYTES + 8 * size, Math.multiplyExact(blocks, 4 + COMPRESSOR.maxCompressedLength(block * size)));
    }

    /**
     * @param chunk as {@link #encode} and libhdf5's filter write it
     * @param size the bytes of an element
     * @param most the bytes that may come out, at most
     * @throws InvalidInputException if the chunk is damaged
     */
    public static byte[] decode(byte[] chunk, int size, int most) throws InvalidInputException {
        Blocks blocks = Blocks.of(chunk, size, most);
        byte[] values = new byte[blocks.bytes()];
        byte[] planes = new byte[blocks.blockBytes()];
        for (int i = 0; i < blocks.count(); i++) {
            int bytes = blocks.size(i);
            try {
                if (DECOMPRESSOR.decompress(chunk, blocks.starts()[i], blocks.lengths()[i], planes, 0, bytes)
                        != bytes) {
                    throw new InvalidInputException("a compressed chunk is damaged: block " + i + " is too short");
                }
            } catch (LZ4Exception e) {
                throw new InvalidInputException(
                        "a compressed chunk is damaged in block " + i + ": " + e.getMessage(), e);
            }
            unshuffle(planes, values, i * blocks.blockBytes(), bytes / size, size);
        }
        System.arraycopy(chunk, blocks.rest(), values, values.length - blocks.restBytes(), blocks.restBytes());
        return values;
    }

    /**
     * Where the blocks of a chunk are.
     *
     * @param bytes that come out
     * @param blockBytes of a full block, when it has come out
     * @param starts of the compressed bytes of each block within the chunk
     * @param lengths of them
     * @param rest where the elements begin that are no block
     * @param restBytes their bytes
     */
    record Blocks(int bytes, int blockBytes, int[] starts, int[] lengths, int rest, int restBytes) {

        static Blocks of(byte[] chunk, int size, int most) throws InvalidInputException {
            if (chunk.length < HEADER_BYTES) {
                throw new InvalidInputException("a compressed chunk has only " + chunk.length + " bytes");
            }
            ByteBuffer in = ByteBuffer.wrap(chunk).order(ByteOrder.BIG_ENDIAN);
            long bytes = in.getLong();
            long blockBytes = Integer.toUnsignedLong(in.getInt());
            long wholes = blockBytes / size;
            if (bytes < 0 || bytes > most || bytes % size != 0) {
                throw new InvalidInputException("a compressed chunk says that it has " + bytes
                        + " bytes of elements of " + size + "; at most " + most + " are possible");
            }
            if (blockBytes % size != 0 || wholes < 8 || wholes % 8 != 0 || blockBytes > Integer.MAX_VALUE / 2) {
                throw new InvalidInputException("a compressed chunk has blocks of " + blockBytes + " bytes");
            }
            int restBytes = (int) (bytes / size % 8) * size;
            int count = (int) ((bytes - restBytes + blockBytes - 1) / blockBytes);
            int[] starts = new int[count];
            int[] lengths = new int[count];
            for (int i = 0; i < count; i++) {
                if (in.remaining() < 4) {
                    throw new InvalidInputException("a compressed chunk ends before its block " + i);
                }
                lengths[i] = in.getInt();
                starts[i] = in.position();
                if (lengths[i] < 0 || lengths[i] > in.remaining()) {
                    throw new InvalidInputException("a compressed chunk ends within its block " + i);
                }
                in.position(starts[i] + lengths[i]);
            }
            if (in.remaining() < restBytes) {
                throw new InvalidInputException("a compressed chunk ends before its last elements");
            }
            return new Blocks((int) bytes, (int) blockBytes, starts, lengths, in.position(), restBytes);
        }

        int count() {
            return starts.length;
        }

        /** The bytes of a block when it has come out. */
        int size(int block) {
            return Math.min(blockBytes, bytes - restBytes - block * blockBytes);
        }
    }

    private static void shuffle(byte[] values, int at, byte[] planes, int elements, int size) {
        int stride = elements / 8;
        for (int j = 0; j < size; j++) {
            for (int group = 0; group < stride; group++) {
                long bits = 0;
                for (int i = 0; i < 8; i++) {
                    bits |= (values[at + (8 * group + i) * size + j] & 0xffL) << 8 * i;
                }
                bits = transpose(bits);
                for (int bit = 0; bit < 8; bit++) {
                    planes[(8 * j + bit) * stride + group] = (byte) (bits >>> 8 * bit);
                }
            }
        }
    }

    private static void unshuffle(byte[] planes, byte[] values, int at, int elements, int size) {
        int stride = elements / 8;
        for (int j = 0; j < size; j++) {
            for (int group = 0; group < stride; group++) {
                long bits = 0;
                for (int bit = 0; bit < 8; bit++) {
                    bits |= (planes[(8 * j + bit) * stride + group] & 0xffL) << 8 * bit;
                }
                bits = transpose(bits);
                for (int i = 0; i < 8; i++) {
                    values[at + (8 * group + i) * size + j] = (byte) (bits >>> 8 * i);
                }
            }
        }
    }

    /** Eight bytes as a matrix of bits, turned over its diagonal (Warren, Hacker's Delight, 7-3). */
    private static long transpose(long bits) {
        long turned = bits;
        long swap = (turned ^ turned >>> 7) & 0x00aa00aa00aa00aaL;
        turned ^= swap ^ swap << 7;
        swap = (turned ^ turned >>> 14) & 0x0000cccc0000ccccL;
        turned ^= swap ^ swap << 14;
        swap = (turned ^ turned >>> 28) & 0x00000000f0f0f0f0L;
        turned ^= swap ^ swap << 28;
        return turned;
    }
}
