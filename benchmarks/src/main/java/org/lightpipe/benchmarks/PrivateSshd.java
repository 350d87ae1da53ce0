package org.lightpipe.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** OpenSSH's server on a free port of the loopback, for the user that runs the benchmark, with keys made for it. */
final class PrivateSshd implements AutoCloseable {

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final Path directory;
    private final int port;
    private final Process process;

    private PrivateSshd(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** @param far directory in which its SFTP begins */
    static PrivateSshd start(Path directory, Path far) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        if ("root".equals(System.getProperty("user.name"))) {
            // OpenSSH insists on it, empty and root's.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        for (String key : List.of("host_key", "user_key")) {
            Tool.run(directory, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
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
                SetEnv HOME=%s
                Subsystem sftp internal-sftp -d %s
                """.formatted(
                        port,
                        directory.resolve("host_key"),
                        directory.resolve("user_key.pub"),
                        // What the profile of whoever runs this does at each login is nobody's merit.
                        directory,
                        far));
        String[] host = Files.readString(directory.resolve("host_key.pub")).split(" ");
        Files.writeString(
                directory.resolve("known_hosts"), "[127.0.0.1]:" + port + " " + host[0] + " " + host[1] + "\n");
        // The same cipher for everybody: the peers' own first choice is slower.
        Files.writeString(directory.resolve("ssh_config"), """
                Host far
                  HostName 127.0.0.1
                  Port %d
                  IdentityFile %s
                  IdentitiesOnly yes
                  UserKnownHostsFile %s
                  StrictHostKeyChecking yes
                  BatchMode yes
                  Ciphers aes128-gcm@openssh.com
                """.formatted(
                        port, directory.resolve("user_key"), directory.resolve("known_hosts")));
        Process process = new ProcessBuilder(sshd(), "-D", "-e", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("sshd.log").toFile())
                .start();
        PrivateSshd server = new PrivateSshd(directory, port, process);
        server.awaitAnswer();
        return server;
    }

    /** It insists on being called by its whole path. */
    private static String sshd() {
        return List.of("/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd").stream()
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElseThrow(() -> new UsageException("sshd is needed to measure against; install openssh-server"));
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        long end = System.nanoTime() + START_NANOS;
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end || !process.isAlive()) {
                    close();
                    throw new IOException("sshd did not start: " + Files.readString(directory.resolve("sshd.log")), e);
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    /** Configuration of OpenSSH's clients, which know the server as {@code far}. */
    Path clientConfig() {
        return directory.resolve("ssh_config");
    }

    /** URI of a storage behind it. */
    String uri(String path) {
        return "sftp:" + System.getProperty("user.name") + "@127.0.0.1:" + port + "/" + path + "?privateKeyFile="
                + directory.resolve("user_key") + "&knownHostsFile=" + directory.resolve("known_hosts")
                + "&strictHostKeyChecking=yes";
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
