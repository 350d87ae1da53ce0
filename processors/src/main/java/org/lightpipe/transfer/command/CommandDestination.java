package org.lightpipe.transfer.command;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.lightpipe.config.Digest;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.core.Sha256;
import org.lightpipe.storage.command.CommandFailure;
import org.lightpipe.storage.command.Commands;
import org.lightpipe.transfer.Attempt;
import org.lightpipe.transfer.Destination;
import org.lightpipe.transfer.Item;
import org.lightpipe.transfer.Meter;
import org.lightpipe.transfer.Outcome;
import org.lightpipe.transfer.Parallel;
import org.lightpipe.transfer.SourceStat;
import org.lightpipe.transfer.SourceStream;

/**
 * A storage behind commands: one copies a file under its temporary name, one says its SHA-256 or reads it back, one
 * renames it. A command's word that it succeeded is never the proof. The source is read once more than elsewhere, for its
 * digest. The limit of the bandwidth holds for that reading, and so on average for the copies; a command's own limit
 * ({@code --bwlimit}) is finer.
 */
public final class CommandDestination implements Destination {

    private static final int PARALLEL = 4;

    private final Storage storage;
    private final Commands commands;
    private final Parallel parallel;
    private volatile boolean closed;

    public CommandDestination(Storage storage) {
        this.storage = storage;
        this.commands = new Commands(storage);
        this.parallel = Parallel.of(storage, PARALLEL);
    }

    @Override
    public CompletionStage<List<Outcome>> copy(List<Item> items, Meter meter) {
        return CompletableFuture.completedFuture(parallel.each(items, item -> outcome(item, meter)));
    }

    private Outcome outcome(Item item, Meter meter) {
        try {
            return copy(item, meter);
        } catch (IOException | RuntimeException e) {
            return closed ? new Outcome.NotBegun(item) : failed(item, e);
        }
    }

    private static Outcome.Failed failed(Item item, Exception cause) {
        return new Outcome.Failed(item, cause, cause instanceof CommandFailure failure && failure.isOfStorage());
    }

    private Outcome copy(Item item, Meter meter) throws IOException {
        SourceStat before = SourceStat.of(item.source());
        if (!item.isAsFound(before)) {
            return new Outcome.Changed(item);
        }
        Map<Digest, String> digests;
        try (SourceStream bytes =
                new SourceStream(item.source(), storage.transfer().digests(), meter)) {
            bytes.transferTo(OutputStream.nullOutputStream());
            digests = bytes.digests();
        }
        String directory = item.temporaryDirectory();
        try {
            commands.createDirectories(directory);
            commands.createDirectories(item.directory());
            commands.copy(item.source(), item.temporary(), item.target());
            boolean changed = !SourceStat.of(item.source()).equals(before);
            String provedBy = changed ? "" : proof(item, before.size(), digests.get(Digest.SHA256));
            if (changed || !SourceStat.of(item.source()).equals(before)) {
                remove(item);
                return new Outcome.Changed(item);
            }
            return new Outcome.Proved(item, before, digests, provedBy);
        } catch (IOException | RuntimeException e) {
            commands.forget(directory);
            commands.forget(item.directory());
            Attempt.cleanUp(e, () -> remove(item));
            throw e;
        }
    }

    private String proof(Item item, long size, String sha256) throws IOException {
        if (commands.canDigest() && (storage.transfer().proof() == Proof.FAR || !commands.canRead())) {
            String told = commands.digest(item.temporary(), size);
            if (!told.equals(sha256)) {
                throw new IOException(item.temporary() + ": what is in storage is not what the source holds: SHA-256 "
                        + told + " instead of " + sha256);
            }
            return "digest of the far side";
        }
        Sha256.Sum stored = commands.readBack(item.temporary(), size);
        Attempt.compare(item.temporary(), stored, size, sha256);
        return "read back";
    }

    private void remove(Item item) throws IOException {
        if (commands.canRemove()) {
            commands.remove(item.temporary());
        }
    }

    @Override
    public List<Outcome.Failed> publish(List<Outcome.Proved> copies) {
        return parallel.each(copies, copy -> publish(copy.item())).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Outcome.Failed> publish(Item item) {
        try {
            commands.rename(item.temporary(), item.target());
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            commands.forget(item.directory());
            return Optional.of(failed(item, e));
        }
    }

    @Override
    public void discard(List<Item> items) throws IOException {
        List<IOException> failures = new ArrayList<>();
        for (Optional<IOException> failure : parallel.each(items, this::discard)) {
            failure.ifPresent(failures::add);
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    private Optional<IOException> discard(Item item) {
        try {
            remove(item);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    @Override
    public OptionalLong free() throws IOException {
        return commands.free();
    }

    @Override
    public void close() {
        closed = true;
        parallel.close();
        commands.close();
    }
}
