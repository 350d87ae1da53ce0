package org.lightpipe.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.config.Storage;
import org.lightpipe.sftp.SshServer;

/** A storage that Camel's URI describes, on OpenSSH's own server. */
class SftpSessionTest {

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
    void writesReadsRenamesAndRemoves() throws Exception {
        byte[] bytes = new byte[5_000_001];
        new Random(1).nextBytes(bytes);
        try (Storages storages = storages();
                StorageSession session = storages.open(storage("", ""))) {
            for (String name : List.of("plain", "a*b?", "back\\slash", "raw\uF7FF")) {
                String directory = "exp/" + name;
                session.createDirectories(directory);
                session.createDirectories(directory);
                session.write(directory + "/f", new ByteArrayInputStream(new byte[10]));
                session.write(directory + "/f", new ByteArrayInputStream(bytes));
                assertThat(session.exists(directory + "/f")).isTrue();
                session.write(directory + "/g", new ByteArrayInputStream(new byte[10]));
                session.rename(directory + "/f", directory + "/g");
                assertThat(session.exists(directory + "/f")).isFalse();
                try (InputStream back = session.read(directory + "/g")) {
                    assertThat(back.readAllBytes()).isEqualTo(bytes);
                }
                session.delete(directory + "/g");
                session.delete(directory + "/g");
                assertThat(session.exists(directory + "/g")).isFalse();
            }
            assertThatThrownBy(() -> session.read("exp/none").close()).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> session.rename("exp/none", "exp/there")).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> session.delete("../sshd_config")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void modesAreThoseOfTheStorageOrOfTheOptions() throws Exception {
        try (Storages storages = storages()) {
            try (StorageSession session = storages.open(storage("modes", ""))) {
                session.createDirectories("d");
                session.write("d/f", new ByteArrayInputStream(new byte[1]));
            }
            try (StorageSession session = storages.open(storage("modes", "&chmod=604&chmodDirectory=705"))) {
                session.createDirectories("e");
                session.write("e/f", new ByteArrayInputStream(new byte[1]));
            }
        }
        Path far = server.far().resolve("modes");
        assertThat(mode(far.resolve("d"))).isEqualTo(02770);
        assertThat(mode(far.resolve("d/f"))).isEqualTo(0640);
        assertThat(mode(far.resolve("e"))).isEqualTo(0705);
        assertThat(mode(far.resolve("e/f"))).isEqualTo(0604);
    }

    @Test
    void whoComesAgainFindsTheSameConnection() throws Exception {
        try (Storages storages = storages()) {
            Storage storage = storage("", "");
            assertThat(storages.far(storage).pool())
                    .isSameAs(storages.far(storage).pool());
            for (int i = 0; i < 20; i++) {
                try (StorageSession session = storages.open(storage)) {
                    assertThat(session.exists("none")).isFalse();
                }
            }
        }
    }

    private static Storages storages() {
        return new Storages(new DefaultCamelContext());
    }

    private static Storage storage(String path, String more) throws Exception {
        return new Storage("far", server.uri(server.port(), path) + more, Optional.empty(), 02770, 0640);
    }

    private static int mode(Path path) throws Exception {
        return (Integer) Files.getAttribute(path, "unix:mode") & 07777;
    }
}
