package org.lightpipe.gpu.hdf5;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the fields of a piece of metadata one after the other; all integers in it are little-endian. */
final class Cursor {

    /** What an address is that points nowhere. */
    static final long UNDEFINED = -1;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int start;
    private final int end;
    private final int offsetSize;
    private final int lengthSize;
    private final String what;
    private int at;

    /** @param what it is, for messages */
    Cursor(byte[] bytes, int start, int end, int offsetSize, int lengthSize, String what) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.offsetSize = offsetSize;
        this.lengthSize = lengthSize;
        this.what = what;
        this.at = start;
    }

    /** The same bytes, from their beginning. */
    Cursor fresh() {
        return new Cursor(bytes, start, end, offsetSize, lengthSize, what);
    }

    /** The rest, in a file whose addresses and lengths have these sizes. */
    Cursor withSizes(int offsets, int lengths) {
        Cursor same = new Cursor(bytes, start, end, offsets, lengths, what);
        same.at = at;
        return same;
    }

    /** The next bytes, which are skipped here. */
    Cursor slice(long length, String about) {
        need(length);
        Cursor slice = new Cursor(bytes, at, at + (int) length, offsetSize, lengthSize, about);
        at += (int) length;
        return slice;
    }

    String what() {
        return what;
    }

    int offsetSize() {
        return offsetSize;
    }

    int lengthSize() {
        return lengthSize;
    }

    int remaining() {
        return end - at;
    }

    int size() {
        return end - start;
    }

    /** How far it has come, from the beginning. */
    int position() {
        return at - start;
    }

    /** Goes to a place, counted from the beginning. */
    Cursor to(long position) {
        if (position < 0 || position > end - start) {
            throw tooShort();
        }
        at = start + (int) position;
        return this;
    }

    void skip(long count) {
        need(count);
        at += (int) count;
    }

    int u8() {
        need(1);
        return bytes[at++] & 0xff;
    }

    int u16() {
        need(2);
        int value = bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
        at += 2;
        return value;
    }

    int i32() {
        need(4);
        int value = (int) INT.get(bytes, at);
        at += 4;
        return value;
    }

    long u32() {
        return i32() & 0xffffffffL;
    }

    /** 64 bits as they are. */
    long i64() {
        need(8);
        long value = (long) LONG.get(bytes, at);
        at += 8;
        return value;
    }

    /** 64 bits that must be a sensible number. */
    long u64() {
        return positive(i64());
    }

    /** An unsigned number of 1 to 8 bytes. */
    long unsigned(int size) {
        return positive(raw(size));
    }

    private long raw(int size) {
        if (size < 1 || size > 8) {
            throw damaged("has numbers of " + size + " bytes");
        }
        need(size);
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xff;
        }
        at += size;
        return value;
    }

    private long positive(long value) {
        if (value < 0) {
            throw damaged("holds the number " + Long.toUnsignedString(value));
        }
        return value;
    }

    /** An address; {@link #UNDEFINED} where there is none. */
    long offset() {
        long value = raw(offsetSize);
        long none = offsetSize == 8 ? -1 : (1L << 8 * offsetSize) - 1;
        return value == none ? UNDEFINED : positive(value);
    }

    /** A length. */
    long length() {
        return positive(raw(lengthSize));
    }

    /** A length that is all ones where it has no end. */
    long lengthOrUndefined() {
        long value = raw(lengthSize);
        long none = lengthSize == 8 ? -1 : (1L << 8 * lengthSize) - 1;
        return value == none ? UNDEFINED : positive(value);
    }

    byte[] bytes(long count) {
        need(count);
        byte[] some = Arrays.copyOfRange(bytes, at, at + (int) count);
        at += (int) count;
        return some;
    }

    /** Text up to a zero byte, which is skipped. */
    String zeroEnded() {
        int zero = at;
        while (zero < end && bytes[zero] != 0) {
            zero++;
        }
        if (zero == end) {
            throw damaged("has a name without an end");
        }
        String text = new String(bytes, at, zero - at, StandardCharsets.UTF_8);
        at = zero + 1;
        return text;
    }

    String text(long length) {
        need(length);
        String text = new String(bytes, at, (int) length, StandardCharsets.UTF_8);
        at += (int) length;
        return text;
    }

    /** Whether the next bytes are these letters; they are not skipped. */
    boolean startsWith(String letters) {
        if (remaining() < letters.length()) {
            return false;
        }
        for (int i = 0; i < letters.length(); i++) {
            if (bytes[at + i] != letters.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The letters that each structure begins with. */
    void signature(String letters) {
        if (!startsWith(letters)) {
            throw damaged("does not begin with " + letters);
        }
        at += letters.length();
    }

    /** The version of the structure, of which there is one. */
    void version(int known) {
        int version = u8();
        if (version != known) {
            throw damaged("has the version " + version + ", which is not known");
        }
    }

    /** Compares the sum of all bytes so far with the one that follows. */
    void checksum() {
        int sum = Lookup3.hash(bytes, start, at - start);
        if (i32() != sum) {
            throw damaged("has a wrong checksum");
        }
    }

    private void need(long count) {
        if (count < 0 || count > end - at) {
            throw tooShort();
        }
    }

    private Refusal tooShort() {
        return damaged("is shorter than it says");
    }

    /** @param words that follow the name of the structure */
    Refusal damaged(String words) {
        return Refusal.damaged("the " + what + " " + words);
    }
}
