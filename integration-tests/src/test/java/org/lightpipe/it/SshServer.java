package org.lightpipe.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * OpenSSH's own server on a free port of the loopback, for the user that runs the tests, with keys that are made for
 * it. Whatever is asked of it is answered by SFTP below one directory.
 */
final class SshServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(15);

    private final Path directory;
    private final int port;
    private final Process process;

    private SshServer(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** Skips the test, or fails it in CI, where there is no OpenSSH server. */
    static SshServer start(Path directory) throws IOException, InterruptedException {
        return start(directory, "internal-sftp -d " + directory.resolve("far"));
    }

    /**
     * A server that sometimes lies: it reports success for a write and stores something else, once for each file
     * {@link #lie()} that it finds.
     */
    static SshServer startLiar(Path directory) throws IOException, InterruptedException {
        Path filter = Files.writeString(directory.resolve("filter.pl"), """
                use strict;
                use IPC::Open2;
                my ($far, $lie) = @ARGV;
                my $server = open2(my $from, my $to, '/usr/lib/openssh/sftp-server', '-d', $far);
                sub get { my ($in, $count) = @_; my $all = '';
                    while (length($all) < $count) {
                        sysread($in, $all, $count - length($all), length($all)) or exit 0;
                    }
                    return $all; }
                sub put { my ($out, $all) = @_; my $at = 0;
                    while ($at < length($all)) {
                        my $count = syswrite($out, $all, length($all) - $at, $at);
                        exit 0 unless defined $count;
                        $at += $count;
                    } }
                if (my $child = fork()) {
                    close $from;
                    while (1) {
                        my $head = get(\\*STDIN, 4);
                        my $packet = get(\\*STDIN, unpack('N', $head));
                        if (ord($packet) == 6 && length($packet) > 1000 && unlink($lie)) {
                            substr($packet, -500, 1) ^= "\\x04";
                        }
                        put($to, $head . $packet);
                    }
                } else {
                    close $to;
                    my $some;
                    while (sysread($from, $some, 65536)) { put(\\*STDOUT, $some); }
                }
                """);
        return start(
                directory, "/usr/bin/perl " + filter + " " + directory.resolve("far") + " " + directory.resolve("lie"));
    }

    /** The file that makes a lying server lie once. */
    Path lie() {
        return directory.resolve("lie");
    }

    private static SshServer start(Path directory, String subsystem) throws IOException, InterruptedException {
        Optional<Path> sshd = Peers.program("sshd");
        Peers.need(sshd.isPresent(), "sshd is missing: apt-get install openssh-server");
        Files.createDirectories(directory.resolve("far"));
        if (Peers.isRoot()) {
            // OpenSSH insists on it, empty and root's.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        for (String key : List.of("host_key", "user_key")) {
            Peers.run(
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-f",
                    directory.resolve(key).toString());
        }
        int port = HubProcess.freePort();
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
                Subsystem sftp %s
                """.formatted(
                        port, directory.resolve("host_key"), directory.resolve("user_key.pub"), subsystem));
        Process process = new ProcessBuilder(sshd.get().toString(), "-D", "-e", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("sshd.log").toFile())
                .start();
        SshServer server = new SshServer(directory, port, process);
        Bounded.until("sshd answers", START, server::log, () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return true;
            }
        });
        return server;
    }

    int port() {
        return port;
    }

    /** Where the paths of its clients begin. */
    Path far() {
        return directory.resolve("far");
    }

    /** URI of a storage behind it, or behind a proxy to it that listens on another port. */
    String uri(int reachedAt, String path, String more) throws IOException {
        String[] key = Files.readString(directory.resolve("host_key.pub")).split(" ");
        Path known = directory.resolve("known_hosts_" + reachedAt);
        Files.writeString(known, "[127.0.0.1]:" + reachedAt + " " + key[0] + " " + key[1] + "\n");
        return "sftp:" + System.getProperty("user.name") + "@127.0.0.1:" + reachedAt + "/" + path + "?privateKeyFile="
                + directory.resolve("user_key") + "&knownHostsFile=" + known + "&strictHostKeyChecking=yes" + more;
    }

    String log() {
        try {
            return Files.readString(directory.resolve("sshd.log"));
        } catch (IOException e) {
            return e.toString();
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
