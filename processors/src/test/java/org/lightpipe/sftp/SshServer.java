package org.lightpipe.sftp;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * OpenSSH's own server on a free port of the loopback, for the user that runs the tests, with keys that are made for
 * it.
 */
public final class SshServer implements AutoCloseable {

    private final Path directory;
    private final int port;
    private final Process process;

    private SshServer(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** A server with a shell, whose SFTP begins in {@link #far}. Without OpenSSH it skips the test, or fails it in CI. */
    public static SshServer start(Path directory) throws IOException, InterruptedException {
        return start(directory, "Subsystem sftp internal-sftp -d " + directory.resolve("far"));
    }

    /** A server with other settings. */
    public static SshServer start(Path directory, String settings) throws IOException, InterruptedException {
        Optional<Path> sshd = program("sshd");
        need(sshd.isPresent(), "sshd is missing: apt-get install openssh-server");
        Files.createDirectories(directory.resolve("far"));
        if ("root".equals(System.getProperty("user.name"))) {
            // OpenSSH insists on it, empty and root's.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        for (String key : List.of("host_key", "user_key", "other_key")) {
            if (!Files.exists(directory.resolve(key))) {
                run(
                        "ssh-keygen",
                        "-q",
                        "-t",
                        "ed25519",
                        "-N",
                        "",
                        "-f",
                        directory.resolve(key).toString());
            }
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path config = directory.resolve("sshd_config");
        Files.writeString(config, """
                ListenAddress 127.0.0.1
                Port %d
                HostKey %s
                PidFile none
                AuthorizedKeysFile %s
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PermitRootLogin prohibit-password
                UsePAM no
                StrictModes no
                MaxStartups 100:30:200
                %s
                """.formatted(
                        port, directory.resolve("host_key"), directory.resolve("user_key.pub"), settings));
        Process process = new ProcessBuilder(sshd.get().toString(), "-D", "-e", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("sshd.log").toFile())
                .start();
        SshServer server = new SshServer(directory, port, process);
        Awaitility.await("sshd answers")
                .atMost(Duration.ofSeconds(15))
                .ignoreExceptions()
                .until(() -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                        return true;
                    }
                });
        return server;
    }

    public int port() {
        return port;
    }

    /** Where the paths of its clients begin. */
    public Path far() {
        return directory.resolve("far");
    }

    /** Its way in, or that of a proxy to it on another port. */
    public SftpAccess access(int reachedAt) throws IOException {
        return access(reachedAt, "user_key", known(reachedAt), Duration.ofSeconds(20));
    }

    public SftpAccess access(int reachedAt, String key, Path known, Duration answer) {
        return new SftpAccess(
                "127.0.0.1",
                reachedAt,
                System.getProperty("user.name"),
                new SftpAccess.Credentials(
                        Optional.empty(),
                        Optional.of(directory.resolve(key).toString()),
                        Optional.empty(),
                        Optional.empty()),
                new SftpAccess.HostKeys(Optional.of(known.toString()), Optional.empty(), "yes"),
                Map.of(),
                new SftpAccess.Timeouts(Duration.ofSeconds(10), answer, Duration.ofSeconds(10), 2));
    }

    /** A file that knows its host key. */
    public Path known(int reachedAt) throws IOException {
        return known(reachedAt, "host_key");
    }

    public Path known(int reachedAt, String key) throws IOException {
        String[] parts = Files.readString(directory.resolve(key + ".pub")).split(" ");
        Path known = directory.resolve("known_hosts_" + reachedAt + "_" + key);
        Files.writeString(known, "[127.0.0.1]:" + reachedAt + " " + parts[0] + " " + parts[1] + "\n");
        return known;
    }

    /** URI of a storage behind it, with the options of Camel's endpoint. */
    public String uri(int reachedAt, String path) throws IOException {
        return "sftp:" + System.getProperty("user.name") + "@127.0.0.1:" + reachedAt + "/" + path + "?privateKeyFile="
                + directory.resolve("user_key") + "&knownHostsFile=" + known(reachedAt) + "&strictHostKeyChecking=yes";
    }

    public String log() throws IOException {
        return Files.readString(directory.resolve("sshd.log"));
    }

    /** Ends the test with one line unless what it needs is there. */
    public static void need(boolean there, String otherwise) {
        if (!there) {
            if ("true".equals(System.getenv("CI"))) {
                fail(otherwise);
            }
            Assumptions.abort(otherwise);
        }
    }

    private static Optional<Path> program(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/sbin", "/sbin", "/usr/bin"))
                .filter(part -> !part.isEmpty())
                .map(part -> Path.of(part, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Runs a program to its end. */
    public static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(5, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
