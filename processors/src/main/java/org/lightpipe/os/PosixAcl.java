package org.lightpipe.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An access control list as POSIX 1003.1e has it. A permission is three bits: 4 read, 2 write, 1 execute. The binary form
 * is that of the kernel ({@code linux/posix_acl_xattr.h}): version 2, then tag, permission and number of each entry, little
 * endian.
 *
 * @param owner of the owner
 * @param users of single users, by number
 * @param group of the group
 * @param groups of single groups, by number
 * @param mask the most that anybody but owner and others may do
 * @param other of everybody else
 */
public record PosixAcl(
        int owner,
        SortedMap<Integer, Integer> users,
        int group,
        SortedMap<Integer, Integer> groups,
        OptionalInt mask,
        int other) {

    private static final int VERSION = 2;
    private static final int ENTRY = 8;
    private static final int NOBODY = -1;

    private static final short OWNER = 0x01;
    private static final short USER = 0x02;
    private static final short GROUP = 0x04;
    private static final short NAMED_GROUP = 0x08;
    private static final short MASK = 0x10;
    private static final short OTHER = 0x20;

    /** What a user may really do: what the entry says, as far as the mask lets it. */
    public int effective(int permission) {
        return permission & mask.orElse(7);
    }

    /** True when it says more than a mode can. */
    public boolean isExtended() {
        return !users.isEmpty() || !groups.isEmpty();
    }

    byte[] bytes() {
        int count = 4 + users.size() + groups.size() - (mask.isPresent() ? 0 : 1);
        ByteBuffer bytes = ByteBuffer.allocate(4 + ENTRY * count).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(VERSION);
        put(bytes, OWNER, owner, NOBODY);
        users.forEach((id, permission) -> put(bytes, USER, permission, id));
        put(bytes, GROUP, group, NOBODY);
        groups.forEach((id, permission) -> put(bytes, NAMED_GROUP, permission, id));
        mask.ifPresent(permission -> put(bytes, MASK, permission, NOBODY));
        put(bytes, OTHER, other, NOBODY);
        return bytes.array();
    }

    private static void put(ByteBuffer bytes, short tag, int permission, int id) {
        bytes.putShort(tag).putShort((short) permission).putInt(id);
    }

    /** Reads the binary form; nothing when it is of another version. */
    static Optional<PosixAcl> of(ByteBuffer given) {
        ByteBuffer bytes = given.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.remaining() < 4 || bytes.getInt() != VERSION) {
            return Optional.empty();
        }
        int owner = 0;
        int group = 0;
        int other = 0;
        OptionalInt mask = OptionalInt.empty();
        SortedMap<Integer, Integer> users = new TreeMap<>();
        SortedMap<Integer, Integer> groups = new TreeMap<>();
        while (bytes.remaining() >= ENTRY) {
            short tag = bytes.getShort();
            int permission = bytes.getShort() & 7;
            int id = bytes.getInt();
            switch (tag) {
                case OWNER -> owner = permission;
                case USER -> users.put(id, permission);
                case GROUP -> group = permission;
                case NAMED_GROUP -> groups.put(id, permission);
                case MASK -> mask = OptionalInt.of(permission);
                case OTHER -> other = permission;
                default -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new PosixAcl(owner, users, group, groups, mask, other));
    }

    /** As {@code getfacl} writes it, in one line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("u::" + letters(owner));
        entries(text, "u:", users, true);
        text.append(",g::").append(letters(group));
        entries(text, "g:", groups, false);
        mask.ifPresent(permission -> text.append(",m::").append(letters(permission)));
        return text.append(",o::").append(letters(other)).toString();
    }

    private static void entries(StringBuilder text, String tag, Map<Integer, Integer> entries, boolean users) {
        entries.forEach((id, permission) -> text.append(',')
                .append(tag)
                .append(users ? Accounts.userName(id) : Accounts.groupName(id))
                .append(':')
                .append(letters(permission)));
    }

    private static String letters(int permission) {
        return ((permission & 4) != 0 ? "r" : "-")
                + ((permission & 2) != 0 ? "w" : "-")
                + ((permission & 1) != 0 ? "x" : "-");
    }
}
