package org.lightpipe.transfer;

import java.util.Map;
import org.lightpipe.config.Digest;

/** How an attempt at one file ended. */
public sealed interface Outcome {

    /** The file it is about. */
    Item item();

    /**
     * Its bytes are in the storage under the temporary name, and were proved to be those of the source, which did not
     * change meanwhile.
     *
     * @param source what the source looked like
     * @param digests checksums in hexadecimal, SHA-256 among them
     * @param provedBy how it was proved, for people: "read back", "read back from disk", "digest of the far side"
     */
    record Proved(Item item, SourceStat source, Map<Digest, String> digests, String provedBy) implements Outcome {
        public Proved {
            digests = Map.copyOf(digests);
        }

        /** SHA-256 in hexadecimal. */
        public String sha256() {
            return digests.get(Digest.SHA256);
        }
    }

    /** The source is not, or no longer, what was found: nothing was stored. */
    record Changed(Item item) implements Outcome {}

    /** Nothing was done: the hub stops, or the storage was configured anew. */
    record NotBegun(Item item) implements Outcome {}

    /**
     * It failed; nothing of it is left, as far as the storage could be reached.
     *
     * @param cause why
     * @param ofStorage true when the storage as a whole is to blame (unreachable, full, refusing), and not this file
     */
    record Failed(Item item, Exception cause, boolean ofStorage) implements Outcome {}
}
