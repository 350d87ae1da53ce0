package org.lightpipe.storage;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.component.file.remote.SftpConfiguration;
import org.apache.camel.component.file.remote.SftpEndpoint;
import org.apache.camel.support.ResourceHelper;
import org.lightpipe.sftp.SftpAccess;

/** The options of Camel's SFTP endpoint, which mean the same here. */
final class SftpOptions {

    private SftpOptions() {}

    static SftpAccess access(SftpEndpoint endpoint) {
        SftpConfiguration configuration = endpoint.getConfiguration();
        return new SftpAccess(
                configuration.getHost(),
                configuration.getPort(),
                Optional.ofNullable(configuration.getUsername()).orElse(System.getProperty("user.name")),
                credentials(endpoint, configuration),
                hostKeys(endpoint, configuration),
                further(configuration),
                new SftpAccess.Timeouts(
                        Duration.ofMillis(configuration.getConnectTimeout()),
                        Duration.ofMillis(configuration.getSoTimeout()),
                        Duration.ofMillis(configuration.getServerAliveInterval()),
                        configuration.getServerAliveCountMax()));
    }

    private static SftpAccess.Credentials credentials(SftpEndpoint endpoint, SftpConfiguration configuration) {
        Optional<byte[]> key = Optional.ofNullable(configuration.getPrivateKey());
        if (key.isEmpty() && configuration.getPrivateKeyUri() != null) {
            key = Optional.of(resource(endpoint, configuration.getPrivateKeyUri()));
        }
        return new SftpAccess.Credentials(
                Optional.ofNullable(configuration.getPassword()),
                Optional.ofNullable(configuration.getPrivateKeyFile()),
                key,
                Optional.ofNullable(configuration.getPrivateKeyPassphrase()));
    }

    private static SftpAccess.HostKeys hostKeys(SftpEndpoint endpoint, SftpConfiguration configuration) {
        Optional<byte[]> known = Optional.ofNullable(configuration.getKnownHosts());
        if (known.isEmpty() && configuration.getKnownHostsUri() != null) {
            known = Optional.of(resource(endpoint, configuration.getKnownHostsUri()));
        }
        Optional<String> file = Optional.ofNullable(configuration.getKnownHostsFile());
        if (file.isEmpty() && configuration.isUseUserKnownHostsFile()) {
            file = Optional.of(System.getProperty("user.home") + "/.ssh/known_hosts");
        }
        return new SftpAccess.HostKeys(
                file,
                known,
                Optional.ofNullable(configuration.getStrictHostKeyChecking()).orElse("no"));
    }

    /** Under the names that the SSH library has for them. */
    private static Map<String, String> further(SftpConfiguration configuration) {
        Map<String, String> options = new HashMap<>();
        put(options, configuration.getCiphers(), "cipher.c2s", "cipher.s2c");
        put(options, configuration.getKeyExchangeProtocols(), "kex");
        put(options, configuration.getPreferredAuthentications(), "PreferredAuthentications");
        put(options, configuration.getServerHostKeys(), "server_host_key");
        put(options, configuration.getPublicKeyAcceptedAlgorithms(), "PubkeyAcceptedAlgorithms");
        if (configuration.getCompression() > 0) {
            put(options, "zlib@openssh.com,zlib,none", "compression.c2s", "compression.s2c");
            put(options, Integer.toString(configuration.getCompression()), "compression_level");
        }
        return options;
    }

    private static void put(Map<String, String> options, String value, String... names) {
        if (value != null && !value.isEmpty()) {
            for (String name : names) {
                options.put(name, value);
            }
        }
    }

    private static byte[] resource(SftpEndpoint endpoint, String uri) {
        try (InputStream stream =
                ResourceHelper.resolveMandatoryResourceAsInputStream(endpoint.getCamelContext(), uri)) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new IllegalArgumentException("'" + uri + "', which the storage names, cannot be read", e);
        }
    }
}
