package org.lightpipe.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.core.Finding;
import org.lightpipe.core.Findings;

class StorageSettingsTest {

    private static final String STORAGES = """
            storages:
              door:
                uri: https://dav.example.org/data
                transfer: {proof: far, keep: times}
                settings:
                  authorizationEnv: DOOR_AUTHORIZATION
                  timeout: 90s
                  parallel: 8
                  redirects: any
                  trustStore: /etc/lightpipe/ca.pem
              collection:
                uri: globus:0f1a9b7e-2f5d-4c3b-8a1e-6d9c0b7a5e42/projects/beam
                settings:
                  sourceCollection: 1f1a9b7e-2f5d-4c3b-8a1e-6d9c0b7a5e42
                  sourceRoot: /detector
                  clientIdEnv: GLOBUS_CLIENT
                  clientSecretFile: /etc/lightpipe/globus
                  deadline: 6h
              mirror:
                uri: command:mirror
                settings:
                  copy: rsync -s -- {source} far:/d/{temporary}
                  digest: ssh far sha256sum -- /d/{temporary:sh}
                  rename: ssh far mv -T -f -- /d/{temporary:sh} /d/{target:sh}
                  mkdir: ssh far mkdir -p -- /d/{directory:sh}
                  free: ssh far df --output=avail -B1 /d
              server:
                uri: sftp:data@far.example.org/data
                settings: {shell: false}
            """;

    @TempDir
    private Path config;

    private List<String> found(String storages, String beamline) throws IOException {
        Files.createDirectories(config.resolve("beamlines"));
        Files.writeString(config.resolve("resources.yaml"), "resources: {}\n");
        Files.writeString(config.resolve("storages.yaml"), storages);
        Files.writeString(config.resolve("beamlines/b.yaml"), beamline);
        Findings findings = new Findings();
        new ConfigurationReader(config, text -> text).read(findings);
        return findings.all().stream()
                .map(Finding::toString)
                .map(text -> text.replace(config + "/", ""))
                .toList();
    }

    @Test
    void whatIsRightHasNoFindings() throws IOException {
        assertThat(
                        found(
                                STORAGES,
                                "beamline: 2-BM\nstorage: door\ncopies: [collection, mirror, server]\narchive: {tape: 'file:/t'}\n"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "https://dav|https://me:pw@dav|3: storages.door.uri: holds a user or password",
                "example.org/data|example.org/data?x=1|3: storages.door.uri: has more than a host and a path",
                "https://dav|http://dav|3: storages.door.uri: credentials would travel where everybody can read them",
                "https://dav.example.org/data|https:///data|3: storages.door.uri: names no host",
                "keep: times|keep: [owner]|4: storages.door.transfer.keep: a storage behind https: cannot keep the owner",
                "keep: times|share: reflink|4: storages.door.transfer.share: only copies on the same file system",
                "DOOR_AUTHORIZATION|Bearer abc|6: storages.door.settings.authorizationEnv: is not the name of an environment",
                "timeout: 90s|timeout: 90|7: storages.door.settings.timeout: '90' is not a duration",
                "parallel: 8|parallel: 0|8: storages.door.settings.parallel: '0' is not a whole number from 1 to 100",
                "redirects: any|redirects: all|9: storages.door.settings.redirects: 'all' is not one of same, any",
                "trustStore:|truststore:|10: storages.door.settings.truststore: is not a known setting",
                "timeout: 90s|authorizationFile: /x|7: storages.door.settings.authorizationFile: stands beside authorizationEnv",
                "globus:0f1a|globus:|12: storages.collection.uri: names no collection",
                "1f1a9b7e|zz|14: storages.collection.settings.sourceCollection: is not the UUID of a collection",
                "sourceRoot: /detector|sourceRoot: detector|15: storages.collection.settings.sourceRoot: is not an absolute path",
                "sourceRoot: /detector|apiUrl: http://x|15: storages.collection.settings.apiUrl: does not begin with https://",
                "sourceRoot: /detector|label: x|13: storages.collection.settings: 'sourceRoot' is missing",
                "clientSecretFile|label|13: storages.collection.settings: no secret of the client is named",
                "rename: ssh|renaem: ssh|21: storages.mirror.settings: 'rename' is missing",
                "digest: ssh|remove: ssh|21: storages.mirror.settings: nothing proves what was stored",
                "{source} far|far|22: storages.mirror.settings.copy: does not use {source}",
                "-p -- /d/{directory:sh}|-p -- {directori:sh}|25: storages.mirror.settings.mkdir: {directori} stands for nothing",
                "/d/{target:sh}|/d/{target}|24: storages.mirror.settings.rename: a shell would run what is in the name that {target}",
                "shell: false|shell: no way|29: storages.server.settings.shell: 'no way' is not one of true, false",
                "shell: false|shall: false|29: storages.server.settings.shall: is not a known setting",
                "rsync -s|rsync 's|22: storages.mirror.settings.copy: a quote ' is not closed"
            })
    void aMistakeIsToldWithItsLine(String written, String mistake, String expected) throws IOException {
        assertThat(STORAGES).contains(written);

        assertThat(found(STORAGES.replace(written, mistake), "beamline: 2-BM\nstorage: door\n"))
                .anyMatch(text -> text.startsWith("storages.yaml:" + expected));
    }

    @Test
    void aUriInPlaceIsCheckedToo() throws IOException {
        assertThat(found(STORAGES, "beamline: 2-BM\nstorage: https://me@host/x\n"))
                .anyMatch(text -> text.startsWith("beamlines/b.yaml:2: storage: holds a user or password"));
        assertThat(found(STORAGES, "beamline: 2-BM\nstorage: command:x\nsettings: {}\n"))
                .anyMatch(text -> text.startsWith("beamlines/b.yaml:2: storage: 'copy' is missing"))
                .anyMatch(text -> text.startsWith("beamlines/b.yaml:3: settings: is not a known field"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"collection", "mirror"})
    void whatCannotBeReadCannotBeArchived(String storage) throws IOException {
        String beamline = "beamline: 2-BM\nstorage: " + storage + "\narchive: {tape: 'file:/t'}\n";

        assertThat(found(STORAGES, beamline))
                .containsExactly("beamlines/b.yaml:3: archive: storage '" + storage
                        + "' cannot be read, so nothing in it can be archived ("
                        + (storage.equals("mirror")
                                ? "add 'readBack' to its settings)"
                                : "name it under a path or URI that reads the same files, or leave 'archive' out)"));
        assertThat(found(
                        STORAGES.replace("free: ssh far df --output=avail -B1", "readBack: cat {temporary}"), beamline))
                .hasSize(storage.equals("mirror") ? 0 : 1);
    }
}
