package org.lightpipe.sftp;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Attributes of a file, as far as they are known or to be set.
 *
 * @param size bytes
 * @param owner numeric user and group
 * @param mode type and permission bits
 * @param times times of last access and change
 */
public record Attributes(OptionalLong size, Optional<Owner> owner, OptionalInt mode, Optional<Times> times) {

    private static final int SIZE = 1;
    private static final int OWNER = 2;
    private static final int MODE = 4;
    private static final int TIMES = 8;
    private static final int EXTENDED = 0x80000000;

    private static final int TYPE_MASK = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR = 0100000;

    /** Numeric user and group of the far side. */
    public record Owner(int user, int group) {}

    /** Seconds since 1970: the protocol knows no fractions. */
    public record Times(long access, long change) {}

    /** Nothing is set. */
    public static Attributes none() {
        return new Attributes(OptionalLong.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty());
    }

    /** These, and permission bits. */
    public Attributes withMode(int bits) {
        return new Attributes(size, owner, OptionalInt.of(bits), times);
    }

    /** These, and times. */
    public Attributes withTimes(Times other) {
        return new Attributes(size, owner, mode, Optional.of(other));
    }

    /** These, and an owner. */
    public Attributes withOwner(Owner other) {
        return new Attributes(size, Optional.of(other), mode, times);
    }

    /** These, and a size, to which a file is cut or extended. */
    public Attributes withSize(long bytes) {
        return new Attributes(OptionalLong.of(bytes), owner, mode, times);
    }

    /** True for a directory. */
    public boolean isDirectory() {
        return mode.isPresent() && (mode.getAsInt() & TYPE_MASK) == DIRECTORY;
    }

    /** True for a regular file. */
    public boolean isRegularFile() {
        return mode.isPresent() && (mode.getAsInt() & TYPE_MASK) == REGULAR;
    }

    void put(Packet packet) {
        int flags = (size.isPresent() ? SIZE : 0)
                | (owner.isPresent() ? OWNER : 0)
                | (mode.isPresent() ? MODE : 0)
                | (times.isPresent() ? TIMES : 0);
        packet.putInt(flags);
        size.ifPresent(packet::putLong);
        owner.ifPresent(value -> packet.putInt(value.user()).putInt(value.group()));
        mode.ifPresent(packet::putInt);
        times.ifPresent(value -> packet.putInt((int) value.access()).putInt((int) value.change()));
    }

    static Attributes get(ByteBuffer bytes) {
        int flags = bytes.getInt();
        Attributes found = none();
        if ((flags & SIZE) != 0) {
            found = found.withSize(bytes.getLong());
        }
        if ((flags & OWNER) != 0) {
            found = found.withOwner(new Owner(bytes.getInt(), bytes.getInt()));
        }
        if ((flags & MODE) != 0) {
            found = found.withMode(bytes.getInt());
        }
        if ((flags & TIMES) != 0) {
            found = found.withTimes(
                    new Times(Integer.toUnsignedLong(bytes.getInt()), Integer.toUnsignedLong(bytes.getInt())));
        }
        if ((flags & EXTENDED) != 0) {
            for (int left = bytes.getInt(); left > 0; left--) {
                Packet.getString(bytes);
                Packet.getString(bytes);
            }
        }
        return found;
    }
}
