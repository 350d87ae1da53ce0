package org.lightpipe.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class PostgresBinariesTest {

    /** One entry; the target makes it a link. */
    private record Entry(String name, byte kind, String target) {
        static Entry file(String name) {
            return new Entry(name, TarConstants.LF_NORMAL, "");
        }

        static Entry link(String name, String target) {
            return new Entry(name, TarConstants.LF_SYMLINK, target);
        }
    }

    static Stream<List<Entry>> hostile() {
        return Stream.of(
                List.of(Entry.file("../outside")),
                List.of(Entry.file("bin/../../outside")),
                List.of(Entry.link("bin", "..")),
                List.of(Entry.link("lib/a", "../../outside")),
                List.of(Entry.link("lib/a", "/etc/passwd")),
                List.of(Entry.link("lib/a", "b"), Entry.link("lib/b", "../.."), Entry.file("lib/a/outside")),
                List.of(new Entry("hard", TarConstants.LF_LINK, "../outside")),
                List.of(new Entry("device", TarConstants.LF_CHR, "")),
                List.of(new Entry("pipe", TarConstants.LF_FIFO, "")));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void nothingIsWrittenOutside(List<Entry> entries, @TempDir Path directory) throws Exception {
        Path inner = Files.createDirectories(directory.resolve("inner/most"));
        byte[] archive = archive(entries);
        assertThatThrownBy(() -> PostgresBinaries.extract(new ByteArrayInputStream(archive), inner))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the archive holds");
        try (Stream<Path> all = Files.walk(directory)) {
            assertThat(all).noneMatch(path -> path.endsWith("outside"));
        }
    }

    @Test
    void aGoodArchiveIsUnpackedWithLinksAndModes(@TempDir Path directory) throws Exception {
        byte[] archive = archive(List.of(Entry.file("lib/x.so.1"), Entry.link("lib/x.so", "x.so.1")));
        PostgresBinaries.extract(new ByteArrayInputStream(archive), directory);
        assertThat(directory.resolve("lib/x.so")).isSymbolicLink().hasContent("content");
        assertThat(Files.isExecutable(directory.resolve("lib/x.so.1"))).isFalse();
    }

    @Test
    void aTruncatedArchiveIsAnError(@TempDir Path directory) throws Exception {
        byte[] archive = archive(List.of(Entry.file("a")));
        assertThatThrownBy(() ->
                        PostgresBinaries.extract(new ByteArrayInputStream(archive, 0, archive.length / 2), directory))
                .isInstanceOf(IOException.class);
    }

    @Test
    void anUnknownMachineIsToldWhatToDo() {
        assertThatThrownBy(() -> PostgresBinaries.archiveOf("Linux", "riscv64"))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("riscv64")
                .hasMessageContaining("LIGHTPIPE_DATABASE_URL");
        assertThatThrownBy(() -> PostgresBinaries.archiveOf("Mac OS X", "aarch64"))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("Mac OS X");
        assertThat(PostgresBinaries.archiveOf("Linux", "aarch64")).isNotNull();
        assertThat(PostgresBinaries.archiveOf("Linux", "amd64")).isNotNull();
    }

    private static byte[] archive(List<Entry> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new XZOutputStream(bytes, new LZMA2Options(LZMA2Options.PRESET_MIN)))) {
            for (Entry entry : entries) {
                TarArchiveEntry made = new TarArchiveEntry(entry.name, entry.kind, true);
                byte[] content =
                        entry.kind == TarConstants.LF_NORMAL ? "content".getBytes(StandardCharsets.UTF_8) : new byte[0];
                made.setSize(content.length);
                made.setLinkName(entry.target);
                tar.putArchiveEntry(made);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }
}
