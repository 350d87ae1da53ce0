package org.lightpipe.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.core.Finding;
import org.lightpipe.core.Findings;

class ConfigurationReaderTest {

    private static final String BEAMLINE = """
            beamline: 2-BM
            station: sector-2
            storage:
              uri: "file:{{root}}/2-BM"
              group: users
              directoryMode: "2750"
            acquire:
              watch: /detector/{experiment}
              complete: marker
              marker: "{name}.ok"
              quiet: 5s
              include: ["**.h5", "*.{tif,tiff}"]
              exclude: "*_tmp*"
            dataset:
              name: (?<dataset>[^_]+)_.*
              quiet: 1min
              marker: "*.end"
              count: 3
            trigger:
              - workflow: tomography
                arguments: {axis: "12"}
                when: {files: "**.h5", has: /exchange/data}
            archive:
              tape: file:/tape
              after: 90d
              digest: sha256
              release: true
            metadata:
              keep: ["/entry/instrument/**", format]
              names:
                energy: [/entry/instrument/monochromator/energy, Energy]
            """;
    private static final String WORKFLOW = """
            name: tomography
            owner: tomo
            arguments:
              axis: "0"
              filter: {default: ramp, description: the filter}
            stages:
              02-REC:
                to: gpu:tomography
                parameters: {axis: $axis, file: "${filePath}"}
                outputs: ["$datasetName.h5"]
              01-LOOK:
                command: ls "$filePath"
                timeout: 5min
            """;

    @TempDir
    private Path config;

    private final Findings findings = new Findings();

    @BeforeEach
    void write() throws IOException {
        Files.createDirectories(config.resolve("beamlines"));
        Files.createDirectories(config.resolve("workflows"));
        Files.writeString(config.resolve("resources.yaml"), "resources: {big: {type: local, slots: 3}}\n");
        Files.writeString(config.resolve("beamlines/b.yaml"), BEAMLINE);
        Files.writeString(config.resolve("workflows/w.yaml"), WORKFLOW);
    }

    private Configuration read() {
        return new ConfigurationReader(config, text -> text.replace("{{root}}", "/data")).read(findings);
    }

    private List<String> found() {
        return findings.all().stream()
                .map(Finding::toString)
                .map(text -> text.replace(config + "/", ""))
                .toList();
    }

    @Test
    void everythingThatIsWrittenIsRead() {
        Configuration read = read();

        assertThat(found()).isEmpty();
        assertThat(read.resources().get("big")).isEqualTo(new Resource("big", "local", 3));
        Workflow workflow = read.workflows().get("tomography");
        assertThat(workflow.stages()).extracting(Workflow.Stage::key).containsExactly("01-LOOK", "02-REC");
        assertThat(workflow.arguments()).isEqualTo(Map.of("axis", "0", "filter", "ramp"));
        assertThat(workflow.stages().get(0).timeout()).isEqualTo(300);
        Beamline beamline = read.beamlines().get("2-BM");
        assertThat(beamline.storage().uri()).isEqualTo("file:/data/2-BM");
        assertThat(beamline.storage().directoryMode()).isEqualTo(02750);
        assertThat(beamline.storage().group()).contains("users");
        assertThat(beamline.storage().acl()).isEqualTo(Storage.Acl.AUTO);
        assertThat(beamline.acquire().complete()).isEqualTo(AcquirePolicy.Complete.MARKER);
        assertThat(beamline.acquire().include()).containsExactly("**.h5", "*.{tif,tiff}");
        assertThat(beamline.acquire().exclude()).containsExactly("*_tmp*");
        assertThat(beamline.dataset().count()).hasValue(3);
        assertThat(beamline.dataset().marker()).contains("*.end");
        assertThat(beamline.trigger())
                .containsExactly(new WorkflowRule(
                        "tomography", List.of("**.h5"), List.of("/exchange/data"), Map.of("axis", "12")));
        assertThat(beamline.archive()).contains(new ArchivePolicy(Duration.ofDays(90), "/tape", "sha256", true));
        assertThat(beamline.metadata())
                .isEqualTo(new MetadataPolicy(
                        Optional.of(List.of("/entry/instrument/**", "format")),
                        Map.of("energy", List.of("/entry/instrument/monochromator/energy", "Energy"))));
    }

