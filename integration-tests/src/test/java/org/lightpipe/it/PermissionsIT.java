package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator types to see and mend who may do what, and how it ends. */
class PermissionsIT {

    @TempDir
    Path directory;

    @Test
    void permissionsAreCheckedRestoredAndFollowTheUsers() throws Exception {
        Facility facility = Facility.in(directory);
        facility.write(
                "config/beamlines/bm.yaml",
                "beamline: bm\nstorage:\n  uri: file:" + facility.storage()
                        + "\n  directoryMode: \"2750\"\n  acl: auto\n");
        Launcher lightpipe = new Launcher(facility);
        String state = "--state=" + facility.state();
        try (HubProcess hub = facility.hub(facility.state(), Map.of()).start()) {
            hub.client().post("/api/v1/experiments", "name: e1\nbeamline: bm\n");
            Path data = facility.storage().resolve("bm/e1/data");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> hub.client()
                            .get("/api/v1/experiments")
                            .get(0)
                            .path("state")
                            .asText()
                            .equals("READY"));
            Path file = Files.writeString(data.resolve("file"), "bytes");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

            Launcher.Outcome check = lightpipe.run("permissions", "check", "e1", state);
            assertThat(check.status()).as(check.err()).isEqualTo(1);
            assertThat(check.out().lines())
                    .containsExactly(file + ": mode is 0666, should be 0640", "e1: 4 looked at, 1 not right");

            Launcher.Outcome restore = lightpipe.run("permissions", "restore", "--all", state);
            assertThat(restore.status()).as(restore.err()).isZero();
            assertThat(restore.out().lines()).containsExactly("e1: 4 looked at, 0 not right, 1 mended");
            assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
            assertThat(lightpipe.run("permissions", "check", "e1", state).status())
                    .isZero();

            Launcher.Outcome unknown = lightpipe.run("permissions", "check", "e9", state);
            assertThat(unknown.status()).isEqualTo(1);
            assertThat(unknown.err()).contains("there is no experiment 'e9'");
            assertThat(lightpipe.run("permissions", "check", state).status()).isEqualTo(2);

            assertThat(lightpipe
                            .run("experiment", "users", "e1", "--add", "ada:PI", "--add", "jonas", state)
                            .out()
                            .lines()
                            .map(line -> line.replaceAll(" +", " ")))
                    .containsExactly("ada PI", "jonas User");
            assertThat(lightpipe
                            .run("experiment", "users", "e1", "--remove", "jonas", state)
                            .out()
                            .lines()
                            .map(line -> line.replaceAll(" +", " ")))
                    .containsExactly("ada PI");
            Launcher.Outcome nobody = lightpipe.run("experiment", "users", "e1", "--remove", "eve", state);
            assertThat(nobody.status()).isEqualTo(1);
            assertThat(nobody.err()).contains("'eve' is not a user of experiment 'e1'");
        }
    }
}
