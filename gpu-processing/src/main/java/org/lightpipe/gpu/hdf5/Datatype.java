package org.lightpipe.gpu.hdf5;

import java.util.Locale;
import org.lightpipe.gpu.core.NumberType;

/**
 * How one element is stored.
 *
 * @param kind what it is
 * @param size its bytes in the file
 * @param number as what a number is given out; null for everything else
 * @param turned whether it is stored big-endian
 * @param spaces whether a text is filled up with spaces (otherwise with zero bytes)
 * @param words what it is, for people
 */
record Datatype(Kind kind, int size, NumberType number, boolean turned, boolean spaces, String words) {

    /** What there is to tell apart. */
    enum Kind {
        /** A number that Java has. */
        NUMBER,
        /** A floating-point number of 16 bits, given out as one of 32. */
        HALF,
        /** A text of a fixed length. */
        TEXT,
        /** A text that lies in the global heap. */
        LONG_TEXT,
        /** Anything else. */
        OTHER
    }

    private static final int FIXED_POINT = 0;
    private static final int FLOATING_POINT = 1;
    private static final int STRING = 3;
    private static final int BITS = 4;
    private static final int ENUMERATION = 8;
    private static final int VARIABLE_LENGTH = 9;

    private static final String[] NAMES = {
        "integers",
        "floating-point numbers",
        "times",
        "texts",
        "bit fields",
        "opaque values",
        "compounds",
        "references",
        "enumerations",
        "sequences",
        "arrays",
        "complex numbers"
    };

    boolean isNumber() {
        return kind == Kind.NUMBER || kind == Kind.HALF;
    }

    boolean isText() {
        return kind == Kind.TEXT || kind == Kind.LONG_TEXT;
    }

    static Datatype parse(Cursor message) {
        return parse(message, 0);
    }

    private static Datatype parse(Cursor message, int depth) {
        int type = message.u8() & 0x0f;
        int bits = message.u8() | message.u8() << 8 | message.u8() << 16;
        long size = message.u32();
        if (size < 1 || size > Integer.MAX_VALUE) {
            throw message.damaged("has elements of " + size + " bytes");
        }
        int bytes = (int) size;
        return switch (type) {
            case FIXED_POINT, BITS -> integer(message, bits, bytes, type);
            case FLOATING_POINT -> floating(message, bits, bytes);
            case STRING -> new Datatype(Kind.TEXT, bytes, null, false, (bits & 0xf) == 2, "texts of fixed length");
            case ENUMERATION -> depth > 0 ? other(type, bytes) : parse(message, depth + 1);
            case VARIABLE_LENGTH ->
                (bits & 0xf) == 1
                        ? new Datatype(Kind.LONG_TEXT, bytes, null, false, false, "texts")
                        : other(type, bytes);
            default -> other(type, bytes);
        };
    }

    private static Datatype other(int type, int size) {
        return new Datatype(
                Kind.OTHER, size, null, false, false, type < NAMES.length ? NAMES[type] : "values of class " + type);
    }

    private static Datatype integer(Cursor message, int bits, int size, int type) {
        int offset = message.u16();
        int precision = message.u16();
        boolean signed = type == FIXED_POINT && (bits & 8) != 0;
        NumberType number = switch (size) {
            case 1 -> signed ? NumberType.INT8 : NumberType.UINT8;
            case 2 -> signed ? NumberType.INT16 : NumberType.UINT16;
            case 4 -> signed ? NumberType.INT32 : NumberType.UINT32;
            case 8 -> signed ? NumberType.INT64 : NumberType.UINT64;
            default -> null;
        };
        if (number == null || offset != 0 || precision != 8 * size) {
            return new Datatype(
                    Kind.OTHER,
                    size,
                    null,
                    false,
                    false,
                    "integers of " + precision + " bits in " + size + " bytes, from bit " + offset);
        }
        return new Datatype(
                Kind.NUMBER,
                size,
                number,
                (bits & 1) != 0 && size > 1,
                false,
                number.name().toLowerCase(Locale.ROOT));
    }

    private static Datatype floating(Cursor message, int bits, int size) {
        int offset = message.u16();
        int precision = message.u16();
        int exponentAt = message.u8();
        int exponentBits = message.u8();
        int mantissaAt = message.u8();
        int mantissaBits = message.u8();
        long bias = message.u32();
        boolean plain = offset == 0
                && precision == 8 * size
                && mantissaAt == 0
                && exponentAt == mantissaBits
                && exponentBits + mantissaBits + 1 == precision
                && (bits & 0x40) == 0;
        boolean turned = (bits & 1) != 0;
        if (plain && size == 4 && exponentBits == 8 && bias == 127) {
            return new Datatype(Kind.NUMBER, size, NumberType.FLOAT32, turned, false, "float32");
        }
        if (plain && size == 8 && exponentBits == 11 && bias == 1023) {
            return new Datatype(Kind.NUMBER, size, NumberType.FLOAT64, turned, false, "float64");
        }
        if (plain && size == 2 && exponentBits == 5 && bias == 15) {
            return new Datatype(Kind.HALF, size, NumberType.FLOAT32, turned, false, "float16");
        }
        return new Datatype(
                Kind.OTHER,
                size,
                null,
                false,
                false,
                "floating-point numbers of " + precision + " bits, " + exponentBits + " of them exponent");
    }
}
