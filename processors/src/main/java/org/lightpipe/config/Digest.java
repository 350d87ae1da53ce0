package org.lightpipe.config;

import java.util.Locale;

/** Checksums that a transfer can take while it reads. */
public enum Digest {
    /** SHA-256: the proof of every file; always taken. */
    SHA256,
    /** MD5, which clients of DM read. Not a proof. */
    MD5,
    /** XXH3, 64 bits: fast, against accidents only. */
    XXH3,
    /** BLAKE3, 256 bits. */
    BLAKE3;

    /** Its name in configuration, catalog and answers. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
