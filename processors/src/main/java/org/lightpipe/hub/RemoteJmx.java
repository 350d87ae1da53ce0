package org.lightpipe.hub;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.rmi.AlreadyBoundException;
import java.rmi.NoSuchObjectException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RMIClientSocketFactory;
import java.rmi.server.RMIServerSocketFactory;
import java.rmi.server.UnicastRemoteObject;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.management.MBeanServer;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;
import javax.management.remote.rmi.RMIJRMPServerImpl;
import javax.net.ssl.SSLContext;
import javax.rmi.ssl.SslRMIClientSocketFactory;

/**
 * JMX for consoles on other machines: registry and connector on one port, which a firewall or an SSH tunnel can pass.
 *
 * <p>Without a password file it listens on a loopback address or not at all. With one, {@code readonly} users see
 * everything and change nothing, {@code readwrite} users may set attributes and invoke operations; the file is read when
 * this starts. What a client may send to be deserialised is limited to what JMX itself needs.
 *
 * <p>The stub names the host it was configured with. Where consoles know the machine under another name (behind NAT), set
 * the system property {@code java.rmi.server.hostname}.
 */
public final class RemoteJmx implements AutoCloseable {

    private static final String HOST_NAME = "java.rmi.server.hostname";
    private static final String REGISTRY_FILTER = "sun.rmi.registry.registryFilter";
    private static final String BOUND_NAME = "jmxrmi";

    /** What the JDK's own agent lets in. */
    private static final String PARAMETER_FILTER =
            "maxdepth=32;maxarray=1000000;java.lang.*;java.lang.reflect.Proxy;java.math.BigInteger;java.math.BigDecimal;"
                    + "java.util.*;javax.management.*;javax.management.modelmbean.*;javax.management.monitor.*;"
                    + "javax.management.openmbean.*;javax.management.relation.*;javax.management.remote.*;"
                    + "javax.management.remote.rmi.*;javax.management.timer.*;javax.rmi.ssl.*;java.rmi.MarshalledObject;"
                    + "java.rmi.dgc.*;java.rmi.server.*;javax.security.auth.Subject;!*";

    /**
     * Where and for whom.
     *
     * @param host name or address to listen on, and that consoles connect to
     * @param port TCP port of both registry and connector
     * @param passwordFile lines {@code user password readonly|readwrite}, for its owner only; may be empty on loopback
     * @param tls encrypt, with the key store of the standard {@code javax.net.ssl.keyStore…} system properties
     */
    public record Settings(String host, int port, Optional<Path> passwordFile, boolean tls) {

        /** Loopback, without users and encryption. */
        public static Settings local(int port) {
            return new Settings("127.0.0.1", port, Optional.empty(), false);
        }
    }

    private final Registry registry;
    private final JMXConnectorServer connector;
    private final JMXServiceURL address;

    private RemoteJmx(Registry registry, JMXConnectorServer connector, JMXServiceURL address) {
        this.registry = registry;
        this.connector = connector;
        this.address = address;
    }

