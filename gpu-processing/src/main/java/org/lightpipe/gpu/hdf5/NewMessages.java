package org.lightpipe.gpu.hdf5;

import java.nio.charset.StandardCharsets;
import org.lightpipe.gpu.core.NumberType;

/** The messages of the headers of a new file. */
final class NewMessages {

    private static final int MOST_BYTES = 65_535;

    private final Encoder messages = new Encoder();

    /** Appends a message. */
    NewMessages add(int type, byte[] body) {
        if (body.length > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "an attribute or link of " + body.length + " bytes is too large; make it a dataset");
        }
        messages.u8(type).u16(body.length).u8(0).bytes(body);
        return this;
    }

    /** @return the header that has these messages */
    byte[] header() {
        byte[] body = messages.toBytes();
        return new Encoder()
                .letters("OHDR")
                .u8(2)
                // the length has four bytes
                .u8(2)
                .u32(body.length)
                .bytes(body)
                .checksum()
                .toBytes();
    }

    static byte[] number(NumberType type) {
        int bits = 8 * type.bytes();
        return switch (type) {
            case INT8, INT16, INT32, INT64 -> integer(8, bits);
            case UINT8, UINT16, UINT32, UINT64 -> integer(0, bits);
            case FLOAT32 -> floating(bits, 23, 8, 127);
            case FLOAT64 -> floating(bits, 52, 11, 1023);
        };
    }

    private static byte[] integer(int sign, int bits) {
        return new Encoder()
                .u8(0x10)
                .u8(sign)
                .u16(0)
                .u32(bits / 8)
                .u16(0)
                .u16(bits)
                .toBytes();
    }

    private static byte[] floating(int bits, int mantissa, int exponent, int bias) {
        return new Encoder()
                .u8(0x11)
                .u8(0x20)
                .u8(bits - 1)
                .u8(0)
                .u32(bits / 8)
                .u16(0)
                .u16(bits)
                .u8(mantissa)
                .u8(exponent)
                .u8(0)
                .u8(mantissa)
                .u32(bias)
                .toBytes();
    }

    /** Texts of any length in UTF-8, which h5py gives out as str and not as bytes. */
    static byte[] text() {
        return new Encoder()
                .u8(0x19)
                .u8(1)
                .u8(1)
                .u8(0)
                .u32(16)
                .bytes(integer(0, 8))
                .toBytes();
    }

    static byte[] space(long[] shape) {
        Encoder space = new Encoder().u8(2).u8(shape.length).u8(0).u8(shape.length == 0 ? 0 : 1);
        for (long length : shape) {
            space.u64(length);
        }
        return space.toBytes();
    }

    /** Zeros, for what was never written. */
    static byte[] fill(boolean chunked) {
        return new Encoder().u8(3).u8(chunked ? 0x0b : 0x0a).toBytes();
    }

    static byte[] contiguous(long address, long size) {
        return new Encoder().u8(3).u8(Layout.CONTIGUOUS).u64(address).u64(size).toBytes();
    }

    static byte[] chunked(long tree, int[] chunk, int elementSize) {
        Encoder layout =
                new Encoder().u8(3).u8(Layout.CHUNKED).u8(chunk.length + 1).u64(tree);
        for (int length : chunk) {
            layout.u32(length);
        }
        return layout.u32(elementSize).toBytes();
    }

    static byte[] shuffleAndDeflate(int elementSize, int level) {
        Encoder filters = new Encoder().u8(1).u8(2).zeros(6);
        filters.u16(FilterPipeline.SHUFFLE)
                .u16(0)
                .u16(1)
                .u16(1)
                .u32(elementSize)
                .zeros(4);
        filters.u16(FilterPipeline.DEFLATE).u16(0).u16(1).u16(1).u32(level).zeros(4);
        return filters.toBytes();
    }

    static byte[] attribute(String name, byte[] type, byte[] space, byte[] data) {
        byte[] letters = name.getBytes(StandardCharsets.UTF_8);
        return new Encoder()
                .u8(3)
                .u8(0)
                .u16(letters.length + 1)
                .u16(type.length)
                .u16(space.length)
                .u8(1)
                .bytes(letters)
                .u8(0)
                .bytes(type)
                .bytes(space)
                .bytes(data)
                .toBytes();
    }

    /** What a group has that keeps its links in its header. */
    NewMessages group() {
        return add(
                        ObjectHeader.LINK_INFO,
                        new Encoder()
                                .u16(0)
                                .u64(Cursor.UNDEFINED)
                                .u64(Cursor.UNDEFINED)
                                .toBytes())
                .add(ObjectHeader.GROUP_INFO, new byte[2]);
    }

    static byte[] link(String name, long address) {
        return link(name, 0).u64(address).toBytes();
    }

    static byte[] softLink(String name, String target) {
        byte[] path = target.getBytes(StandardCharsets.UTF_8);
        return link(name, 1).u16(path.length).bytes(path).toBytes();
    }

    static byte[] externalLink(String name, String file, String target) {
        byte[] value = (file + '\0' + target + '\0').getBytes(StandardCharsets.UTF_8);
        return link(name, 64).u16(value.length + 1).u8(0).bytes(value).toBytes();
    }

    private static Encoder link(String name, int type) {
        byte[] letters = name.getBytes(StandardCharsets.UTF_8);
        Encoder link = new Encoder().u8(1).u8((type == 0 ? 0 : 8) | 16 | 1);
        if (type != 0) {
            link.u8(type);
        }
        return link.u8(1).u16(letters.length).bytes(letters);
    }
}
