package org.lightpipe.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.core.RootedPath;
import org.lightpipe.storage.Storages;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads the metadata of stored files into the catalog. Thread-safe. */
public final class Cataloguer {

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Work work;
    private final LiveConfiguration configuration;
    private final Storages storages;
    private final ObjectMapper json = new ObjectMapper();

    public Cataloguer(
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
     * Catalogs one stored file.
     *
     * @param row the claimed row: id, path, source, root_path, beamline, dataset_id
     */
    public void catalog(Map<String, Object> row) throws IOException {
        long id = ((Number) row.get("id")).longValue();
        Map<String, Object> metadata = metadata(row);
        transactions.executeWithoutResult(status -> {
            if (work.done(Step.CATALOG, id)) {
                jdbc.update(
                        "update file set metadata = ?::jsonb, catalogued_at = now() where id = ?",
                        asJson(metadata),
                        id);
                jdbc.update("update dataset set last_file_at = now() where id = ?", row.get("dataset_id"));
            }
        });
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
        return Hdf5Metadata.of(file);
    }

    private String asJson(Map<String, Object> metadata) {
        try {
            return json.writeValueAsString(metadata);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
