package org.lightpipe.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.core.Sha256;

/** Against OpenSSH's own server. */
class SftpConnectionTest {

    @TempDir
    static Path directory;

    private static SshServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = SshServer.start(directory);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void requestsAboutOneFileNeedNotWaitForEachOther() throws Exception {
        try (SftpConnection connection = SftpConnection.open(server.access(server.port()))) {
            assertThat(connection.replaces()).isTrue();
            assertThat(connection.flushes()).isTrue();
            assertThat(connection.writeChunk()).isGreaterThan(200_000);
            byte[] handle = connection.await(connection.open(
                    path("a"), OpenFlags.READ | OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.NEW, Attributes.none()));
            byte[] bytes = "some bytes".getBytes(StandardCharsets.US_ASCII);
            CompletableFuture<Void> written = connection.write(handle, 3, bytes, 0, bytes.length);
            CompletableFuture<SftpConnection.Bytes> back = connection.read(handle, 0, 100);
            CompletableFuture<Attributes> attributes = connection.attributes(handle);
            CompletableFuture<Void> flushed = connection.flush(handle);
            CompletableFuture<Void> closed = connection.close(handle);
            connection.await(closed);
            assertThat(List.of(written, flushed)).allMatch(CompletableFuture::isDone);
            assertThat(connection.await(attributes).size()).hasValue(13);
            assertThat(connection.await(back).count()).isEqualTo(13);
            assertThat(server.far().resolve("a")).hasContent("\0\0\0some bytes");
        }
    }

    @Test
    void thousandsMayBeOnTheirWay() throws Exception {
        try (SftpConnection connection = SftpConnection.open(server.access(server.port()))) {
            List<CompletableFuture<Attributes>> answers = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                answers.add(connection.stat(path(i % 2 == 0 ? "." : "missing")));
            }
            for (int i = 0; i < answers.size(); i++) {
                CompletableFuture<Attributes> answer = answers.get(i);
                if (i % 2 == 0) {
                    assertThat(connection.await(answer).isDirectory()).isTrue();
                } else {
                    assertThatThrownBy(() -> connection.await(answer))
                            .isInstanceOfSatisfying(
                                    SftpStatusException.class,
                                    e -> assertThat(e.isMissing()).isTrue());
                }
            }
        }
    }

    @Test
    void theFarSideComputesDigests() throws Exception {
        Files.writeString(server.far().resolve("one"), "1");
        Files.writeString(server.far().resolve("-two\n'"), "2");
        try (SftpConnection connection = SftpConnection.open(server.access(server.port()))) {
            assertThat(connection.digests().available()).isTrue();
            assertThat(connection.digests().of(List.of(path("one"), path("missing"), path("-two\n'")), 2))
                    .containsExactly(
                            Optional.of(Sha256.of(new byte[] {'1'})),
                            Optional.empty(),
                            Optional.of(Sha256.of(new byte[] {'2'})));
        }
    }

    @Test
    void whereThereIsNoShellThereAreNoFarDigests() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("no-shell"));
        try (SshServer sftpOnly = SshServer.start(
                        elsewhere,
                        "Subsystem sftp internal-sftp\nForceCommand internal-sftp -d " + directory.resolve("far"));
                SftpConnection connection = SftpConnection.open(sftpOnly.access(sftpOnly.port()))) {
            assertThat(connection.digests().available()).isFalse();
            assertThat(connection.await(connection.stat(path("."))).isDirectory())
                    .isTrue();
        }
    }

    @Test
    void aConnectionThatBreaksFailsAllThatIsOnItsWay() throws Exception {
        try (FaultyProxy proxy = new FaultyProxy(server.port(), () -> Long.MAX_VALUE);
                SftpConnection connection = SftpConnection.open(server.access(proxy.port()))) {
            proxy.fallSilent();
            List<CompletableFuture<Attributes>> answers =
                    List.of(connection.stat(path(".")), connection.stat(path(".")));
            proxy.cut();
            for (CompletableFuture<Attributes> answer : answers) {
                assertThatThrownBy(() -> connection.await(answer)).isInstanceOf(SftpConnectionException.class);
            }
            assertThat(connection.isOpen()).isFalse();
            assertThatThrownBy(() -> connection.stat(path("."))).isInstanceOf(SftpConnectionException.class);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("sftp-write")));
    }

    @Test
    void anUnknownHostKeyIsRefused() throws Exception {
        Path nobody = Files.createFile(directory.resolve("knows_nobody"));
        assertRefused(
                server.access(server.port(), "user_key", nobody, Duration.ofSeconds(5)),
                "the host key of the server is not known; compare it with that of the server and add it to " + nobody);
    }

    @Test
    void anotherHostKeyIsRefused() throws Exception {
        assertRefused(
                server.access(
                        server.port(), "user_key", server.known(server.port(), "other_key"), Duration.ofSeconds(5)),
                "the host key of the server is not the one that is known");
    }

    @Test
    void aKeyThatTheServerDoesNotKnowIsRefused() throws Exception {
        assertRefused(
                server.access(server.port(), "other_key", server.known(server.port()), Duration.ofSeconds(5)),
                "the server does not let us in");
    }

    @Test
    void aKeyThatIsNotThereIsSaidToBeMissing() throws Exception {
        assertRefused(
                server.access(server.port(), "no_key", server.known(server.port()), Duration.ofSeconds(5)), "no_key");
    }

    @Test
    void aServerThatSaysNothingIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            SftpAccess usual = server.access(silent.getLocalPort());
            SftpAccess impatient = new SftpAccess(
                    usual.host(),
                    usual.port(),
                    usual.user(),
                    usual.credentials(),
                    usual.hostKeys(),
                    Map.of(),
                    new SftpAccess.Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ZERO, 1));
            assertRefused(impatient, "no answer within 1 s");
        }
    }

    @Test
    void aHostThatDoesNotExistIsSaidToBeUnknown() throws Exception {
        SftpAccess usual = server.access(server.port());
        assertRefused(
                new SftpAccess(
                        "no-such-host.invalid",
                        22,
                        usual.user(),
                        usual.credentials(),
                        usual.hostKeys(),
                        Map.of(),
                        usual.timeouts()),
                "there is no host of that name");
    }

    @Test
    void aServerWithoutSftpSaysSo() throws Exception {
        try (SshServer shellOnly =
                SshServer.start(Files.createDirectory(directory.resolve("shell-only")), "PrintMotd no")) {
            assertRefused(shellOnly.access(shellOnly.port()), "lets us in, but offers no SFTP");
        }
    }

    @Test
    void secretsStayOutOfWhatIsPrinted() {
        SftpAccess.Credentials secret = new SftpAccess.Credentials(
                Optional.of("hush"), Optional.empty(), Optional.of(new byte[] {1}), Optional.of("hush"));
        assertThat(secret.toString()).doesNotContain("hush");
    }

    @Test
    void pathsStayBelowTheirRoot() {
        FarPath paths = new FarPath("root");
        assertThat(paths.of("a/b")).isEqualTo(path("root/a/b"));
        assertThat(new FarPath("").of("")).isEqualTo(path("."));
        for (String path : List.of("../a", "a/../b", "/etc", "a//b", "a/", "a/\0", ".")) {
            assertThatThrownBy(() -> paths.of(path))
                    .as(path)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("leads out of the storage");
        }
    }

    private static void assertRefused(SftpAccess access, String words) {
        assertThatThrownBy(() -> SftpConnection.open(access).close())
                .isInstanceOf(SftpConnectionException.class)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(words);
    }

    private static byte[] path(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
