package org.lightpipe.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.rmi.Remote;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.management.Attribute;
import javax.management.MBeanServer;
import javax.management.MBeanServerConnection;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import javax.rmi.ssl.SslRMIClientSocketFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RemoteJmxTest {

    /** What a step shows: something to read, something to change, something to do. */
    public interface StepMBean {
        int getLimit();

        void setLimit(int limit);

        int pause();
    }

    /** Counts what reached it. */
    public static final class Step implements StepMBean {
        private int limit = 1;
        private int pauses;

        @Override
        public int getLimit() {
            return limit;
        }

        @Override
        public void setLimit(int limit) {
            this.limit = limit;
        }

        @Override
        public int pause() {
            return ++pauses;
        }
    }

    @TempDir
    Path directory;

    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final Step step = new Step();
    private ObjectName name;
    private Path passwords;

    @BeforeEach
    void prepare() throws Exception {
        name = new ObjectName("org.lightpipe:type=Step");
        server.registerMBean(step, name);
        passwords = directory.resolve("jmx.password");
        write("# who\n\nviewer look-only readonly\noperator s3cret readwrite\nguest guests-word\n");
    }

    @Test
    void loopbackNeedsNoPasswordAndOnePort() throws Exception {
        int port = freePort();
        try (RemoteJmx jmx = RemoteJmx.start(RemoteJmx.Settings.local(port), server);
                JMXConnector console = JMXConnectorFactory.connect(jmx.address())) {
            MBeanServerConnection connection = console.getMBeanServerConnection();
            connection.setAttribute(name, new Attribute("Limit", 5));
            assertThat(connection.getAttribute(name, "Limit")).isEqualTo(5);
            assertThat(connection.invoke(name, "pause", null, null)).isEqualTo(1);
            assertThat(jmx.address()).hasToString("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi");
        }
        // closed: the port is free again (when the system has taken the last connection apart), and can be opened again
        await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
            try (ServerSocket free = new ServerSocket()) {
                free.setReuseAddress(true);
                free.bind(new InetSocketAddress("127.0.0.1", port));
                return true;
            }
        });
        RemoteJmx.start(RemoteJmx.Settings.local(port), server).close();
    }

    @Test
    void listensOnThatAddressOnly() throws Exception {
        int port = freePort();
        try (RemoteJmx jmx = RemoteJmx.start(RemoteJmx.Settings.local(port), server);
                Socket socket = new Socket()) {
            assertThat(jmx.address()).isNotNull();
            // all of 127.0.0.0/8 is this machine
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress("127.0.0.2", port), 2000))
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "192.0.2.1", "::"})
    void isRefusedToTheNetworkWithoutPasswords(String host) {
        assertThatThrownBy(() -> RemoteJmx.start(new RemoteJmx.Settings(host, 9010, Optional.empty(), false), server))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(host)
                .hasMessageContaining("password file");
    }

    @Test
    void operatorsAct() throws Exception {
        try (RemoteJmx jmx = withPasswords();
                JMXConnector console = connect(jmx, new String[] {"operator", "s3cret"})) {
            MBeanServerConnection connection = console.getMBeanServerConnection();
            connection.setAttribute(name, new Attribute("Limit", 7));
            assertThat(connection.getAttribute(name, "Limit")).isEqualTo(7);
            assertThat(connection.invoke(name, "pause", null, null)).isEqualTo(1);
            // even they load no classes into the hub
            assertThatThrownBy(() ->
                            connection.createMBean("javax.management.timer.Timer", new ObjectName("x:type=Timer")))
                    .isInstanceOf(SecurityException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"viewer, look-only", "guest, guests-word"})
    void viewersOnlyLook(String user, String password) throws Exception {
        try (RemoteJmx jmx = withPasswords();
                JMXConnector console = connect(jmx, new String[] {user, password})) {
            MBeanServerConnection connection = console.getMBeanServerConnection();
            assertThat(connection.getAttribute(name, "Limit")).isEqualTo(1);
            assertThat(connection.queryNames(new ObjectName("org.lightpipe:*"), null))
                    .containsExactly(name);
            assertThatThrownBy(() -> connection.setAttribute(name, new Attribute("Limit", 9)))
                    .isInstanceOf(SecurityException.class);
            assertThatThrownBy(() -> connection.invoke(name, "pause", null, null))
                    .isInstanceOf(SecurityException.class);
            assertThatThrownBy(() -> connection.unregisterMBean(name)).isInstanceOf(SecurityException.class);
        }
        assertThat(step.getLimit()).isEqualTo(1);
        assertThat(step.pause()).as("pauses that reached it").isEqualTo(1);
    }

    @Test
    void wrongOnesStayOut() throws Exception {
        try (RemoteJmx jmx = withPasswords()) {
            for (Object credentials : new Object[] {
                new String[] {"operator", "wrong"},
                new String[] {"nobody", "s3cret"},
                new String[] {"nobody", ""},
                new String[] {"operator"},
                new String[] {"operator", null},
                new String[] {null, null},
                null
            }) {
                assertThatThrownBy(() -> connect(jmx, credentials).close())
                        .isInstanceOf(SecurityException.class)
                        .hasMessageNotContaining("s3cret");
            }
        }
    }

    @Test
    void otherObjectsAsCredentialsAreNotEvenRead() throws Exception {
        try (RemoteJmx jmx = withPasswords()) {
            HashMap<String, Object> map = new HashMap<>(Map.of("operator", "s3cret"));
            assertThatThrownBy(() -> connect(jmx, map).close())
                    .isInstanceOf(IOException.class)
                    .hasStackTraceContaining("filter status: REJECTED");
        }
    }

    @Test
    void parametersOfOtherKindsAreNotRead() throws Exception {
        try (RemoteJmx jmx = withPasswords();
                JMXConnector console = connect(jmx, new String[] {"operator", "s3cret"})) {
            assertThatThrownBy(() -> console.getMBeanServerConnection()
                            .setAttribute(name, new Attribute("Limit", new java.io.File("/etc/passwd"))))
                    .hasStackTraceContaining("filter status: REJECTED");
        }
    }

    @Test
    void nobodyPutsAnotherServerUnderItsName() throws Exception {
        int port = freePort();
        try (RemoteJmx jmx = RemoteJmx.start(RemoteJmx.Settings.local(port), server)) {
            Registry registry = LocateRegistry.getRegistry("127.0.0.1", port);
            Remote stub = registry.lookup("jmxrmi");
            assertThatThrownBy(() -> registry.rebind("jmxrmi", stub)).hasStackTraceContaining("REJECTED");
            assertThatThrownBy(() -> registry.bind("other", stub)).hasStackTraceContaining("REJECTED");
            assertThatCode(() -> JMXConnectorFactory.connect(jmx.address()).close())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void thePasswordFileIsForItsOwnerOnly() throws Exception {
        for (String permissions : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
            Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString(permissions));
            assertThatThrownBy(this::withPasswords)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("chmod 600 " + passwords);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "operator",
                "operator s3cret admin",
                "operator s3cret readwrite more",
                "op:erator s3cret",
                "viewer s3cret\nviewer s3cret"
            })
    void aWrongLineIsToldWithItsNumberAndWithoutThePassword(String lines) throws Exception {
        write("# comment\n" + lines + "\n");
        assertThatThrownBy(this::withPasswords)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(passwords + ":" + (lines.contains("\n") ? 3 : 2))
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void aFileWithoutUsersOrNoFileIsTold() throws Exception {
        write("# nobody\n");
        assertThatThrownBy(this::withPasswords)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("names no user");
        Files.delete(passwords);
        assertThatThrownBy(this::withPasswords)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(passwords.toString());
    }

    @Test
    void aTakenPortIsTold() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> RemoteJmx.start(RemoteJmx.Settings.local(taken.getLocalPort()), server))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("Mend:");
        }
    }

    @Test
    void speaksTlsWithTheStandardProperties() throws Exception {
        assertThatThrownBy(() -> RemoteJmx.start(
                        new RemoteJmx.Settings("127.0.0.1", 9010, Optional.of(passwords), true), server))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("javax.net.ssl.keyStore");
        Path keys = directory.resolve("keys.p12");
        String java = System.getProperty("java.home") + "/bin/";
        run(
                java + "keytool",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "hub",
                "-dname",
                "CN=localhost",
                "-storepass",
                "changeit",
                "-keystore",
                keys.toString());
        // in a process of its own: Java reads these properties once
        String said = run(
                java + "java",
                "-cp",
                location(RemoteJmx.class) + ":" + location(RemoteJmxTest.class),
                "-Djavax.net.ssl.keyStore=" + keys,
                "-Djavax.net.ssl.keyStorePassword=changeit",
                "-Djavax.net.ssl.trustStore=" + keys,
                "-Djavax.net.ssl.trustStorePassword=changeit",
                TlsMain.class.getName(),
                Integer.toString(freePort()),
                passwords.toString());
        assertThat(said).contains("over TLS: 1 domain", "without TLS: refused");
    }

    /** Connects to itself over TLS, then without. */
    static final class TlsMain {
        private TlsMain() {}

        public static void main(String[] arguments) throws Exception {
            MBeanServer server = MBeanServerFactory.newMBeanServer();
            RemoteJmx.Settings settings = new RemoteJmx.Settings(
                    "localhost", Integer.parseInt(arguments[0]), Optional.of(Path.of(arguments[1])), true);
            Map<String, Object> environment = new HashMap<>();
            environment.put(JMXConnector.CREDENTIALS, new String[] {"viewer", "look-only"});
            try (RemoteJmx jmx = RemoteJmx.start(settings, server)) {
                JMXServiceURL address = jmx.address();
                environment.put("com.sun.jndi.rmi.factory.socket", new SslRMIClientSocketFactory());
                try (JMXConnector console = JMXConnectorFactory.connect(address, environment)) {
                    System.out.println(
                            "over TLS: " + console.getMBeanServerConnection().getDomains().length + " domain");
                }
                environment.remove("com.sun.jndi.rmi.factory.socket");
                try (JMXConnector console = JMXConnectorFactory.connect(address, environment)) {
                    System.out.println("without TLS: connected " + console.getConnectionId());
                } catch (IOException e) {
                    System.out.println("without TLS: refused");
                }
            }
        }
    }

    private RemoteJmx withPasswords() throws IOException {
        return RemoteJmx.start(new RemoteJmx.Settings("127.0.0.1", freePort(), Optional.of(passwords), false), server);
    }

    private static JMXConnector connect(RemoteJmx jmx, Object credentials) throws IOException {
        Map<String, Object> environment = new HashMap<>();
        environment.put(JMXConnector.CREDENTIALS, credentials);
        return JMXConnectorFactory.connect(jmx.address(), environment);
    }

    private void write(String lines) throws IOException {
        Files.deleteIfExists(passwords);
        Files.createFile(passwords, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passwords, lines);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    private static String run(String... command) throws Exception {
        Path output = Files.createTempFile("remote-jmx", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(40, TimeUnit.SECONDS);
            process.destroyForcibly();
            String said = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(ended).as(said).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            return said;
        } finally {
            Files.delete(output);
        }
    }
}
