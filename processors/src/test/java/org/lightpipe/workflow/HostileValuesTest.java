package org.lightpipe.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.config.Workflow.Stage;

/** Whatever is in a value, a command gets just that value, or it is not run at all. */
class HostileValuesTest {

    private static final String SECRET = "LIGHTPIPE_DATABASE_PASSWORD";

    @Property(tries = 150)
    void aCommandGetsItsArgumentsUnchangedAndNothingElse(@ForAll("arguments") Map<String, String> arguments)
            throws Exception {
        Path directory = Files.createTempDirectory("lightpipe-values");
        try {
            Map<String, String> hub = new HashMap<>(Map.of(SECRET, "secret", "PATH", System.getenv("PATH")));
            StageRuns runs = new StageRuns(TestCatalog.shared().jdbc());
            StageCall call = new StageCall(
                    new StageRun(-1, java.time.Instant.EPOCH),
                    1,
                    new Stage("01-A", "env -0 > got", "", Map.of(), "local", List.of(), 60),
                    arguments,
                    directory,
                    directory.resolve("log"));
            boolean expressible = arguments.values().stream().allMatch(HostileValuesTest::expressible);
            boolean refused = false;
            try {
                new CommandStage(runs, hub).run(call, () -> {});
            } catch (PermanentFailureException e) {
                refused = true;
            }

            assertThat(refused).isEqualTo(!expressible);
            if (refused) {
                assertThat(directory.resolve("got")).doesNotExist();
            } else {
                Map<String, String> got = environment(directory.resolve("got"));
                // what the shell itself sets
                got.keySet().removeAll(List.of("PWD", "OLDPWD", "SHLVL", "_"));
                Map<String, String> expected = new TreeMap<>(arguments);
                expected.putAll(Map.of(
                        "PATH",
                        System.getenv("PATH"),
                        "HOME",
                        System.getProperty("user.home"),
                        "LANG",
                        "C.UTF-8",
                        ProcessTree.MARK,
                        "-1.0"));
                assertThat(got).containsExactlyInAnyOrderEntriesOf(expected);
                try (var made = Files.list(directory)) {
                    assertThat(made).hasSize(2);
                }
            }
        } finally {
            for (String file : List.of("got", "log")) {
                Files.deleteIfExists(directory.resolve(file));
            }
            Files.delete(directory);
        }
    }

    @Provide
    Arbitrary<Map<String, String>> arguments() {
        Arbitrary<String> shell = Arbitraries.strings()
                .withChars("$(){}`'\"\\;&|<>*?~#!%= \t\n\rtouch/-")
                .ofMaxLength(60);
        Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(20);
        Arbitrary<String> values = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, shell),
                net.jqwik.api.Tuple.of(1, any),
                net.jqwik.api.Tuple.of(1, Arbitraries.of("$(touch x)", "`touch x`", "'; touch x #", "\n", "\0", "é")));
        Arbitrary<String> names =
                Arbitraries.strings().alpha().numeric().ofLength(6).map(name -> "a_" + name);
        return Arbitraries.maps(names, values).ofMaxSize(6);
    }

    private static boolean expressible(String value) {
        Charset locale = Charset.forName(System.getProperty("sun.jnu.encoding"));
        return value.indexOf('\0') < 0
                && new String(value.getBytes(locale), locale).equals(value)
                && new String(value.getBytes(Charset.defaultCharset()), Charset.defaultCharset()).equals(value);
    }

    private static Map<String, String> environment(Path file) throws IOException {
        Map<String, String> environment = new TreeMap<>();
        String text = Files.readString(file, StandardCharsets.UTF_8);
        for (String variable : text.split("\0")) {
            int equals = variable.indexOf('=');
            environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return environment;
    }
}
