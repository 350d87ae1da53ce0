package org.lightpipe.transfer;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpConnectionException;
import org.lightpipe.sftp.SftpPool;
import org.lightpipe.sftp.SftpStatusException;
import org.lightpipe.storage.FarStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A storage behind SFTP: many files on their way on a few connections, none waiting for the answers about another. */
public final class SftpDestination implements Destination {

    private static final Logger LOG = LoggerFactory.getLogger(SftpDestination.class);

    /** A file of this size is worth going on with where an attempt was cut off. */
    private static final long RESUMED_FROM = 8L << 20;

    private static final long FLUSHED_EVERY = 512L << 20;

    /** Linux writes what is 30 seconds old; a busy disk may take longer. */
    private static final Duration ON_DISK_AFTER = Duration.ofMinutes(2);

    private final FarStorage far;
    private final UploadPolicy policy;
    private final ShellUse shell;
    private final ResumePoints resumePoints = new ResumePoints();
    private final Map<SftpConnection, Integer> copying = new ConcurrentHashMap<>();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * @param storage the storage and its policy
     * @param far how to reach it; stays open when this is closed
     */
    public SftpDestination(Storage storage, FarStorage far) {
        this(storage, far, RESUMED_FROM, FLUSHED_EVERY, ON_DISK_AFTER);
    }

    SftpDestination(Storage storage, FarStorage far, long resumedFrom, long flushedEvery, Duration onDiskAfter) {
        this(far, UploadPolicy.of(storage, far.fileMode(), resumedFrom, flushedEvery, onDiskAfter));
    }

    SftpDestination(FarStorage far, UploadPolicy policy) {
        this.far = far;
        this.policy = policy;
        this.shell = new ShellUse(policy.shell());
    }

    @Override
    public CompletionStage<List<Outcome>> copy(List<Item> items, Meter meter) {
        Map<Item, Outcome> outcomes = new LinkedHashMap<>();
        try (SftpPool.Lease lease = far.pool().lease()) {
            copy(lease.connection(), items, meter, outcomes);
        } catch (SftpConnectionException e) {
            for (Item item : items) {
                outcomes.putIfAbsent(item, new Outcome.Failed(item, e, true));
            }
        } catch (IOException e) {
            for (Item item : items) {
                outcomes.putIfAbsent(item, new Outcome.Failed(item, e, false));
            }
        }
        return CompletableFuture.completedFuture(
                items.stream().map(outcomes::get).toList());
    }

    private void copy(SftpConnection connection, List<Item> items, Meter meter, Map<Item, Outcome> outcomes)
            throws IOException {
        if (policy.durability() == Durability.FSYNC && !connection.flushes() && told.compareAndSet(false, true)) {
            LOG.warn(
                    "{} cannot flush files to its disk (no fsync@openssh.com): a power cut of it can lose the last"
                            + " seconds, although durability is fsync",
                    connection.shown());
        }
        copying.merge(connection, 1, Integer::sum);
        try {
            new Upload(connection, far, policy, resumePoints, shell, meter, () -> closed, outcomes).run(items);
        } finally {
            copying.computeIfPresent(connection, (key, users) -> users > 1 ? users - 1 : null);
        }
    }

    @Override
    public List<Outcome.Failed> publish(List<Outcome.Proved> copies) throws IOException {
        try (SftpPool.Lease lease = far.pool().lease()) {
            return new FarNames(lease.connection(), far, policy, shell).give(copies);
        }
    }

    @Override
    public void discard(List<Item> items) throws IOException {
        try (SftpPool.Lease lease = far.pool().lease()) {
            SftpConnection connection = lease.connection();
            List<CompletableFuture<Void>> removals = new ArrayList<>();
            for (Item item : items) {
                resumePoints.take(item);
                removals.add(connection.remove(far.paths().of(item.temporary())));
            }
            for (CompletableFuture<Void> removal : removals) {
                try {
                    connection.await(removal);
                } catch (SftpStatusException e) {
                    if (!e.isMissing()) {
                        throw e;
                    }
                }
            }
        }
    }

    @Override
    public OptionalLong free() throws IOException {
        try (SftpPool.Lease lease = far.pool().lease()) {
            SftpConnection connection = lease.connection();
            try {
                return connection
                        .await(connection.space(far.paths().of("")))
                        .map(space -> OptionalLong.of(space.free()))
                        .orElse(OptionalLong.empty());
            } catch (SftpStatusException e) {
                if (e.isMissing()) {
                    return OptionalLong.empty(); // not made yet
                }
                throw e;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        // Whoever waits for an answer on one of them stops waiting.
        copying.keySet().forEach(SftpConnection::close);
    }
}
