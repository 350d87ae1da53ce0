package org.lightpipe.transfer;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.lightpipe.config.Digest;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.config.TransferPolicy.Keep;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.sftp.SftpConnection;

/**
 * How files are put into a storage behind SFTP.
 *
 * @param durability what has happened when a file counts as stored
 * @param proof how it is proved; empty only where the price of the proof is measured
 * @param digests checksums that are taken
 * @param keep what a copy takes over from its source
 * @param fileMode mode of files where that of the source is not kept
 * @param resumedFrom size in bytes from which a cut off attempt is gone on with
 * @param flushedEvery bytes of one file after which they are flushed, so that an attempt can go on there
 * @param onDiskAfter time after which the far side has written to its disk what it took, without being asked
 * @param shell true when commands may be run in the shell of the far side, where it has one
 */
record UploadPolicy(
        Durability durability,
        Optional<Proof> proof,
        Set<Digest> digests,
        Set<Keep> keep,
        int fileMode,
        long resumedFrom,
        long flushedEvery,
        Duration onDiskAfter,
        boolean shell) {

    private static final String SHELL = "shell";

    static UploadPolicy of(Storage storage, int fileMode, long resumedFrom, long flushedEvery, Duration onDiskAfter) {
        TransferPolicy transfer = storage.transfer();
        return new UploadPolicy(
                transfer.durability(),
                Optional.of(transfer.proof()),
                transfer.digests(),
                transfer.keep(),
                fileMode,
                resumedFrom,
                flushedEvery,
                onDiskAfter,
                !"false".equals(storage.settings().get(SHELL)));
    }

    /** True when files are flushed to the disk of the far side: wanted here, and possible there. */
    boolean flushes(SftpConnection connection) {
        return durability == Durability.FSYNC && connection.flushes();
    }
}
