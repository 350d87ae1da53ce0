package org.lightpipe.acquire;

/**
 * Numbers of 64 bits for names and states. A salt makes them other numbers in every run. The mixing steps are those of
 * splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
 */
final class Hash {

    private final long salt;

    Hash(long salt) {
        this.salt = salt;
    }

    long name(String name) {
        long hash = salt;
        for (int i = 0; i < name.length(); i++) {
            hash = mix(hash + name.charAt(i));
        }
        return mix(hash ^ name.length());
    }

    /** Of what changes when a file is written to, or is another. */
    long state(FileStatus status) {
        return mix(mix(mix(salt ^ status.size()) + status.mtimeNs()) + status.inode());
    }

    static long pair(long one, long other) {
        return mix(mix(one) + other);
    }

    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
