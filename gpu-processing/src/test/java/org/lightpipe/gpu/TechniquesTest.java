package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.gpu.technique.Technique;

/** Techniques from jars in a folder. */
class TechniquesTest {

    @TempDir
    Path directory;

    private Techniques load() {
        return Techniques.load(getClass().getClassLoader(), Optional.of(directory));
    }

    @Test
    void techniquesOfTheClassPathAreFoundByName() {
        try (Techniques techniques = Techniques.load(getClass().getClassLoader(), Optional.empty())) {
            assertThat(techniques.get("probe")).isInstanceOf(ProbeTechnique.class);
            assertThat(techniques.all()).extracting(Technique::name).isSorted();
            assertThat(techniques.problems()).isEmpty();
            assertThatThrownBy(() -> techniques.get("prode"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("gpu:prode: there is no such technique; there are ")
                    .hasMessageContaining("(did you mean probe?)");
        }
    }

    @Test
    void aJarDroppedIntoTheFolderAddsItsTechnique() throws Exception {
        TestJar.technique("darkest", "").in(directory);
        try (Techniques techniques = load()) {
            assertThat(techniques.get("darkest").summary()).isEqualTo("Finds the darkest pixel.");
            assertThat(techniques.get("probe")).isNotNull();
            assertThat(techniques.problems()).isEmpty();
        }
    }

    @Test
    void aFolderThatIsNotThereHasNone() {
        try (Techniques techniques =
                Techniques.load(getClass().getClassLoader(), Optional.of(directory.resolve("none")))) {
            assertThat(techniques.get("probe")).isNotNull();
            assertThat(techniques.problems()).isEmpty();
        }
    }

    @Test
    void whatCannotBeLoadedIsToldWithItsJarAndKeepsNothingElse() throws IOException {
        TestJar.technique("good", "").in(directory);
        TestJar.technique("throwing", "static { if (true) throw new IllegalStateException(\"no licence\"); }")
                .in(directory);
        TestJar.naming("org.example.Missing").in(directory, "missing.jar");
        TestJar.naming("java.lang.String").in(directory, "string.jar");
        Files.writeString(directory.resolve("text.jar"), "this is no jar");
        try (Techniques techniques = load()) {
            assertThat(techniques.get("good")).isNotNull();
            assertThat(techniques.problems())
                    .anyMatch(problem -> problem.contains("throwing.jar: org.example.Throwing cannot be loaded"))
                    .anyMatch(problem -> problem.contains(
                            "missing.jar: org.example.Missing cannot be loaded:" + " java.lang.ClassNotFoundException"))
                    .anyMatch(problem -> problem.contains("string.jar: java.lang.String cannot be loaded"))
                    .anyMatch(problem -> problem.contains("text.jar: cannot be read"));
            assertThatThrownBy(() -> techniques.get("throwing"))
                    .hasMessageContaining("not loaded: ")
                    .hasMessageContaining("throwing.jar");
        }
    }

    @Test
    void namesThatCannotBeUsedAreRefused() throws IOException {
        TestJar.technique("probe", "").in(directory);
        TestJar.technique("Capital", "").in(directory);
        TestJar.technique("greedy", "").withOption("backend").in(directory);
        try (Techniques techniques = load()) {
            assertThat(techniques.get("probe")).isInstanceOf(ProbeTechnique.class);
            assertThat(techniques.problems())
                    .hasSize(3)
                    .anyMatch(problem -> problem.contains(
                            "has the name 'probe', which " + ProbeTechnique.class.getName() + " has already"))
                    .anyMatch(problem -> problem.contains("has the name 'Capital'; lower case letters"))
                    .anyMatch(problem -> problem.contains("has the option backend"));
        }
    }
}