    @Test
    void withoutFilesThereIsOnlyThisMachine() throws IOException {
        Files.delete(config.resolve("beamlines/b.yaml"));
        Files.delete(config.resolve("workflows/w.yaml"));
        Configuration read = read();

        assertThat(found()).isEmpty();
        assertThat(read.beamlines()).isEmpty();
        assertThat(read.resources()).containsKeys("local", "big");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "beamline: 2-BM | beamline: ../x | 1: beamline: '../x' cannot be used as a name",
                "beamline: 2-BM | b: 2-BM | 1: beamline: is missing",
                "uri: \"file:{{root}}/2-BM\" | uri: s3:bucket | 4: storage.uri: 's3:bucket' is not a storage",
                "\"2750\" | rwx | 6: storage.directoryMode: 'rwx' is not a mode",
                "group: users | acl: maybe | 5: storage.acl: 'maybe' is not one of auto, true, false",
                "complete: marker | complete: markr | 9: acquire.complete: 'markr' is not one of",
                "\"{name}.ok\" | ready | 10: acquire.marker: 'ready' does not name the file it marks",
                "quiet: 5s | quiet: 5 | 11: acquire.quiet: '5' is not a duration",
                "\"**.h5\", \"*.{tif,tiff}\" | \"*.{tif\" | 12: acquire.include: '*.{tif' is not a glob",
                "\"*_tmp*\" | \"[\" | 13: acquire.exclude: '[' is not a glob",
                "(?<dataset>[^_]+)_.* | ([^_]+)_.* | 15: dataset.name: has no group named 'dataset'",
                "(?<dataset>[^_]+)_.* | (?<dataset>[ | 15: dataset.name: '(?<dataset>[' is not a regular expression",
                "count: 3 | count: 0 | 18: dataset.count: '0' is not a whole number",
                "workflow: tomography | workflow: tomografy | 20: trigger[0].workflow: workflow 'tomografy' is not known",
                "axis: \"12\" | axs: 1 | 21: trigger[0].arguments: 'axs' is not an argument of workflow 'tomography'",
                "files: \"**.h5\" | files: \"{\" | 22: trigger[0].when.files: '{' is not a glob",
                "tape: file:/tape | tape: lto:1 | 24: archive.tape: 'lto:1' is not a tape library",
                "digest: sha256 | digest: md5 | 26: archive.digest: 'md5' is not one of",
                "release: true | relese: true | 27: archive.relese: is not a known field (did you mean 'release'?)",
                "\"/entry/instrument/**\" | \"{\" | 29: metadata.keep: '{' is not a glob",
                "\"/entry/instrument/**\" | \"/a[0-9]\" | 29: metadata.keep: '/a[0-9]' has '[' or '\\' in it (use *",
                "\"/entry/instrument/**\" | \"\" | 29: metadata.keep: has an empty glob",
                "keep: | kepe: | 29: metadata.kepe: is not a known field (did you mean 'keep'?)",
                "energy: [ | 1/energy: [ | 31: metadata.names.1/energy: '1/energy' cannot be the name of a field",
                "energy, Energy | energy, /e* | 31: metadata.names.energy: '/e*' has a '*' in it (name one field",
                "[/entry/instrument/monochromator/energy, Energy] | [] | 31: metadata.names.energy: names no field"
            })
    void aMistakeInABeamlineIsToldWithItsLine(String written, String mistake, String expected) throws IOException {
        assertThat(BEAMLINE).contains(written);
        Files.writeString(config.resolve("beamlines/b.yaml"), BEAMLINE.replace(written, mistake));

        read();

        assertThat(found()).anyMatch(text -> text.startsWith("beamlines/b.yaml:" + expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: tomography | name: a/b | 1: name: 'a/b' cannot be used as a name",
                "axis: \"0\" | filePath: x | 4: arguments.filePath: is always given by the hub",
                "axis: \"0\" | LD_PRELOAD: x | 4: arguments.LD_PRELOAD: means something to every program",
                "axis: \"0\" | PATH: x | 4: arguments.PATH: means something to every program",
                "axis: \"0\" | a-b: x | 4: arguments.a-b: is not a name for an argument",
                "02-REC: | ../02: | 7: stages.../02: '../02' cannot be used as the key of a stage",
                "to: gpu:tomography | to: gpu:tomography?axis=1 | 8: stages.02-REC.to: has options in it",
                "to: gpu:tomography | to: tomography | 8: stages.02-REC.to: 'tomography' is not a Camel endpoint",
                "axis: $axis | axis: $axs | 9: stages.02-REC.parameters: '$axs' is not an argument of the workflow",
                "\"$datasetName.h5\" | \"../x\" | 10: stages.02-REC.outputs: '../x' leads out of the output directory",
                "command: ls \"$filePath\" | tomand: x | 12: stages.01-LOOK.: needs either 'command' or 'to'",
                "ls \"$filePath\" | ls \"$filePaht\" | 12: stages.01-LOOK.command: '$filePaht' is not an argument of the workflow (did you",
                "timeout: 5min | on: moon | 13: stages.01-LOOK.on: resource 'moon' is not known"
            })
    void aMistakeInAWorkflowIsToldWithItsLine(String written, String mistake, String expected) throws IOException {
        assertThat(WORKFLOW).contains(written);
        Files.writeString(config.resolve("workflows/w.yaml"), WORKFLOW.replace(written, mistake));

        read();

        assertThat(found()).anyMatch(text -> text.startsWith("workflows/w.yaml:" + expected));
    }

    @Test
    void aCommandMaySetVariablesOfItsOwn() throws IOException {
        Files.writeString(config.resolve("workflows/w.yaml"), WORKFLOW.replace("ls \"$filePath\"", """
                |
                      size=$(wc -c < "$filePath"); for part in a b; do echo "$part $size ${HOME}"; done
                      printf '1 2' | while read -r first second; do echo "$first" "$second"; done"""));

        read();

        assertThat(found()).isEmpty();
    }

    @Test
    void whatIsDefinedTwiceIsTold() throws IOException {
        Files.writeString(config.resolve("beamlines/c.yaml"), BEAMLINE);
        Files.writeString(config.resolve("workflows/x.yaml"), WORKFLOW);
        Files.writeString(config.resolve("resources.yaml"), "resources: {a/b: {type: moon, slots: 0}}\nresorces: {}\n");

        read();

        assertThat(found())
                .anyMatch(text -> text.startsWith("beamlines/c.yaml:1: beamline: beamline '2-BM' is defined twice"))
                .anyMatch(text -> text.startsWith("workflows/x.yaml:1: name: workflow 'tomography' is defined twice"))
                .anyMatch(text -> text.startsWith("resources.yaml:1: resources.a/b: 'a/b' cannot be used as a name"))
                .anyMatch(text -> text.startsWith("resources.yaml:1: resources.a/b.type: 'moon' is not one of local"))
                .anyMatch(text -> text.startsWith("resources.yaml:1: resources.a/b.slots: '0' is not a whole number"))
                .anyMatch(text -> text.startsWith("resources.yaml:2: resorces: is not a known field"));
    }

    @Test
    void variablesAreReplacedInEndpointsAndPaths() {
        assertThat(ConfigurationReader.substitute("$a/${b}/$c$$", Map.of("a", "1$b", "b", "\\2")))
                .isEqualTo("1$b/\\2/$$");
    }
}
