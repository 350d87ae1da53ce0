package org.lightpipe.transfer.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.lightpipe.config.Digest;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy.Keep;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.core.Sha256;
import org.lightpipe.storage.webdav.HttpFailure;
import org.lightpipe.storage.webdav.WebDav;
import org.lightpipe.transfer.Attempt;
import org.lightpipe.transfer.Destination;
import org.lightpipe.transfer.Item;
import org.lightpipe.transfer.Meter;
import org.lightpipe.transfer.Outcome;
import org.lightpipe.transfer.Parallel;
import org.lightpipe.transfer.SourceStat;
import org.lightpipe.transfer.SourceStream;

/**
 * A storage behind HTTP: PUT under the temporary name, GET back for the proof (or the server's own SHA-256, with
 * {@code proof: far}), MOVE to the final name. Files of one group travel a few at a time; a group of one file is copied
 * in the calling thread. HTTP has no flush: what {@code durability: fsync} is worth is up to the server.
 */
public final class HttpDestination implements Destination {

    private static final int PARALLEL = 8;

    private final Storage storage;
    private final WebDav server;
    private final Parallel parallel;
    private volatile boolean closed;

    /** @throws IllegalArgumentException when the certificates that its settings name cannot be read */
    public HttpDestination(Storage storage) {
        this.storage = storage;
        this.server = new WebDav(storage);
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
            if (closed) {
                return new Outcome.NotBegun(item);
            }
            return new Outcome.Failed(item, e, e instanceof HttpFailure failure && failure.isOfStorage());
        }
    }

    private Outcome copy(Item item, Meter meter) throws IOException {
        SourceStat before = SourceStat.of(item.source());
        if (!item.isAsFound(before)) {
            return new Outcome.Changed(item);
        }
        Map<Digest, String> digests;
        try {
            digests = send(item, before, meter);
        } catch (EOFException e) {
            server.delete(item.temporary());
            return new Outcome.Changed(item);
        } catch (IOException | RuntimeException e) {
            Attempt.cleanUp(e, () -> server.delete(item.temporary()));
            throw e;
        }
        try {
            String provedBy = proof(item, before.size(), digests);
            if (!SourceStat.of(item.source()).equals(before)) {
                server.delete(item.temporary());
                return new Outcome.Changed(item);
            }
            return new Outcome.Proved(item, before, digests, provedBy);
        } catch (IOException | RuntimeException e) {
            Attempt.cleanUp(e, () -> server.delete(item.temporary()));
            throw e;
        }
    }

    /** The digests of what was sent. */
    private Map<Digest, String> send(Item item, SourceStat before, Meter meter) throws IOException {
        String directory = item.temporaryDirectory();
        server.createDirectories(item.directory());
        server.createDirectories(directory);
        try {
            return put(item, before, meter);
        } catch (HttpFailure e) {
            if (!isMissingDirectory(e, directory)) {
                throw e;
            }
            return put(item, before, meter);
        }
    }

    /** True when the directory was missing and is there now. Servers tell it as this or that: nginx as an error of its own. */
    private boolean isMissingDirectory(HttpFailure failure, String directory) throws IOException {
        int status = failure.status();
        return (status == 404 || status == 409 || status == 500) && server.createDirectoriesAgain(directory);
    }

    private Map<Digest, String> put(Item item, SourceStat before, Meter meter) throws IOException {
        Set<Digest> wanted = storage.transfer().digests();
        OptionalLong modified = storage.transfer().keep().contains(Keep.TIMES)
                ? OptionalLong.of(TimeUnit.NANOSECONDS.toSeconds(before.mtimeNs()))
                : OptionalLong.empty();
        SourceStream[] last = new SourceStream[1];
        server.put(item.temporary(), before.size(), modified, () -> {
            last[0] = new SourceStream(item.source(), wanted, meter);
            return last[0];
        });
        return last[0].digests();
    }

    private String proof(Item item, long size, Map<Digest, String> sent) throws IOException {
        if (storage.transfer().proof() == Proof.FAR) {
            Map<String, String> told = server.digests(item.temporary());
            same(item, "SHA-256", told.get("sha-256"), sent.get(Digest.SHA256));
            same(item, "MD5", told.get("md5"), sent.get(Digest.MD5));
            if (told.containsKey("sha-256")) {
                return "digest of the far side";
            }
            // A weaker digest that agrees proves too little.
        }
        Sha256.Sum stored;
        try (InputStream bytes = server.get(item.temporary())) {
            stored = Sha256.of(bytes);
        }
        Attempt.compare(server.where(item.temporary()), stored, size, sent.get(Digest.SHA256));
        return "read back";
    }

    private void same(Item item, String name, String told, String sent) throws IOException {
        if (told != null && sent != null && !told.equals(sent)) {
            throw new IOException(server.where(item.temporary()) + ": the server says that it holds something else: "
                    + name + " " + told + " instead of " + sent);
        }
    }

    @Override
    public List<Outcome.Failed> publish(List<Outcome.Proved> copies) {
        List<Optional<Outcome.Failed>> failures = parallel.each(copies, copy -> publish(copy.item()));
        return failures.stream().flatMap(Optional::stream).toList();
    }

    private Optional<Outcome.Failed> publish(Item item) {
        try {
            try {
                server.move(item.temporary(), item.target());
            } catch (HttpFailure e) {
                if (!isMissingDirectory(e, item.directory())) {
                    throw e;
                }
                server.move(item.temporary(), item.target());
            }
            return Optional.empty();
        } catch (HttpFailure e) {
            return Optional.of(new Outcome.Failed(item, e, e.isOfStorage()));
        } catch (IOException | RuntimeException e) {
            return Optional.of(new Outcome.Failed(item, e, false));
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
            server.delete(item.temporary());
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    @Override
    public OptionalLong free() throws IOException {
        return server.free();
    }

    @Override
    public void close() {
        closed = true;
        server.close();
        parallel.close();
    }
}
