package org.lightpipe.transfer;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.lightpipe.core.RawName;
import org.lightpipe.sftp.Attributes;
import org.lightpipe.sftp.OpenFlags;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpStatusException;
import org.lightpipe.sftp.Status;
import org.lightpipe.storage.FarStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the temporary copies of files, and finds out what an attempt that was cut off has left of them. */
final class UploadOpening {

    private static final Logger LOG = LoggerFactory.getLogger(UploadOpening.class);

    private static final int PRIVATE = 0600;

    private final SftpConnection connection;
    private final FarStorage far;
    private final UploadPolicy policy;
    private final ResumePoints resumePoints;
    private final Troubles troubles;
    private final UploadOutcomes outcomes;
    private final Digests digests;

    UploadOpening(
            SftpConnection connection,
            FarStorage far,
            UploadPolicy policy,
            ResumePoints resumePoints,
            Troubles troubles,
            UploadOutcomes outcomes) {
        this.connection = connection;
        this.far = far;
        this.policy = policy;
        this.resumePoints = resumePoints;
        this.troubles = troubles;
        this.outcomes = outcomes;
        this.digests = new Digests(policy.digests());
    }

    /**
     * Asks for the handle of a temporary copy.
     *
     * @param again true when the file is to be sent from the start, whatever is there
     * @return empty when there is nothing to send: the file then has its outcome
     */
    Optional<FileUpload> begin(Item item, boolean again) throws IOException {
        Optional<FileUpload> found = look(item);
        if (found.isPresent()) {
            FileUpload file = found.get();
            if (file.before.size() >= policy.resumedFrom()) {
                file.taken = new Digests(policy.digests());
                resume(file, again);
            }
            int create = file.existing > 0 ? 0 : OpenFlags.CREATE | OpenFlags.NEW;
            file.opened = open(file, create);
        }
        return found;
    }

    /**
     * Looks at the source.
     *
     * @return empty when it is not what was found: the file then has its outcome
     */
    Optional<FileUpload> look(Item item) {
        SourceStat before;
        try {
            before = SourceStat.of(item.source());
        } catch (IOException e) {
            outcomes.put(troubles.of(item, e));
            return Optional.empty();
        }
        if (!item.isAsFound(before)) {
            outcomes.put(new Outcome.Changed(item));
            return Optional.empty();
        }
        FileUpload file = new FileUpload(item, before, temporary(item), new AgedOffset(policy.onDiskAfter()));
        file.taken = digests;
        return Optional.of(file);
    }

    /** Where the temporary copy lies. */
    byte[] temporary(Item item) {
        return far.paths().of(item.temporary());
    }

    private CompletableFuture<byte[]> open(FileUpload file, int create) throws IOException {
        return connection.open(
                file.temporary,
                OpenFlags.READ | OpenFlags.WRITE | create,
                create == 0 ? Attributes.none() : Attributes.none().withMode(PRIVATE));
    }

    /** Goes on where an attempt was cut off, if the source is still the same. */
    private void resume(FileUpload file, boolean again) throws IOException {
        Optional<ResumePoints.Point> point = resumePoints.take(file.item);
        if (again) {
            return;
        }
        try {
            Attributes there = connection.await(connection.linkStat(file.temporary));
            if (there.isRegularFile()) {
                file.existing = there.size().orElse(0);
            }
        } catch (SftpStatusException e) {
            return; // the usual case: nothing is there
        }
        if (point.isPresent()
                && point.get().source().equals(file.before)
                && point.get().offset() <= file.existing) {
            file.start = point.get().offset();
            file.settled = file.start;
            file.flushed = file.start;
            file.taken = point.get().digests();
            file.digested = point.get().digested();
            file.digests = point.get().results();
        }
        if (file.existing > 0) {
            LOG.info(
                    "{}: going on at byte {} of {}; {} more that are there are compared",
                    RawName.shown(file.item.target()),
                    file.start,
                    file.before.size(),
                    Math.min(file.existing, file.before.size()) - file.start);
        }
    }

    /** Waits for the handle; what can be mended when it is refused, is. */
    byte[] handle(FileUpload file) throws IOException {
        try {
            return connection.await(file.opened);
        } catch (SftpStatusException e) {
            if (e.isMissing()) {
                // Someone removed the directory since it was last seen.
                String directory = file.item.temporaryDirectory();
                far.directories().forget(directory);
                far.directories().make(connection, List.of(directory));
            } else if (e.code() == Status.FAILURE) {
                // What an attempt has left that was cut off. It is not written into: it might be a link by now.
                try {
                    connection.await(connection.remove(file.temporary));
                } catch (SftpStatusException notThere) {
                    throw e;
                }
            } else {
                throw e;
            }
            fromTheStart(file);
            return connection.await(open(file, OpenFlags.CREATE | OpenFlags.NEW));
        }
    }

    private void fromTheStart(FileUpload file) {
        if (file.existing > 0) {
            file.taken = new Digests(policy.digests());
        }
        file.existing = 0;
        file.start = 0;
        file.settled = 0;
        file.flushed = 0;
        file.digested = 0;
        file.digests = Map.of();
    }
}
