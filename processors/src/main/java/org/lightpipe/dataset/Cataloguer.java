package org.lightpipe.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.core.RootedPath;
import org.lightpipe.storage.Storages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads the metadata of stored files into the catalog, in batches. Thread-safe. */
public final class Cataloguer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Cataloguer.class);

    /** Files of one transaction. What they say of themselves is in memory until then. */
    private static final int BATCH = 250;

    /** With reading one batch: headers are small, and what hangs must not hold the others. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** In the order in which all who lock more than one dataset do it. */
    private static final String LOCK = "select id from dataset where id = any(?)"
            + " order by experiment_id, name collate \"C\", part for no key update";

    private static final String CATALOGUED = """
            update file f set state = 'CATALOGUED', claimed_by = null, attempts = 0, since = now(), reason = null,
                failed_from = null, metadata = n.metadata::jsonb, catalogued_at = now()
            from unnest(?::bigint[], ?::bigint[], ?::text[]) as n (id, experiment_id, metadata)
            where f.id = n.id and f.experiment_id = n.experiment_id
                and f.state = 'CATALOGUING' and f.claimed_by = this_hub()
            returning f.dataset_id
            """;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Work work;
    private final LiveConfiguration configuration;
    private final Storages storages;
    private final ExecutorService readers;
    private final ObjectMapper json = new ObjectMapper();

    /** @param threads how many files are read at the same time */
    public Cataloguer(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages,
            int threads) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.work = work;
        this.configuration = configuration;
        this.storages = storages;
        AtomicInteger number = new AtomicInteger();
        this.readers = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "lightpipe-metadata-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** A file with what it says of itself, as JSON. */
    private record Read(long id, long experiment, long dataset, String metadata) {}

    /**
     * Catalogs stored files. One that cannot be read is tried again, or held; it does not stop the others.
     *
     * @param rows the claimed rows: id, experiment_id, path, source, root_path, beamline, dataset_id
     */
    public void catalog(List<Map<String, Object>> rows) throws InterruptedException {
        for (int from = 0; from < rows.size(); from += BATCH) {
            batch(rows.subList(from, Math.min(rows.size(), from + BATCH)));
        }
    }

    private void batch(List<Map<String, Object>> rows) throws InterruptedException {
        try {
            List<Future<Read>> reading = readers.invokeAll(
                    rows.stream().<Callable<Read>>map(row -> () -> read(row)).toList(),
                    PATIENCE.toMillis(),
                    TimeUnit.MILLISECONDS);
            List<Read> read = new ArrayList<>();
            for (int i = 0; i < rows.size(); i++) {
                try {
                    read.add(reading.get(i).get());
                } catch (ExecutionException e) {
                    work.failed(Step.CATALOG, id(rows.get(i)), e.getCause());
                } catch (CancellationException e) {
                    work.failed(Step.CATALOG, id(rows.get(i)), slow(rows.get(i)));
                }
            }
            write(read);
        } finally {
            // Whatever has no end written down by now is freed in the catalog, as nobody's work.
            work.endedAll(Step.CATALOG, rows.stream().map(Cataloguer::id).toList());
        }
    }

    private static IOException slow(Map<String, Object> row) {
        return new IOException("the header of " + row.get("path") + " could not be read within " + PATIENCE.toSeconds()
                + " s, among others; is its file system slow, or does it hang?");
    }

    /** All at once; one by one where the catalog refuses something, so that the others go on. */
    private void write(List<Read> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            int held = transactions.execute(status -> writeLocked(batch));
            work.counted(Step.CATALOG, held);
            if (held < batch.size()) {
                LOG.warn(
                        "{} of {} files changed meanwhile, or were taken over by another hub; what they are now stands",
                        batch.size() - held,
                        batch.size());
            }
        } catch (DataIntegrityViolationException e) {
            if (batch.size() == 1) {
                work.failed(Step.CATALOG, batch.get(0).id(), NestedExceptionUtils.getMostSpecificCause(e));
            } else {
                batch.forEach(one -> write(List.of(one)));
            }
        } catch (DataAccessException | TransactionException e) {
            LOG.warn(
                    "{} files were read, and the catalog did not take them; they are read again: {}",
                    batch.size(),
                    NestedExceptionUtils.getMostSpecificCause(e).getMessage());
        }
    }

    /** @return how many of the files this hub still held */
    private int writeLocked(List<Read> batch) {
        jdbc.queryForList(LOCK, Long.class, (Object)
                batch.stream().map(Read::dataset).distinct().toArray(Long[]::new));
        List<Long> datasets = jdbc.query(
                CATALOGUED,
                (row, index) -> row.getLong("dataset_id"),
                batch.stream().map(Read::id).toArray(Long[]::new),
                batch.stream().map(Read::experiment).toArray(Long[]::new),
                batch.stream().map(Read::metadata).toArray(String[]::new));
        jdbc.update("update dataset set last_file_at = now() where id = any(?)", (Object)
                datasets.stream().distinct().toArray(Long[]::new));
        return datasets.size();
    }

    private Read read(Map<String, Object> row) throws IOException {
        return new Read(id(row), number(row, "experiment_id"), number(row, "dataset_id"), asJson(metadata(row)));
    }

    private static long id(Map<String, Object> row) {
        return number(row, "id");
    }

    private static long number(Map<String, Object> row, String column) {
        return ((Number) row.get(column)).longValue();
    }

    /** Read where the bytes are near: from a mounted storage, else from the source while it is still there. */
    private Map<String, Object> metadata(Map<String, Object> row) throws IOException {
        Storage storage = configuration.beamline((String) row.get("beamline")).storage();
        Optional<Path> root = storages.localRoot(storage);
        Path file = root.isPresent()
                ? RootedPath.resolve(root.get(), row.get("root_path") + "/data/" + row.get("path"))
                : Path.of((String) row.get("source"));
        if (root.isEmpty() && !Files.isReadable(file)) {
            return Map.of("unreadable", "the source is gone, and the storage is not mounted here");
        }
        return FileMetadata.of(
                file, configuration.beamline((String) row.get("beamline")).metadata());
    }

    private String asJson(Map<String, Object> metadata) {
        try {
            return json.writeValueAsString(metadata);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }
}
