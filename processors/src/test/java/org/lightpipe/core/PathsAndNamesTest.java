package org.lightpipe.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathsAndNamesTest {

    private static final Path ROOT = Path.of("/storage/root");

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("..", ".", "", "a", "b c", "...", "~", "\\", "..\\", "a..", "é", "/")
                .list()
                .ofMaxSize(8)
                .map(parts -> parts.stream().collect(Collectors.joining("/")));
    }

    @Property
    void aResolvedPathIsBelowItsRoot(@ForAll("paths") String relative) {
        try {
            Path resolved = RootedPath.resolve(ROOT, relative);
            assertThat(resolved).isNormalized().isAbsolute().startsWithRaw(ROOT).isNotEqualTo(ROOT);
        } catch (IllegalArgumentException e) {
            assertThat(ROOT.resolve(relative).normalize())
                    .satisfiesAnyOf(
                            path -> assertThat(path.startsWith(ROOT)).isFalse(),
                            path -> assertThat(path).isEqualTo(ROOT));
        }
    }

    @Property
    void anyTextStaysBelowOrIsRefused(@ForAll String relative) {
        try {
            assertThat(RootedPath.resolve(ROOT, relative)).startsWithRaw(ROOT);
        } catch (InvalidPathException e) {
            assertThat(relative).contains("\0");
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("leads out of");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../x", "a/../../x", "/etc/passwd", "", ".", "a/..", "../root", "../root2/x"})
    void whatLeadsOutIsRefused(String relative) {
        assertThatThrownBy(() -> RootedPath.resolve(ROOT, relative)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void aSafeNameIsOnePlainSegment(@ForAll String name) {
        if (Names.isSafe(name)) {
            assertThat(name).matches("[A-Za-z0-9][A-Za-z0-9._-]*").doesNotContain("..");
            assertThat(RootedPath.resolve(ROOT, name).getParent()).isEqualTo(ROOT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "2-BM", "gup_2026.1", "A-b.c"})
    void safeNames(String name) {
        assertThat(Names.isSafe(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", ".a", "-a", "_a", "a..b", "a/b", "a b", "a\n", "\na", "ü", "a\0", "$(x)", "a;b"})
    void unsafeNames(String name) {
        assertThat(Names.isSafe(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101})
    void namesHaveAnEnd(int length) {
        assertThat(Names.isSafe("a".repeat(length))).isEqualTo(length <= 100);
    }
}
