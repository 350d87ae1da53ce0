package org.lightpipe.os;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The users and groups that this machine knows, from wherever it has them (files, LDAP). Names only: a number is never
 * taken for the name of an account.
 */
public final class Accounts {

    private static final int BUFFER = 1 << 18;
    private static final int ENTRY = 256;
    /** {@code struct passwd} and {@code struct group} begin with two pointers, and then the number. */
    private static final int NUMBER_OFFSET = 16;

    private Accounts() {}

    private interface Lookup {
        int ask(Pointer entry, Pointer buffer, long size, PointerByReference found);
    }

    /** Number of a user. */
    public static OptionalInt user(String name) {
        byte[] text = text(name);
        return number((entry, buffer, size, found) -> AccessCalls.get().getpwnam_r(text, entry, buffer, size, found));
    }

    /** Number of a group. */
    public static OptionalInt group(String name) {
        byte[] text = text(name);
        return number((entry, buffer, size, found) -> AccessCalls.get().getgrnam_r(text, entry, buffer, size, found));
    }

    /** Name of a user, or its number where it has none. */
    public static String userName(int uid) {
        return name((entry, buffer, size, found) -> AccessCalls.get().getpwuid_r(uid, entry, buffer, size, found))
                .orElseGet(() -> Integer.toUnsignedString(uid));
    }

    /** Name of a group, or its number where it has none. */
    public static String groupName(int gid) {
        return name((entry, buffer, size, found) -> AccessCalls.get().getgrgid_r(gid, entry, buffer, size, found))
                .orElseGet(() -> Integer.toUnsignedString(gid));
    }

    private static OptionalInt number(Lookup lookup) {
        try (Memory entry = new Memory(ENTRY);
                Memory buffer = new Memory(BUFFER)) {
            return found(lookup, entry, buffer) ? OptionalInt.of(entry.getInt(NUMBER_OFFSET)) : OptionalInt.empty();
        }
    }

    private static Optional<String> name(Lookup lookup) {
        try (Memory entry = new Memory(ENTRY);
                Memory buffer = new Memory(BUFFER)) {
            return found(lookup, entry, buffer)
                    ? Optional.of(entry.getPointer(0).getString(0))
                    : Optional.empty();
        }
    }

    private static boolean found(Lookup lookup, Memory entry, Memory buffer) {
        PointerByReference found = new PointerByReference();
        int error = lookup.ask(entry, buffer, BUFFER, found);
        return error == 0 && found.getValue() != null;
    }

    private static byte[] text(String name) {
        return (name + "\0").getBytes(StandardCharsets.UTF_8);
    }
}
