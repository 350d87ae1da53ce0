package org.lightpipe.hub;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.lightpipe.core.Sha256;
import org.lightpipe.hub.client.HubClient;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A whole hub on the real routes and configuration in this process, for tests that steer it: nothing is detected or
 * transferred unless a test wants it, and files are put into catalog and storage as the steps would leave them.
 */
public final class SteeredHub implements AutoCloseable {

    private final Path state;
    private final Hub hub;

    public SteeredHub(Path state) throws Exception {
        this(state, Map.of());
    }

    public SteeredHub(Path state, Map<String, String> properties) throws Exception {
        this.state = state;
        Map<String, String> all = new HashMap<>(Map.of(
                "camel.server.port", Integer.toString(freePort()),
                "claim.delay", "50",
                "monitors.period", "100",
                "verify.rate", "0"));
        all.putAll(properties);
        this.hub = Hub.start(new HubOptions(
                Path.of("..").toAbsolutePath().normalize(), state, Optional.empty(), all, Optional.empty()));
        // Work that nobody asked for would change what a test has put there.
        for (String step : List.of("transfer", "catalog", "trigger", "publish", "archive")) {
            jdbc().update("insert into step (name, paused) values (?, true) on conflict do nothing", step);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    public Path state() {
        return state;
    }

    public HubClient client() throws IOException {
        return HubClient.of(state);
    }

    public JdbcTemplate jdbc() {
        return new JdbcTemplate(hub.camel().getRegistry().lookupByNameAndType("dataSource", DataSource.class));
    }

    /** A ready experiment of the beamline {@code demo}, with its directory in storage. */
    public long experiment(String name, String... users) throws IOException {
        Files.createDirectories(data(name));
        long id = jdbc().queryForObject(
                        "insert into experiment (name, station, beamline, type, title, root_path, form, created_by, state)"
                                + " values (?, 'demo', 'demo', 't', ?, ?, '{}', 'test', 'READY') returning id",
                        Long.class,
                        name,
                        name,
                        "demo/" + name);
        for (String user : users) {
            jdbc().update("insert into experiment_user values (?, ?, 'User')", id, user);
        }
        jdbc().update("insert into dataset (experiment_id, name) values (?, 'scan')", id);
        jdbc().update(
                        "insert into daq (experiment_id, directory, started_by, state) values (?, ?, 'test', 'STOPPED')",
                        id,
                        "/detector/" + name);
        return id;
    }

    /** Where the files of an experiment are in storage. */
    public Path data(String experiment) {
        return state.resolve("storage/demo").resolve(experiment).resolve("data");
    }

    /** A catalogued file, in storage with these bytes. */
    public long stored(String experiment, String path, byte[] bytes) throws IOException {
        Path file = data(experiment).resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        MessageDigest digest = Sha256.start();
        long id = file(experiment, path, bytes.length, "CATALOGUED", null, null);
        jdbc().update(
                        "update file set digest = ?, stored_at = now(), catalogued_at = now() where id = ?",
                        HexFormat.of().formatHex(digest.digest(bytes)),
                        id);
        return id;
    }

    /** A file that is in the catalog only. */
    public long file(String experiment, String path, long size, String state, String failedFrom, String reason) {
        return jdbc().queryForObject(
                        "insert into file (experiment_id, dataset_id, daq_id, beamline, path, source, size, mtime_ns, state,"
                                + " failed_from, reason)"
                                + " select e.id, (select min(id) from dataset where experiment_id = e.id),"
                                + " (select min(id) from daq where experiment_id = e.id), 'demo', ?, ?, ?, 0, ?, ?, ?"
                                + " from experiment e where e.name = ? returning id",
                        Long.class,
                        path,
                        "/detector/" + experiment + "/" + path,
                        size,
                        state,
                        failedFrom,
                        reason,
                        experiment);
    }

    @Override
    public void close() {
        hub.close();
    }
}
