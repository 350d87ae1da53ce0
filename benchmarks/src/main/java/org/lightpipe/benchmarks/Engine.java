package org.lightpipe.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.lightpipe.config.Digest;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.storage.TemporaryName;
import org.lightpipe.transfer.Destination;
import org.lightpipe.transfer.Item;
import org.lightpipe.transfer.Meter;
import org.lightpipe.transfer.Outcome;
import org.lightpipe.transfer.SourceStat;

/** Drives a destination as the hub does: groups of small files, large ones alone, on a few workers. */
final class Engine {

    private static final long GROUP_BYTES = 16_000_000;

    private Engine() {}

    /** The hub's usual policy, with other limits, durability and proof, and nothing but SHA-256. */
    static TransferPolicy policy(int workers, int group, Durability durability, Proof proof) {
        TransferPolicy standard = TransferPolicy.standard();
        return new TransferPolicy(
                workers,
                0,
                durability,
                proof,
                Set.of(Digest.SHA256),
                standard.keep(),
                standard.share(),
                standard.reserve(),
                group);
    }

    /** The files as the hub would have found them, with their sizes and times. */
    static List<Item> items(FileSet set, Path source) throws java.io.IOException {
        List<Item> items = new ArrayList<>();
        long id = 0;
        for (String path : set.paths()) {
            Path file = source.resolve(path);
            SourceStat stat = SourceStat.of(file);
            id++;
            items.add(new Item(
                    id,
                    file,
                    "exp/data/" + path,
                    ("exp/data/" + path).replaceAll("[^/]*$", "") + TemporaryName.of(id),
                    stat.size(),
                    stat.mtimeNs()));
        }
        return items;
    }

    /** Copies, proves and publishes all; an outcome that is not a proof ends the benchmark. */
    static void run(Destination destination, List<Item> items, TransferPolicy policy) throws Exception {
        List<List<Item>> groups = groups(items, policy.group());
        AtomicInteger next = new AtomicInteger();
        AtomicInteger threads = new AtomicInteger();
        ExecutorService workers = Executors.newFixedThreadPool(
                policy.concurrency(), task -> new Thread(task, "engine-" + threads.incrementAndGet()));
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < policy.concurrency(); i++) {
                ends.add(workers.submit(() -> {
                    for (int group; (group = next.getAndIncrement()) < groups.size(); ) {
                        store(destination, groups.get(group));
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e);
        } finally {
            workers.shutdownNow();
        }
    }

    private static void store(Destination destination, List<Item> group) throws Exception {
        List<Outcome.Proved> proved = new ArrayList<>();
        for (Outcome outcome :
                destination.copy(group, Meter.none()).toCompletableFuture().get()) {
            if (!(outcome instanceof Outcome.Proved done)) {
                throw new IllegalStateException("not proved: " + outcome);
            }
            proved.add(done);
        }
        List<Outcome.Failed> failures = destination.publish(proved);
        if (!failures.isEmpty()) {
            throw new IllegalStateException("not published: " + failures.get(0));
        }
    }

    private static List<List<Item>> groups(List<Item> items, int most) {
        List<List<Item>> groups = new ArrayList<>();
        List<Item> group = new ArrayList<>();
        long bytes = 0;
        for (Item item : items) {
            if (!group.isEmpty() && (group.size() == most || bytes + item.size() > GROUP_BYTES)) {
                groups.add(group);
                group = new ArrayList<>();
                bytes = 0;
            }
            group.add(item);
            bytes += item.size();
        }
        groups.add(group);
        return groups;
    }
}
