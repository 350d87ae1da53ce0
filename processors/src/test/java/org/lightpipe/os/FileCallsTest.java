package org.lightpipe.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FileCallsTest {

    @TempDir
    Path directory;

    @Test
    void timesAreKeptToTheNanosecondWhateverTheName() throws Exception {
        List<Path> files = List.of(
                directory.resolve("plain.h5"),
                directory.resolve("Mössbauer spectrum.h5"),
                // a name that is not UTF-8, and has a line in it
                Path.of(URI.create(directory.toUri() + "raw%FF%0Aline")));
        for (Path file : files) {
            Files.createFile(file);
            for (long nanoseconds : new long[] {1_700_000_000_123_456_789L, 0, -1_500_000_001L}) {
                FileCalls.setModified(file, nanoseconds);
                assertThat(Files.getLastModifiedTime(file)).isEqualTo(FileTime.from(nanoseconds, TimeUnit.NANOSECONDS));
            }
        }
    }

    @Test
    void aMissingFileIsToldByName() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> FileCalls.setModified(missing, 0))
                .isInstanceOf(IOException.class)
                .hasMessage(missing + ": No such file or directory");
    }

    @ParameterizedTest
    @CsvSource({
        "4.18.0-553.el8.x86_64, false",
        "5.7.19, false",
        "5.8.0, true",
        "5.14.0-427.el9, true",
        "6.1.0-18-amd64, true",
        "6.18-rc1, true",
        "unknown, false"
    })
    void onlyANewerLinuxTellsOfFailedWritesWhenAllIsFlushed(String version, boolean tells) {
        assertThat(FileCalls.tellsOfFailures(version)).isEqualTo(tells);
    }

    @Test
    void flushesAWholeFileSystemOrSaysThatItCannot() throws Exception {
        String type = Files.getFileStore(directory).type();
        try (FileCalls.WholeFlush flush = FileCalls.wholeFlush(directory).orElse(null)) {
            assertThat(flush != null)
                    .as(type)
                    .isEqualTo(List.of("ext4", "xfs", "btrfs").contains(type));
            if (flush != null) {
                flush.flush();
            }
        }
        // An answer of a file system in memory would prove nothing.
        assertThat(FileCalls.wholeFlush(Path.of("/proc"))).isEmpty();
    }

    @Test
    void aReflinkHasTheBytesOrIsNotMade() throws Exception {
        Path source = Files.writeString(directory.resolve("source"), "bytes");
        Path copy = directory.resolve("copy");
        if (FileCalls.reflink(source, copy, 0640)) {
            assertThat(copy).hasContent("bytes");
        } else {
            assertThat(copy).doesNotExist();
        }
        assertThat(FileCalls.reflink(directory.resolve("missing"), directory.resolve("none"), 0640))
                .isFalse();
        assertThat(directory.resolve("none")).doesNotExist();
    }

    @Test
    void aFileThatIsThereIsNotTakenForAReflink() throws Exception {
        Path source = Files.writeString(directory.resolve("source"), "bytes");
        Path there = Files.writeString(directory.resolve("there"), "other");
        assertThat(FileCalls.reflink(source, there, 0640)).isFalse();
        assertThat(there).hasContent("other");
    }

    @Test
    void theMaskOfNewFilesIsThatOfTheProcess() throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[0]);
        int mode = (Integer) Files.getAttribute(file, "unix:mode") & 0777;
        assertThat(mode).isEqualTo(0666 & ~FileCalls.umask());
    }

    @ParameterizedTest
    @EnumSource
    void errorsAreFoundInJavasWords(Errno error) {
        String words = LibC.calls().orElseThrow().strerror(number(error));
        assertThat(Errno.of(new IOException(words))).contains(error);
        assertThat(Errno.of(new FileSystemException("/a", null, words))).contains(error);
    }

    @Test
    void whatIsNoErrorOfTheSystemIsNone() {
        assertThat(Errno.of(new IOException("something else"))).isEmpty();
        assertThat(Errno.of(new IOException())).isEmpty();
        assertThat(Errno.of(new NoSuchFileException("/a"))).isEmpty();
    }

    private static int number(Errno error) {
        return switch (error) {
            case EPERM -> 1;
            case EIO -> 5;
            case EACCES -> 13;
            case EISDIR -> 21;
            case ENOSPC -> 28;
            case EROFS -> 30;
            case ENAMETOOLONG -> 36;
            case ENOTEMPTY -> 39;
            case ESTALE -> 116;
            case EDQUOT -> 122;
        };
    }
}
