package org.lightpipe.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.config.TransferPolicy.Share;
import org.lightpipe.core.RootedPath;
import org.lightpipe.os.FileCalls;
import org.lightpipe.storage.Directories;

/**
 * A storage on a mounted file system. Copies run in the calling thread; of a large file the digest is taken in a second
 * one. Many small files are flushed to the disk together.
 */
public final class LocalDestination implements Destination {

    private static final int MOST_BENCHES = 16;
    private static final int USUAL_ALIGNMENT = 4096;

    /** From so many files on, flushing the whole file system once costs less than flushing each. */
    private static final int MANY = 8;

    private final Path root;
    private final boolean durable;
    private final boolean linked;
    private final LocalTrouble trouble;
    private final LocalRoot guard;
    private final LocalDirectories directories;
    private final LocalCopier copier;
    private final ReadBack readBack;
    private final Blocks blocks;
    private volatile boolean closed;

    /**
     * @param storage a storage on a mounted file system
     * @param root its root directory; it is never made here, since a missing one is a file system that is not mounted
     */
    public LocalDestination(Storage storage, Path root) {
        this.root = root.toAbsolutePath().normalize();
        this.durable = storage.transfer().durability() == Durability.FSYNC;
        this.linked = storage.transfer().share() == Share.HARDLINK;
        this.trouble = new LocalTrouble(storage.name(), this.root);
        this.guard = new LocalRoot(this.root, trouble);
        this.directories = new LocalDirectories(this.root, new Directories(storage.group(), storage.directoryMode()));
        this.copier = new LocalCopier(storage, this.root, directories);
        Proof proof = storage.transfer().proof();
        this.readBack = new ReadBack(storage.name(), proof);
        this.blocks = new Blocks(
                Math.min(MOST_BENCHES, storage.transfer().concurrency()),
                storage.transfer().digests(),
                proof == Proof.DIRECT ? alignment(this.root) : USUAL_ALIGNMENT);
    }

    private static int alignment(Path root) {
        try {
            long block = Long.highestOneBit(Files.getFileStore(root).getBlockSize());
            return (int) Math.max(USUAL_ALIGNMENT, Math.min(Blocks.BLOCK, block));
        } catch (IOException e) {
            // The root is not there; every copy will say so.
            return USUAL_ALIGNMENT;
        }
    }

