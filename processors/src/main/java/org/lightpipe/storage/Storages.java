package org.lightpipe.storage;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.remote.SftpEndpoint;
import org.apache.camel.util.URISupport;
import org.lightpipe.config.Storage;

/** Opens storages. Connections are kept for the next one who asks, a few for each storage. Thread-safe. */
public final class Storages implements AutoCloseable {

    private static final int IDLE_CONNECTIONS = 4;

    /** What makes Camel's SFTP endpoint quick and honest; an option that is written in the URI stays as it is. */
    private static final Map<String, Object> SFTP_DEFAULTS = Map.ofEntries(
            Map.entry("stepwise", "false"),
            Map.entry("autoCreate", "false"),
            Map.entry("streamDownload", "true"),
            Map.entry("fastExistsCheck", "true"),
            Map.entry("eagerDeleteTargetFile", "false"),
            Map.entry("maximumReconnectAttempts", "0"),
            Map.entry("throwExceptionOnConnectFailed", "true"),
            Map.entry("connectTimeout", "10000"),
            Map.entry("soTimeout", "30000"),
            Map.entry("serverAliveInterval", "10000"),
            // else a backslash, which a name may hold, becomes a slash
            Map.entry("separator", "Auto"));

    private static final Map<String, Object> FILE_DEFAULTS =
            Map.of("forceWrites", "true", "eagerDeleteTargetFile", "true");

    private final CamelContext camel;
    private final Map<String, Deque<SftpSession>> idle = new HashMap<>();
    private boolean closed;

    public Storages(CamelContext camel) {
        this.camel = camel;
    }

    /** The endpoint that a route writes to: the storage's URI with the hub's defaults for what it does not say. */
    public String endpointUri(Storage storage) {
        try {
            Map<String, Object> options = new LinkedHashMap<>(storage.isLocal() ? FILE_DEFAULTS : SFTP_DEFAULTS);
            options.putAll(URISupport.parseParameters(new java.net.URI(URISupport.normalizeUri(storage.uri()))));
            if (!storage.isLocal()) {
                options.putIfAbsent("chmod", Integer.toOctalString(storage.fileMode()));
                options.putIfAbsent("chmodDirectory", Integer.toOctalString(storage.directoryMode()));
            }
            String base = URISupport.stripQuery(storage.uri());
            return base + "?" + URISupport.createQueryString(options);
        } catch (URISyntaxException | org.apache.camel.ResolveEndpointFailedException e) {
            throw new IllegalArgumentException(
                    "storage " + URISupport.sanitizeUri(storage.uri()) + " is not an endpoint", e);
        }
    }

    /** The root directory of a storage on a mounted file system. */
    public Optional<Path> localRoot(Storage storage) {
        if (!storage.isLocal()) {
            return Optional.empty();
        }
        FileEndpoint endpoint = camel.getEndpoint(endpointUri(storage), FileEndpoint.class);
        return Optional.of(endpoint.getFile().toPath().toAbsolutePath().normalize());
    }

    /** Opens a storage, over a connection that is still there if one is. */
    public StorageSession open(Storage storage) throws IOException {
        Optional<Path> root = localRoot(storage);
        if (root.isPresent()) {
            return new LocalSession(
                    root.get(), storage.fileMode(), new Directories(storage.group(), storage.directoryMode()));
        }
        String uri = endpointUri(storage);
        SftpSession session;
        while ((session = takeIdle(uri)) != null) {
            if (session.isAlive()) {
                return session;
            }
            session.disconnect();
        }
        Endpoint endpoint = camel.getEndpoint(uri);
        if (endpoint instanceof SftpEndpoint sftp) {
            return new SftpSession(sftp, storage.directoryMode(), used -> keep(uri, used));
        }
        throw new IllegalArgumentException("storage " + URISupport.sanitizeUri(uri) + " is neither file: nor sftp:");
    }

    private synchronized SftpSession takeIdle(String uri) {
        Deque<SftpSession> sessions = idle.get(uri);
        return sessions == null ? null : sessions.pollFirst();
    }

    private void keep(String uri, SftpSession session) {
        if (session.isAlive()) {
            synchronized (this) {
                Deque<SftpSession> sessions = idle.computeIfAbsent(uri, key -> new ArrayDeque<>());
                if (!closed && sessions.size() < IDLE_CONNECTIONS) {
                    sessions.addFirst(session);
                    return;
                }
            }
        }
        session.disconnect();
    }

    @Override
    public synchronized void close() {
        closed = true;
        idle.values().forEach(sessions -> sessions.forEach(SftpSession::disconnect));
        idle.clear();
    }
}
