package org.lightpipe.transfer;

import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.lightpipe.config.Digest;

/** One file on its way to a storage behind SFTP: what is known of it so far. */
final class FileUpload {

    final Item item;
    final SourceStat before;
    final byte[] temporary;

    /** Handle of the temporary copy, or its refusal. */
    CompletableFuture<byte[]> opened;

    FileChannel source;
    Digests taken;
    Map<Digest, String> digests = Map.of();

    /** Up to here the far side has had it before this attempt; it is compared instead of written. */
    long existing;
    /** Where this attempt began: what lies before is known to be there. */
    long start;
    /** Up to here the digests have taken it in. */
    long digested;
    /** Up to here it was acknowledged and, if it is read back, compared. */
    long settled;
    /** Up to here it also survives a power cut of the far side. */
    long flushed;
    /** How far it was settled some time ago. */
    final AgedOffset aged;

    private Optional<Exception> failure = Optional.empty();
    private boolean changed;

    FileUpload(Item item, SourceStat before, byte[] temporary, AgedOffset aged) {
        this.aged = aged;
        this.item = item;
        this.before = before;
        this.temporary = temporary;
    }

    void fail(Exception e) {
        if (failure.isEmpty()) {
            failure = Optional.of(e);
        }
    }

    Optional<Exception> failure() {
        return failure;
    }

    void change() {
        changed = true;
    }

    boolean isChanged() {
        return changed;
    }

    /** False when going on with it makes no sense. */
    boolean goesOn() {
        return failure.isEmpty() && !changed;
    }
}
