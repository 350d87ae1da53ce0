package org.lightpipe.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RawNameTest {

    /** Any bytes that a name can be made of; those that begin characters of the escape range come often. */
    @Provide
    Arbitrary<byte[]> names() {
        return Arbitraries.oneOf(
                        Arbitraries.bytes(),
                        Arbitraries.of((byte) 0xef, (byte) 0x9e, (byte) 0x9f, (byte) 0x80, (byte) 0xbf, (byte) 'a'))
                .filter(b -> b != 0 && b != '/')
                .array(byte[].class)
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Property
    void bytesBecomeTextAndTheSameBytesAgain(@ForAll("names") byte[] name) {
        String text = RawName.text(name);
        assertThat(RawName.bytes(text)).isEqualTo(name);
        assertThat(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .as("a database can keep it")
                .isEqualTo(text);
    }

    @Property
    void differentNamesAreDifferentTexts(@ForAll("names") byte[] one, @ForAll("names") byte[] other) {
        assertThat(RawName.text(one).equals(RawName.text(other))).isEqualTo(Arrays.equals(one, other));
    }

    @Property
    void pathsGoThroughTextUnharmed(@ForAll("names") byte[] name) {
        String text = RawName.text(name);
        Path relative = RawName.path(text);
        assertThat(RawName.text(relative)).isEqualTo(text);
        assertThat(RawName.text(RawName.path("/tmp/" + text))).isEqualTo("/tmp/" + text);
        assertThat(Path.of("/tmp").resolve(relative)).isEqualTo(RawName.path("/tmp/" + text));
    }

    @Property
    void textThatIsAlreadyTextStaysAsItIs(@ForAll String text) {
        if (text.chars().noneMatch(c -> c >= 0xF780 && c <= 0xF7FF || Character.isSurrogate((char) c))) {
            assertThat(RawName.text(RawName.bytes(text))).isEqualTo(text);
            assertThat(RawName.bytes(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Property
    void nothingThatIsShownCanMoveTheCursor(@ForAll String text) {
        assertThat(RawName.shown(text)).doesNotMatch("(?s).*[\\p{Cntrl}\\u2028\\u2029\\u202a-\\u202e].*");
    }

    @Test
    void filesOfAnyNameAreFoundAgain(@TempDir Path directory) throws IOException {
        List<byte[]> names = List.of(
                new byte[] {(byte) 0xff, 'a'},
                new byte[] {'a', '\n', 'b'},
                new byte[] {(byte) 0xef, (byte) 0x9e, (byte) 0x80},
                new byte[] {(byte) 0xe9, 't', (byte) 0xe9},
                "%41 ${x};é\\".getBytes(StandardCharsets.UTF_8));
        for (byte[] name : names) {
            Files.write(RootedPath.resolve(directory, RawName.text(name)), name);
        }
        try (var files = Files.list(directory)) {
            List<Path> found = files.toList();
            assertThat(found).hasSize(names.size());
            for (Path file : found) {
                String text = RawName.text(file.getFileName());
                assertThat(RawName.bytes(text)).isEqualTo(Files.readAllBytes(file));
                assertThat(RawName.path(RawName.text(file))).isEqualTo(file);
            }
        }
    }

    /** A directory of that name at the root of the file system must not make a difference. */
    @Test
    void aRelativePathHasNoSlashAtItsEnd(@TempDir Path directory) throws IOException {
        String name = RawName.text(new byte[] {(byte) 0xff});
        Path made = Files.createDirectory(RootedPath.resolve(directory, name));
        assertThat(RawName.text(made)).isEqualTo(directory + "/" + name);
        assertThat(RawName.text(made.getFileName())).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"\uF7FFa, \\xffa", "a\\b, a\\\\b", "x\u202ey, x\\u202ey", "é, é"})
    void shown(String text, String shown) {
        assertThat(RawName.shown(text)).isEqualTo(shown);
    }

    @Test
    void linesAndTabsAreShown() {
        assertThat(RawName.shown("a\nb\rc\td\u001b[2J\u0085")).isEqualTo("a\\nb\\rc\\td\\x1b[2J\\u0085");
    }

    @Test
    void whatNoFileCanBeCalledIsRefused() {
        assertThatThrownBy(() -> RawName.path("a\0b")).isInstanceOf(InvalidPathException.class);
        assertThatThrownBy(() -> RawName.path("é\0b")).isInstanceOf(InvalidPathException.class);
        assertThatThrownBy(() -> RawName.bytes("a\ud800")).isInstanceOf(InvalidPathException.class);
        assertThatThrownBy(() -> RootedPath.resolve(Path.of("/root"), "../\uF7FF"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
