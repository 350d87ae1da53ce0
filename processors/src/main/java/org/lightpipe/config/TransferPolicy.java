package org.lightpipe.config;

import java.util.Set;

/**
 * How files are put into a storage.
 *
 * @param concurrency most groups of files on their way at the same time, over all beamlines
 * @param bandwidth most bytes in a second, over all beamlines; 0 for no limit
 * @param durability what has happened when a file counts as stored
 * @param proof how what was written is compared with what was read
 * @param digests checksums that are kept; SHA-256 is always among them
 * @param keep what a copy takes over from its source besides its bytes
 * @param share whether a copy may share its blocks with the source on the same file system
 * @param reserve bytes that stay free in the storage: below, acquisition pauses
 * @param group small files travel together: how many at most
 */
public record TransferPolicy(
        int concurrency,
        long bandwidth,
        Durability durability,
        Proof proof,
        Set<Digest> digests,
        Set<Keep> keep,
        Share share,
        long reserve,
        int group) {

    /** What has happened when a file counts as stored. */
    public enum Durability {
        /** File and directory were flushed to the disk: a power cut loses nothing. */
        FSYNC,
        /** The operating system has it and will write it: a power cut can lose the last seconds. */
        CACHE
    }

    /** How what was written is compared with what was read from the source. */
    public enum Proof {
        /** Read back, perhaps from the page cache, and compared. */
        READ,
        /** Read back from the disk, past the page cache, and compared. */
        DIRECT,
        /** The far side computes the digest, where it can; else as READ. */
        FAR
    }

    /** What a copy takes over from its source besides its bytes. */
    public enum Keep {
        TIMES,
        MODE,
        OWNER,
        GROUP
    }

    /** Whether a copy may share its blocks with the source. */
    public enum Share {
        /** It is written anew. */
        NEVER,
        /** Blocks are shared until one of the two changes, where the file system can. */
        REFLINK,
        /** The same file under a second name: what writes to the source afterwards writes to the copy. */
        HARDLINK
    }

    /** What holds where nothing is said. */
    public static TransferPolicy standard() {
        return new TransferPolicy(
                4,
                0,
                Durability.FSYNC,
                Proof.READ,
                Set.of(Digest.SHA256),
                Set.of(Keep.TIMES),
                Share.NEVER,
                1L << 30,
                256);
    }
}
