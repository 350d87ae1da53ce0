package org.lightpipe.acquire;

/**
 * Which files of a directory were handed over, and in which state: 16 bytes a slot, at most three quarters of them full.
 * A name and a state are kept as hashes of 64 bits with a salt that differs from run to run: should two ever be the
 * same, the next run sees the difference. Not thread-safe.
 */
final class FileSet {

    private static final int LEAST = 8;

    /** Pairs of name and state; a name of 0 is an empty slot. */
    private long[] slots = new long[2 * LEAST];

    private int size;

    int size() {
        return size;
    }

    int slots() {
        return slots.length / 2;
    }

    /** The state that is kept for a name; 0 for none. */
    long get(long name) {
        return slots[slot(slots, key(name)) + 1];
    }

    boolean has(long name) {
        return slots[slot(slots, key(name))] != 0;
    }

    void put(long name, long state) {
        long key = key(name);
        int slot = slot(slots, key);
        if (slots[slot] == 0) {
            if (4L * (size + 1) > 3L * slots()) {
                grow();
                slot = slot(slots, key);
            }
            slots[slot] = key;
            size++;
        }
        slots[slot + 1] = state;
    }

    /** Linear probing needs no tombstones: what follows moves up. */
    void remove(long name) {
        int slot = slot(slots, key(name));
        if (slots[slot] == 0) {
            return;
        }
        size--;
        int hole = slot;
        int at = hole;
        while (true) {
            at = at + 2 & slots.length - 1;
            if (slots[at] == 0) {
                break;
            }
            int home = home(slots, slots[at]);
            boolean stays = hole <= at ? hole < home && home <= at : hole < home || home <= at;
            if (!stays) {
                slots[hole] = slots[at];
                slots[hole + 1] = slots[at + 1];
                hole = at;
            }
        }
        slots[hole] = 0;
        slots[hole + 1] = 0;
    }

    /** Those of it whose names are in another one, too. */
    FileSet only(FileSet names) {
        FileSet kept = new FileSet();
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i] != 0 && names.has(slots[i])) {
                kept.put(slots[i], slots[i + 1]);
            }
        }
        return kept;
    }

    /** A number for all of it, whatever the order in which the files came. */
    long digest() {
        long sum = 0;
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i] != 0) {
                sum += Hash.pair(slots[i], slots[i + 1]);
            }
        }
        return sum;
    }

    /** What a file adds to {@link #digest}. */
    static long part(long name, long state) {
        return Hash.pair(key(name), state);
    }

    private static long key(long name) {
        return name == 0 ? 1 : name;
    }

    private static int home(long[] slots, long key) {
        return (int) (key >>> 20) << 1 & slots.length - 1;
    }

    private static int slot(long[] slots, long key) {
        int at = home(slots, key);
        while (slots[at] != 0 && slots[at] != key) {
            at = at + 2 & slots.length - 1;
        }
        return at;
    }

    private void grow() {
        long[] more = new long[Math.multiplyExact(slots.length, 2)];
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i] != 0) {
                int at = slot(more, slots[i]);
                more[at] = slots[i];
                more[at + 1] = slots[i + 1];
            }
        }
        slots = more;
    }
}
