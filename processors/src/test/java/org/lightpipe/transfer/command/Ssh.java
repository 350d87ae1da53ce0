package org.lightpipe.transfer.command;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.lightpipe.transfer.Needs;

/** OpenSSH's own server on a free port of the loopback, for the user that runs the tests, with keys made for it. */
final class Ssh implements AutoCloseable {

    private final Path directory;
    private final Process process;

    private Ssh(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    static Ssh start(Path directory) throws IOException, InterruptedException {
        Path sshd = Needs.program("sshd", "openssh-server");
        Path keygen = Needs.program("ssh-keygen", "openssh-client");
        if ("root".equals(System.getProperty("user.name"))) {
            // OpenSSH insists on it, empty and root's.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        for (String key : List.of("host_key", "user_key")) {
            Process made = new ProcessBuilder(
                            keygen.toString(),
                            "-q",
                            "-t",
                            "ed25519",
                            "-N",
                            "",
                            "-f",
                            directory.resolve(key).toString())
                    .inheritIO()
                    .start();
            if (!made.waitFor(30, TimeUnit.SECONDS) || made.exitValue() != 0) {
                throw new IOException("no key");
            }
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.writeString(directory.resolve("sshd_config"), """
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
                """.formatted(
                        port, directory.resolve("host_key"), directory.resolve("user_key.pub")));
        Files.writeString(directory.resolve("ssh_config"), """
                Host far
                HostName 127.0.0.1
                Port %d
                User %s
                IdentityFile %s
                IdentitiesOnly yes
                StrictHostKeyChecking no
                UserKnownHostsFile %s
                LogLevel ERROR
                BatchMode yes
                """.formatted(
                        port,
                        System.getProperty("user.name"),
                        directory.resolve("user_key"),
                        directory.resolve("known_hosts")));
        Process process = new ProcessBuilder(
                        sshd.toString(),
                        "-D",
                        "-e",
                        "-f",
                        directory.resolve("sshd_config").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("sshd.log").toFile())
                .start();
        Awaitility.await("sshd answers").atMost(Duration.ofSeconds(15)).until(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return new Ssh(directory, process);
    }

    /** Configuration of a client that knows the server as {@code far}. */
    Path clientConfiguration() {
        return directory.resolve("ssh_config");
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