    @Override
    public CompletionStage<List<Outcome>> copy(List<Item> items, Meter meter) {
        Outcome[] outcomes = new Outcome[items.size()];
        try {
            guard.check();
            try (Blocks.Bench bench = blocks.take()) {
                copyGroup(items, outcomes, bench, meter);
            }
        } catch (IOException e) {
            // Some may have got further; none is proved that is not in the list.
            fail(items, outcomes, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(items, outcomes, LocalTrouble.stopped());
        }
        return CompletableFuture.completedFuture(List.of(outcomes));
    }

    private void copyGroup(List<Item> items, Outcome[] outcomes, Blocks.Bench bench, Meter meter)
            throws IOException, InterruptedException {
        if (durable && items.size() >= MANY) {
            // Opened before the files are written: it tells of writes that fail from now on.
            try (FileCalls.WholeFlush whole = FileCalls.wholeFlush(root).orElse(null)) {
                if (whole != null) {
                    copyTogether(items, outcomes, whole, bench, meter);
                    return;
                }
            }
        }
        for (int i = 0; i < outcomes.length; i++) {
            Item item = items.get(i);
            outcomes[i] = attempt(item, bench, () -> {
                Written written = copier.write(item, durable, bench, meter).orElse(null);
                return written == null ? new Outcome.Changed(item) : prove(written, bench);
            });
        }
    }

    /** Writes all, flushes once, and reads all back. */
    private void copyTogether(
            List<Item> items, Outcome[] outcomes, FileCalls.WholeFlush whole, Blocks.Bench bench, Meter meter)
            throws IOException, InterruptedException {
        Written[] written = new Written[outcomes.length];
        for (int i = 0; i < outcomes.length; i++) {
            Item item = items.get(i);
            int at = i;
            outcomes[i] = attempt(item, bench, () -> {
                written[at] = copier.write(item, false, bench, meter).orElse(null);
                return written[at] == null ? new Outcome.Changed(item) : null;
            });
        }
        whole.flush();
        for (int i = 0; i < outcomes.length; i++) {
            if (outcomes[i] == null) {
                Written each = written[i];
                outcomes[i] = attempt(items.get(i), bench, () -> prove(each, bench));
            }
        }
    }

    private Outcome prove(Written written, Blocks.Bench bench) throws IOException, InterruptedException {
        String how = readBack.prove(written, bench);
        return copier.sourceStat(written.item()).equals(written.source())
                ? new Outcome.Proved(written.item(), written.source(), written.digests(), how)
                : new Outcome.Changed(written.item());
    }

    private interface Attempt {
        /** @return null when there is more to do */
        Outcome run() throws IOException, InterruptedException;
    }

    private Outcome attempt(Item item, Blocks.Bench bench, Attempt attempt) {
        Outcome outcome;
        try {
            outcome = closed || Thread.currentThread().isInterrupted()
                    ? failed(item, LocalTrouble.stopped())
                    : attempt.run();
        } catch (IOException e) {
            outcome = failed(item, trouble.ofTarget(item.target(), e));
        } catch (IllegalArgumentException e) {
            outcome = failed(item, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome = failed(item, LocalTrouble.stopped());
        }
        if (outcome != null && !(outcome instanceof Outcome.Proved)) {
            bench.forget();
            tidy(item);
        }
        return outcome;
    }

    /** Removes what is left of an attempt; what cannot be removed now is replaced by the next one. */
    private void tidy(Item item) {
        try {
            Files.deleteIfExists(RootedPath.resolve(root, item.temporary()));
        } catch (IOException | IllegalArgumentException e) {
            // the failure that led here is the one to tell
        }
    }

    private void fail(List<Item> items, Outcome[] outcomes, IOException cause) {
        for (int i = 0; i < outcomes.length; i++) {
            if (outcomes[i] == null) {
                Item item = items.get(i);
                outcomes[i] = failed(item, trouble.ofTarget(item.target(), cause));
                tidy(item);
            }
        }
    }

    private static Outcome.Failed failed(Item item, Exception cause) {
        return new Outcome.Failed(item, cause, cause instanceof CopyException known && known.ofStorage());
    }

    @Override
    public List<Outcome.Failed> publish(List<Outcome.Proved> copies) throws IOException {
        guard.check();
        Outcome.Failed[] failures = new Outcome.Failed[copies.size()];
        Set<Path> changed = new LinkedHashSet<>();
        for (int i = 0; i < failures.length; i++) {
            Item item = copies.get(i).item();
            try {
                changed.add(rename(item).getParent());
            } catch (IOException e) {
                failures[i] = failed(item, trouble.ofTarget(item.target(), e));
            }
        }
        if (durable) {
            for (Path directory : changed) {
                // Without this a power cut could forget the new names after the catalog has been told of them.
                Directories.flush(directory);
            }
        }
        return Arrays.stream(failures).filter(Objects::nonNull).toList();
    }

    private Path rename(Item item) throws IOException {
        Path temporary = RootedPath.resolve(root, item.temporary());
        Path target = RootedPath.resolve(root, item.target());
        try {
            move(temporary, target);
        } catch (NoSuchFileException e) {
            if (!Files.exists(temporary)) {
                throw new CopyException(
                        "its proved copy is gone from the storage: " + item.temporary() + "; it is copied again",
                        false,
                        e);
            }
            // Somebody removed the directory since it was last seen.
            directories.forget();
            directories.make(target.getParent());
            move(temporary, target);
        }
        if (linked) {
            // Where both names were the same file already, a rename leaves both.
            Files.deleteIfExists(temporary);
        }
        return target;
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void discard(List<Item> items) throws IOException {
        guard.check();
        for (Item item : items) {
            Files.deleteIfExists(RootedPath.resolve(root, item.temporary()));
        }
    }

    @Override
    public OptionalLong free() throws IOException {
        guard.check();
        return OptionalLong.of(Files.getFileStore(root).getUsableSpace());
    }

    @Override
    public void close() {
        closed = true;
    }
}
