package org.lightpipe.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A group and users that exist on this machine for as long as a test needs them. */
final class TestAccounts {

    final String group;
    final String ada;
    final String eve;

    private TestAccounts(String suffix) {
        group = "lpg" + suffix;
        ada = "lpa" + suffix;
        eve = "lpe" + suffix;
    }

    /** Makes them, where the tests run as root; else the test is skipped, or fails in continuous integration. */
    static TestAccounts make() throws Exception {
        need("root".equals(System.getProperty("user.name")), "only root can make users and groups");
        for (String program : List.of("useradd", "groupadd", "userdel", "groupdel", "setfacl", "getfacl", "setpriv")) {
            need(isThere(program), program + " is not installed");
        }
        TestAccounts accounts =
                new TestAccounts(String.valueOf(ProcessHandle.current().pid()));
        run("groupadd", accounts.group);
        run("useradd", "-M", "-N", "-g", "nogroup", "-s", "/usr/sbin/nologin", accounts.ada);
        run("useradd", "-M", "-N", "-g", "nogroup", "-s", "/usr/sbin/nologin", accounts.eve);
        return accounts;
    }

    static void need(boolean there, String words) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(there).as(words).isTrue();
        }
        Assumptions.assumeTrue(there, words);
    }

    private static boolean isThere(String program) {
        return List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** True when a user can read a file, as the kernel sees it. */
    static boolean canRead(String user, Path file) throws Exception {
        return status("setpriv", "--reuid=" + user, "--regid=nogroup", "--clear-groups", "cat", file.toString()) == 0;
    }

    /** True when a user can make a file in a directory, as the kernel sees it; it is made. */
    static boolean canMake(String user, Path file) throws Exception {
        return status("setpriv", "--reuid=" + user, "--regid=nogroup", "--clear-groups", "touch", file.toString()) == 0;
    }

    /** The list of a file, as {@code getfacl} tells it, a line for each entry. */
    static List<String> acl(Path file) throws Exception {
        Process process = new ProcessBuilder("getfacl", "--omit-header", "--absolute-names", file.toString()).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return text.lines()
                .map(line -> line.replaceAll("\\s+#.*", ""))
                .filter(line -> !line.isBlank())
                .toList();
    }

    static void run(String... command) throws Exception {
        assertThat(status(command)).as(String.join(" ", command)).isZero();
    }

    private static int status(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " does not end");
        }
        return process.exitValue();
    }

    void remove() throws Exception {
        run("userdel", ada);
        run("userdel", eve);
        run("groupdel", group);
    }
}
