package org.lightpipe.transfer;

import java.time.Duration;
import java.util.Optional;
import org.lightpipe.config.Storage;
import org.lightpipe.storage.FarStorage;

/** A destination that digests and does not prove: what a proof costs is the difference. No hub can be told to do so. */
public final class Unproved {

    private Unproved() {}

    public static Destination sftp(Storage storage, FarStorage far) {
        UploadPolicy policy =
                UploadPolicy.of(storage, far.fileMode(), Long.MAX_VALUE, Long.MAX_VALUE, Duration.ofDays(1));
        return new SftpDestination(
                far,
                new UploadPolicy(
                        policy.durability(),
                        Optional.empty(),
                        policy.digests(),
                        policy.keep(),
                        policy.fileMode(),
                        policy.resumedFrom(),
                        policy.flushedEvery(),
                        policy.onDiskAfter(),
                        policy.shell()));
    }
}
