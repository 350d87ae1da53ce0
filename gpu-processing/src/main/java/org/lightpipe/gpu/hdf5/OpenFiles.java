package org.lightpipe.gpu.hdf5;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.lightpipe.gpu.core.Memory;

/**
 * A file, and those that its links and virtual datasets lead to, none of which is outside its directory; and what the
 * reading of all of them shares. Thread-safe.
 */
final class OpenFiles implements Closeable {

    /** Virtual datasets of virtual datasets. */
    private static final int DEEPEST = 8;

    private static final int MOST_LINKED = 256;
    private static final int MOST_SOURCES = 64;

    private final Store main;
    private final Path directory;
    private final Resolver resolver = new Resolver(this);
    private final ChunkCache cache = new ChunkCache(Memory.share(16));
    private final Decoders decoders = new Decoders();
    private final AtomicLong identities = new AtomicLong();
    private final Map<Path, Store> linked = new HashMap<>();
    private final Map<Path, Source> sources = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Store, Map<String, Optional<StoredDataset>>> known = new ConcurrentHashMap<>();

    /** A file that a virtual dataset is made of; closed when it was not needed for long. */
    private static final class Source {
        private final Store store;
        private int users;

        Source(Store store) {
            this.store = store;
        }
    }

    /** What is done with a dataset while its file is held open. */
    interface Use<T> {
        /** @param dataset empty if it is not there */
        T with(Optional<StoredDataset> dataset) throws IOException;
    }

    /** @param main the file that all of this is about, opened by its real path */
    OpenFiles(Store main) {
        this.main = main;
        this.directory = main.path().getParent();
    }

    Store main() {
        return main;
    }

    Resolver resolver() {
        return resolver;
    }

    ChunkCache cache() {
        return cache;
    }

    Decoders decoders() {
        return decoders;
    }

    /** Another number at each call. */
    long identity() {
        return identities.incrementAndGet();
    }

    /** @return the file that a link leads to; open as long as this is */
    synchronized Store linked(Store from, String name) throws IOException {
        Path path = beside(from, name)
                .orElseThrow(() -> Refusal.saying("is a link to the file " + name + ", which is not there"));
        if (path.equals(main.path())) {
            return main;
        }
        Store store = linked.get(path);
        if (store == null) {
            if (linked.size() >= MOST_LINKED) {
                throw Refusal.unsupported("its links lead to more than " + MOST_LINKED + " files");
            }
            store = open(path);
            linked.put(path, store);
        }
        return store;
    }

    /**
     * Uses a dataset that a virtual one is made of.
     *
     * @param from the file of the virtual dataset
     * @param file as it is written there; {@code .} for the same file
     * @param depth of the virtual dataset
     */
    <T> T useSource(Store from, String file, String name, int depth, Use<T> use) throws IOException {
        if (depth >= DEEPEST) {
            throw Refusal.unsupported("it is made of virtual datasets that are made of others, too deep");
        }
        if (file.equals(".")) {
            return use.with(dataset(from, name, depth));
        }
        Optional<Path> path = beside(from, file);
        if (path.isEmpty()) {
            return use.with(Optional.empty());
        }
        if (path.get().equals(main.path())) {
            return use.with(dataset(main, name, depth));
        }
        Source source = take(path.get());
        try {
            return use.with(dataset(source.store, name, depth));
        } finally {
            giveBack(source);
        }
    }

    private synchronized Source take(Path path) throws IOException {
        Source source = sources.get(path);
        if (source == null) {
            source = new Source(open(path));
            sources.put(path, source);
        }
        source.users++;
        return source;
    }

    private synchronized void giveBack(Source source) throws IOException {
        source.users--;
        Iterator<Source> eldest = sources.values().iterator();
        while (sources.size() > MOST_SOURCES && eldest.hasNext()) {
            Source candidate = eldest.next();
            if (candidate.users == 0) {
                eldest.remove();
                known.remove(candidate.store);
                candidate.store.close();
            }
        }
    }

    private Optional<StoredDataset> dataset(Store store, String name, int depth) throws IOException {
        Map<String, Optional<StoredDataset>> datasets = known.computeIfAbsent(store, s -> new ConcurrentHashMap<>());
        String key = depth + ":" + name;
        Optional<StoredDataset> dataset = datasets.get(key);
        if (dataset == null) {
            Optional<ObjectHeader> header = resolver.resolve(store, name);
            dataset = header.isPresent() && header.get().isDataset()
                    ? Optional.of(new StoredDataset(header.get(), this, depth + 1))
                    : Optional.empty();
            datasets.put(key, dataset);
        }
        return dataset;
    }

    /** @return the real path of a file that another one names; empty if there is none */
    private Optional<Path> beside(Store from, String name) throws IOException {
        try {
            Path given = Path.of(name);
            Path place = from.path().resolveSibling(given);
            if (!Files.exists(place) && given.isAbsolute() && given.getFileName() != null) {
                // the files were moved together
                place = from.path().resolveSibling(given.getFileName());
            }
            if (!Files.exists(place)) {
                return Optional.empty();
            }
            Path real = place.toRealPath();
            if (!real.startsWith(directory)) {
                throw Refusal.saying("is a link to a file outside the directory of this one, which is not followed");
            }
            if (!Files.isRegularFile(real)) {
                throw Refusal.saying("is a link to " + name + ", which is not a file");
            }
            return Optional.of(real);
        } catch (InvalidPathException e) {
            throw Refusal.damaged("a link leads to a file whose name cannot be: " + e.getReason());
        }
    }

    private static Store open(Path path) throws IOException {
        try {
            return Store.open(path);
        } catch (Refusal e) {
            throw Refusal.unsupported("it leads to " + path.getFileName()
                    + ", which is not an HDF5 file, or a damaged one: " + e.getMessage());
        }
    }

    @Override
    public synchronized void close() throws IOException {
        decoders.close();
        IOException failure = null;
        java.util.List<Store> all = new java.util.ArrayList<>(linked.values());
        sources.values().forEach(source -> all.add(source.store));
        all.add(main);
        for (Store store : all) {
            try {
                store.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
