package org.lightpipe.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.core.Sha256;
import org.lightpipe.storage.StorageSession;
import org.lightpipe.storage.Storages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Copies one file with proof, around the endpoint that a route writes to: {@link #open} before it, {@link #prove} and
 * {@link #settle} after it. A file is stored when the bytes that were read back have the digest of the bytes that were
 * read from the source, and the source did not change meanwhile. Thread-safe.
 */
public final class Transfer {

    private static final Logger LOG = LoggerFactory.getLogger(Transfer.class);
    private static final String COPY = "copy";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Work work;
    private final LiveConfiguration configuration;
    private final Storages storages;

    public Transfer(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.work = work;
        this.configuration = configuration;
        this.storages = storages;
    }

    /**
     * Opens the source. The body becomes its bytes, the file name header its temporary name, and the exchange property
     * {@code storage} the endpoint to write to.
     *
     * @param exchange its body is the claimed row
     */
    public void open(Exchange exchange) throws IOException {
        @SuppressWarnings("unchecked")
        Map<String, Object> row = exchange.getIn().getBody(Map.class);
        Storage storage = configuration.beamline((String) row.get("beamline")).storage();
        Copy copy = new Copy(row, storage);
        if (!copy.isAsDetected()) {
            copy.close();
            changed(copy);
            exchange.setRouteStop(true);
            return;
        }
        exchange.setProperty(COPY, copy);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                if (!copy.isSettled()) {
                    tidy(copy);
                }
            }
        });
        try (StorageSession session = storages.open(storage)) {
            session.createDirectories(copy.directory());
            // A leftover of an attempt that ended in the middle; writing into it would keep what it holds.
            session.delete(copy.temporary());
        }
        exchange.setProperty("storage", storages.endpointUri(storage));
        exchange.getIn().setHeader(Exchange.FILE_NAME, copy.temporary());
        exchange.getIn().setBody(copy.stream());
    }

    /**
     * Reads back what the endpoint wrote.
     *
     * @throws IOException when it is not what was read from the source
     */
    public void prove(Exchange exchange) throws IOException {
        Copy copy = copy(exchange);
        copy.close();
        String digest = copy.digest();
        exchange.setProperty("digest", digest);
        Sha256.Sum stored;
        try (StorageSession session = storages.open(copy.storage());
                InputStream bytes = session.read(copy.temporary())) {
            stored = Sha256.of(bytes);
        }
        if (!stored.digest().equals(digest) || stored.size() != copy.before().size()) {
            throw new IOException("what was read back from storage is not what the source holds: " + stored.size()
                    + " bytes, SHA-256 " + stored.digest() + ", instead of "
                    + copy.before().size() + " bytes, SHA-256 " + digest);
        }
    }

    /** Gives the proved copy its final name and tells the catalog; or starts again when the source changed. */
    public void settle(Exchange exchange) throws IOException {
        Copy copy = copy(exchange);
        String digest = exchange.getProperty("digest", String.class);
        if (!copy.sourceIsUnchanged()) {
            try (StorageSession session = storages.open(copy.storage())) {
                session.delete(copy.temporary());
            }
            copy.settled();
            changed(copy);
            return;
        }
        IOException failure = transactions.execute(status -> {
            try {
                settle(copy, digest);
                return null;
            } catch (IOException e) {
                status.setRollbackOnly();
                return e;
            }
        });
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * The row is locked meanwhile: a hub that was taken for dead finds that it no longer holds it, and leaves alone
     * what has the same temporary name now.
     */
    private void settle(Copy copy, String digest) throws IOException {
        Integer generation = jdbc.query(
                "select generation from file where id = ? and state = 'TRANSFERRING' and claimed_by = this_hub() for update",
                rows -> rows.next() ? rows.getInt(1) : null,
                copy.id());
        if (generation == null) {
            work.ended(Step.TRANSFER, copy.id());
            LOG.warn("{} was taken over by another hub; its result stands", copy.target());
            return;
        }
        try (StorageSession session = storages.open(copy.storage())) {
            session.rename(copy.temporary(), copy.target());
            copy.settled();
        }
        if (generation != copy.generation()) {
            changed(copy);
        } else if (work.done(Step.TRANSFER, copy.id())) {
            jdbc.update(
                    "update file set digest = ?, size = ?, mtime_ns = ?, stored_at = now() where id = ?",
                    digest,
                    copy.before().size(),
                    copy.before().mtimeNs(),
                    copy.id());
        }
    }

    /**
     * The monitor finds the file anew once it is finished: until then it waits as CHANGED. A file that looks as it did
     * when it was found, because another of the same size and time took its place, it would not find.
     */
    private void changed(Copy copy) {
        work.ended(Step.TRANSFER, copy.id());
        LOG.info("{} changed while it was copied; it is copied again once it is finished", copy.target());
        boolean looksTheSame = copy.looksAsDetected();
        transactions.executeWithoutResult(status -> {
            Integer generation = jdbc.queryForObject(
                    "select generation from file where id = ? for update", Integer.class, copy.id());
            boolean foundAnew = generation != null && generation != copy.generation();
            jdbc.update(
                    "update file set state = ?, claimed_by = null,"
                            + " reason = 'changed while it was copied' where id = ? and state = 'TRANSFERRING' and claimed_by = this_hub()",
                    foundAnew || looksTheSame ? "DETECTED" : "CHANGED",
                    copy.id());
        });
    }

    /** Closes the source and removes the temporary copy of a file that failed, if the storage can be reached. */
    private void tidy(Copy copy) {
        close(copy);
        try {
            transactions.executeWithoutResult(status -> removeTemporary(copy));
        } catch (RuntimeException e) {
            // The next attempt replaces it.
            LOG.debug("{} was left behind", copy.temporary(), e);
        }
    }

    /** Whoever copies the file at this moment, here or on another hub, writes to the same name: it is theirs then. */
    private void removeTemporary(Copy copy) {
        String state = jdbc.queryForObject("select state from file where id = ? for update", String.class, copy.id());
        if (!Step.TRANSFER.busy().equals(state)) {
            try (StorageSession session = storages.open(copy.storage())) {
                session.delete(copy.temporary());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Copy copy(Exchange exchange) {
        return exchange.getProperty(COPY, Copy.class);
    }

    private static void close(Copy copy) {
        try {
            copy.close();
        } catch (IOException e) {
            LOG.debug("source could not be closed", e);
        }
    }
}
