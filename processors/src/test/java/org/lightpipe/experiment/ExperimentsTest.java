package org.lightpipe.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.Monitors;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.TestConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.core.ConflictException;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.storage.Storages;

class ExperimentsTest {

    private static final String FORM = """
            name: gup-1
            beamline: 2-BM
            title: Teeth
            start: 2026-11-24
            end: 2026-11-26
            users:
              - {name: ada, role: PI}
              - {name: jonas}
            """;

    private final TestCatalog catalog = TestCatalog.empty();

    @TempDir
    private Path directory;

    private Path storage;
    private Experiments experiments;

    @BeforeEach
    void make() throws Exception {
        storage = directory.resolve("storage");
        Object group = Files.getAttribute(directory, "posix:group");
        experiments =
                experiments(new Storage("2-BM", "file:" + storage, Optional.of(group.toString()), 02770, 0640), "");
    }

    private Experiments experiments(Storage where, String watch) {
        TestConfiguration configuration = TestConfiguration.of(storage).with(where);
        return new Experiments(
                catalog.jdbc(),
                catalog.transactions(),
                catalog.work(),
                (watch.isEmpty() ? configuration : configuration.watching(watch)).live(),
                new Storages(new DefaultCamelContext()),
                new Monitors(catalog.jdbc(), new Audit(catalog.jdbc())),
                new Audit(catalog.jdbc()));
    }

    private Map<String, Object> prepare() throws Exception {
        for (Map<String, Object> row : catalog.claim(Step.EXPERIMENT)) {
            experiments.prepare(row);
        }
        return catalog.rows("select * from experiment").get(0);
    }

    @Test
    void aFormBecomesAnExperimentWithDirectoriesAndUsers() throws Exception {
        assertThat(experiments.record("form.yaml", FORM, "op")).isEqualTo("gup-1");

        Map<String, Object> row = prepare();

        assertThat(row).containsEntry("state", "READY").containsEntry("root_path", "2-BM/gup-1");
        assertThat(row.get("form").toString()).contains("\"start\": \"2026-11-24\"");
        assertThat(catalog.rows("select username, role from experiment_user order by username"))
                .containsExactly(Map.of("username", "ada", "role", "PI"), Map.of("username", "jonas", "role", "User"));
        for (String made : List.of("2-BM", "2-BM/gup-1", "2-BM/gup-1/data", "2-BM/gup-1/analysis")) {
            Path path = storage.resolve(made);
            assertThat((int) Files.getAttribute(path, "unix:mode") & 07777)
                    .as(made)
                    .isEqualTo(02770);
            assertThat(Files.getAttribute(path, "posix:group")).isEqualTo(Files.getAttribute(directory, "posix:group"));
        }
        assertThat(catalog.rows("select * from daq")).isEmpty();
        assertThat(experiments.list("ada", false)).hasSize(1);
        assertThat(experiments.list("eve", false)).isEmpty();
        assertThat(experiments.list("op", true)).hasSize(1);
    }

    @Test
    void preparingTwiceIsPreparingOnceAndKeepsWhatAPersonChanged() throws Exception {
        experiments.record("form", FORM, "op");
        Map<String, Object> row = catalog.claim(Step.EXPERIMENT).get(0);
        Files.createDirectories(storage.resolve("2-BM/gup-1/data"));
        Files.setAttribute(storage.resolve("2-BM/gup-1/data"), "unix:mode", 0700);

        experiments.prepare(row);
        experiments.prepare(row);

        assertThat((int) Files.getAttribute(storage.resolve("2-BM/gup-1/data"), "unix:mode") & 07777)
                .isEqualTo(0700);
        assertThat(catalog.rows("select state from experiment")).containsExactly(Map.of("state", "READY"));
    }

    @Test
    void aWatchedDirectoryGetsItsMonitorOnce() throws Exception {
        Path watched = Files.createDirectories(directory.resolve("detector/gup-1"));
        experiments = experiments(
                new Storage("2-BM", "file:" + storage, Optional.empty(), 02770, 0640),
                directory + "/detector/{experiment}");
        experiments.record("form", FORM, "op");
        prepare();
        prepare();
        assertThat(catalog.rows("select directory, state, started_by from daq"))
                .containsExactly(Map.of("directory", watched.toString(), "state", "RUNNING", "started_by", "op"));
    }

    @Test
    void aNameIsTakenOnce() {
        experiments.record("form", FORM, "op");
        assertThatThrownBy(() -> experiments.record("form", FORM, "op"))
                .isInstanceOf(ConflictException.class)
                .hasMessage("experiment 'gup-1' exists already; choose another name");
        assertThat(catalog.rows("select * from experiment")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: gup-1 | nmae: gup-1 | form.yaml:1: name: is missing",
                "name: gup-1 | nmae: gup-1 | form.yaml:1: nmae: is not a known field (did you mean 'name'?)",
                "name: gup-1 | name: a/b | form.yaml:1: name: 'a/b' cannot be used as a name",
                "name: gup-1 | name: .. | form.yaml:1: name: '..' cannot be used as a name",
                "name: gup-1 | name: 'a; rm -rf' | form.yaml:1: name: 'a; rm -rf' cannot be used as a name",
                "name: gup-1 | name: [a] | form.yaml:1: name: is not a single value",
                "beamline: 2-BM | beamline: 2-BN | form.yaml:2: beamline: beamline '2-BN' is not configured",
                "title: Teeth | rootPath: a/../../b | form.yaml:3: rootPath: 'a/../../b' is not a path below the storage",
                "title: Teeth | rootPath: /etc | form.yaml:3: rootPath: '/etc' is not a path below the storage",
                "title: Teeth | type: a/b | form.yaml:3: type: 'a/b' cannot be used as a name",
                "title: Teeth | watch: /no/such/dir | form.yaml: watch: /no/such/dir does not exist on this machine",
                "title: Teeth | watch: relative | form.yaml: watch: 'relative' is not an absolute path",
                "title: Teeth | watch: /etc/passwd | form.yaml: watch: /etc/passwd is not a directory",
                "start: 2026-11-24 | start: tomorrow | form.yaml:4: start: 'tomorrow' is not a date",
                "end: 2026-11-26 | end: 2026-11-23 | form.yaml:5: end: is before the start",
                "role: PI | role: Boss | form.yaml:7: users[0].role: 'Boss' is not one of PI, User, Contact",
                "jonas | ada | form.yaml:8: users[1].name: 'ada' is listed twice",
                "jonas | ../x | form.yaml:8: users[1].name: '../x' cannot be used as a name"
            })
    void aWrongFormIsRefusedInWordsAndNothingIsRecorded(String written, String mistake, String expected) {
        assertThat(FORM).contains(written);

        assertThatThrownBy(() -> experiments.record("form.yaml", FORM.replace(written, mistake), "op"))
                .isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(e.getMessage().lines()).anyMatch(line -> line.startsWith(expected)));

        assertThat(catalog.rows("select * from experiment")).isEmpty();
        assertThat(catalog.rows("select * from audit_event")).isEmpty();
        assertThat(storage).doesNotExist();
    }

    @Test
    void aGroupThatIsNotThereIsToldInWords() {
        experiments =
                experiments(new Storage("2-BM", "file:" + storage, Optional.of("no-such-group-x"), 02770, 0640), "");
        experiments.record("form", FORM, "op");
        assertThatThrownBy(this::prepare)
                .hasMessage("group 'no-such-group-x' does not exist on this machine; create it or change 'group'");
    }
}