    /**
     * Opens the port for the MBeans of that server.
     *
     * @throws IllegalArgumentException if the settings would open it to everybody, or are wrong
     * @throws IOException if the port cannot be opened, because it is taken for example
     */
    public static RemoteJmx start(Settings settings, MBeanServer server) throws IOException {
        InetAddress bind = resolve(settings.host);
        if (settings.port < 1 || settings.port > 65535) {
            throw new IllegalArgumentException("JMX port " + settings.port + " is not between 1 and 65535");
        }
        if (settings.passwordFile.isEmpty() && !bind.isLoopbackAddress()) {
            throw new IllegalArgumentException("Remote JMX on " + settings.host
                    + " needs a password file: without one everybody who reaches the port controls the hub."
                    + " Mend: name a password file, or listen on 127.0.0.1.");
        }
        if (settings.tls && System.getProperty("javax.net.ssl.keyStore") == null) {
            throw new IllegalArgumentException(
                    "JMX with TLS needs a key: set the system properties javax.net.ssl.keyStore"
                            + " and javax.net.ssl.keyStorePassword, or switch TLS off.");
        }
        Optional<JmxUsers> users = settings.passwordFile.map(JmxUsers::read);
        setIfMissing(HOST_NAME, advertised(settings.host, bind));
        // Nobody but this process binds names here: otherwise any user of this machine could put a server of their own
        // under ours and collect passwords. RMI reads it once, at the first registry.
        setIfMissing(REGISTRY_FILTER, "!*");

        RMIServerSocketFactory serverSockets = settings.tls ? new TlsSockets(bind) : new PlainSockets(bind);
        // none for plain connections: a console has no class of ours
        RMIClientSocketFactory clientSockets = settings.tls ? new SslRMIClientSocketFactory() : null;
        Registry registry;
        try {
            registry = LocateRegistry.createRegistry(settings.port, clientSockets, serverSockets);
        } catch (IOException e) {
            throw new IOException(
                    "Cannot open the JMX port " + settings.host + ":" + settings.port + ": " + rootMessage(e)
                            + ". Mend: choose another port, or stop what uses it.",
                    e);
        }
        Path access = null;
        JMXConnectorServer connector = null;
        boolean started = false;
        try {
            Map<String, Object> environment = new HashMap<>();
            environment.put(RMIConnectorServer.CREDENTIALS_FILTER_PATTERN, "java.lang.String;!*");
            environment.put(RMIConnectorServer.SERIAL_FILTER_PATTERN, PARAMETER_FILTER);
            if (users.isPresent()) {
                environment.put(JMXConnectorServer.AUTHENTICATOR, users.get());
                // the JDK's access control takes its rules from a file only, and reads it at the start
                access = Files.createTempFile("lightpipe-jmx", ".access");
                Files.write(access, users.get().accessLines(), StandardCharsets.UTF_8);
                environment.put("jmx.remote.x.access.file", access.toString());
            }
            RMIJRMPServerImpl implementation =
                    new RMIJRMPServerImpl(settings.port, clientSockets, serverSockets, environment);
            connector = new RMIConnectorServer(
                    new JMXServiceURL("service:jmx:rmi://"), environment, implementation, server);
            connector.start();
            registry.bind(BOUND_NAME, implementation.toStub());
            started = true;
            return new RemoteJmx(registry, connector, addressOf(settings));
        } catch (AlreadyBoundException e) {
            throw new IOException("The new JMX registry already knows " + BOUND_NAME, e);
        } finally {
            if (access != null) {
                Files.deleteIfExists(access);
            }
            if (!started) {
                if (connector != null) {
                    connector.stop();
                }
                UnicastRemoteObject.unexportObject(registry, true);
            }
        }
    }

    /** What a console connects to. */
    public JMXServiceURL address() {
        return address;
    }

    /** Closes the port and every connection. */
    @Override
    public void close() throws IOException {
        try {
            connector.stop();
        } finally {
            try {
                UnicastRemoteObject.unexportObject(registry, true);
            } catch (NoSuchObjectException closedBefore) {
                // closing twice does nothing
            }
        }
    }

    private static JMXServiceURL addressOf(Settings settings) throws IOException {
        String host = settings.host.indexOf(':') >= 0 && !settings.host.startsWith("[")
                ? "[" + settings.host + "]"
                : settings.host;
        return new JMXServiceURL("service:jmx:rmi:///jndi/rmi://" + host + ":" + settings.port + "/" + BOUND_NAME);
    }

    private static InetAddress resolve(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "JMX host \"" + host + "\" is not known. Mend: use a name or an address of this machine.", e);
        }
    }

    private static String advertised(String host, InetAddress bind) throws UnknownHostException {
        return bind.isAnyLocalAddress() ? InetAddress.getLocalHost().getCanonicalHostName() : host;
    }

    private static void setIfMissing(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    /** Listens on that address only; equal ones let the registry and the connector share the port. */
    private record PlainSockets(InetAddress address) implements RMIServerSocketFactory {
        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            return new ServerSocket(port, 50, address);
        }
    }

    private record TlsSockets(InetAddress address) implements RMIServerSocketFactory {
        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            try {
                return SSLContext.getDefault().getServerSocketFactory().createServerSocket(port, 50, address);
            } catch (NoSuchAlgorithmException e) {
                throw new IOException("The key store in javax.net.ssl.keyStore cannot be used: " + rootMessage(e), e);
            }
        }
    }
}
