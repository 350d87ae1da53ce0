package org.lightpipe.storage;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.remote.SftpEndpoint;
import org.apache.camel.util.URISupport;
import org.lightpipe.config.Storage;
import org.lightpipe.sftp.FarDirectories;
import org.lightpipe.sftp.FarPath;
import org.lightpipe.sftp.SftpAccess;
import org.lightpipe.sftp.SftpPool;
import org.lightpipe.storage.command.Commands;
import org.lightpipe.storage.webdav.WebDav;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens storages. Connections are kept for the next one who asks, a few for each storage. Thread-safe. */
public final class Storages implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Storages.class);

    /** To one storage at the same time; each has many files on its way. */
    private static final int CONNECTIONS = 4;

    /** What holds for a storage behind SFTP where its URI says nothing else. */
    private static final Map<String, Object> SFTP_DEFAULTS =
            Map.of("connectTimeout", "10000", "soTimeout", "30000", "serverAliveInterval", "10000");

    private final CamelContext camel;
    private final Map<String, FarStorage> far = new HashMap<>();
    private final Map<Storage, WebDav> servers = new HashMap<>();
    private final Map<Storage, Commands> commands = new HashMap<>();
    private boolean closed;

    public Storages(CamelContext camel) {
        this.camel = camel;
    }

    /** The storage as an endpoint of Camel's, whose options it has, with the hub's defaults for what it does not say. */
    private static String endpointUri(Storage storage) {
        try {
            Map<String, Object> options = new LinkedHashMap<>(storage.isLocal() ? Map.of() : SFTP_DEFAULTS);
            options.putAll(URISupport.parseParameters(new java.net.URI(URISupport.normalizeUri(storage.uri()))));
            if (!storage.isLocal()) {
                options.putIfAbsent("chmod", Integer.toOctalString(storage.fileMode()));
                options.putIfAbsent("chmodDirectory", Integer.toOctalString(storage.directoryMode()));
            }
            String base = URISupport.stripQuery(storage.uri());
            return options.isEmpty() ? base : base + "?" + URISupport.createQueryString(options);
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
        if (storage.uri().startsWith("http:") || storage.uri().startsWith("https:")) {
            return new WebDavSession(server(storage));
        }
        if (storage.uri().startsWith("command:")) {
            return new CommandSession(commands(storage));
        }
        if (storage.uri().startsWith("globus:")) {
            return new GlobusSession(storage.name());
        }
        return new SftpSession(far(storage));
    }

    private synchronized WebDav server(Storage storage) {
        if (closed) {
            throw new IllegalStateException("the storages are closed");
        }
        return servers.computeIfAbsent(storage, WebDav::new);
    }

    private synchronized Commands commands(Storage storage) {
        if (closed) {
            throw new IllegalStateException("the storages are closed");
        }
        return commands.computeIfAbsent(storage, Commands::new);
    }

    /**
     * A storage behind SFTP, with the connections that all who use it share.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public synchronized FarStorage far(Storage storage) {
        return far.computeIfAbsent(endpointUri(storage), uri -> {
            if (closed) {
                throw new IllegalStateException("the storages are closed");
            }
            if (camel.getEndpoint(uri) instanceof SftpEndpoint endpoint) {
                return far(endpoint, storage);
            }
            throw new IllegalArgumentException(
                    "storage " + URISupport.sanitizeUri(uri) + " is neither file: nor sftp:");
        });
    }

    private static FarStorage far(SftpEndpoint endpoint, Storage storage) {
        SftpAccess access = SftpOptions.access(endpoint);
        if (access.hostKeys().strictChecking().equals("no")) {
            LOG.warn(
                    "storage '{}': the host key of {} is not checked: anyone in between can read and change the data;"
                            + " set strictHostKeyChecking=yes and knownHostsFile",
                    storage.name(),
                    access.shown());
        }
        String directory =
                Optional.ofNullable(endpoint.getConfiguration().getDirectory()).orElse("");
        return new FarStorage(
                new SftpPool(access, CONNECTIONS),
                new FarPath(directory),
                new FarDirectories(directory, octal(endpoint.getConfiguration().getChmodDirectory())),
                octal(endpoint.getConfiguration().getChmod()));
    }

    private static int octal(String mode) {
        return Integer.parseInt(mode, 8);
    }

    @Override
    public synchronized void close() {
        closed = true;
        far.values().forEach(storage -> storage.pool().close());
        far.clear();
        servers.values().forEach(WebDav::close);
        servers.clear();
        commands.values().forEach(Commands::close);
        commands.clear();
    }
}
