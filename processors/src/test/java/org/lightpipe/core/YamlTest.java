package org.lightpipe.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTest {

    private final Findings findings = new Findings();

    private YamlMap map(String text) {
        return YamlSource.map("form", text, findings).orElseThrow();
    }

    private List<String> found() {
        return findings.all().stream().map(Finding::toString).toList();
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "2s,2000", "2 s,2000", "1m,60000", "5min,300000", "12h,43200000", "90d,7776000000"})
    void durations(String text, long millis) {
        assertThat(YamlMap.parseDuration(text)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "1 week", "9999999999s", "2s3", "٣s"})
    void notDurations(String text) {
        assertThat(YamlMap.parseDuration(text)).isEmpty();
    }

    @Property
    void anyTextIsADurationOrNot(@ForAll String text) {
        YamlMap.parseDuration(text)
                .ifPresent(duration -> assertThat(duration.isNegative()).isFalse());
    }

    @Property
    void aWrittenDurationIsReadAgain(@ForAll @IntRange(max = 999_999_999) int amount) {
        assertThat(YamlMap.parseDuration(amount + "ms")).contains(Duration.ofMillis(amount));
        assertThat(YamlMap.parseDuration(amount + "d")).contains(Duration.ofDays(amount));
    }

    @Test
    void everyMistakeIsToldWithItsLineAndAMend() {
        YamlMap map = map("""
                name: scan
                qiuet: 2s
                quiet: soon
                count: 0
                flag: yes
                mode: fast
                pattern: "("
                list: {a: b}
                group: text
                """);

        map.text("name");
        map.text("title");
        map.duration("quiet", Duration.ofSeconds(1));
        map.integer("count", 1, 1, 5);
        map.flag("flag", false);
        map.choice("mode", "slow", List.of("slow", "fasd"));
        map.pattern("pattern");
        map.texts("list");
        map.maps("list");
        map.map("group");
        map.end();

        assertThat(found())
                .containsExactlyInAnyOrder(
                        "form:1: title: is missing (add 'title: …')",
                        "form:2: qiuet: is not a known field (did you mean 'quiet'?)",
                        "form:3: quiet: 'soon' is not a duration (write it as 500ms, 2s, 5min, 12h or 90d)",
                        "form:4: count: '0' is not a whole number from 1 to 5",
                        "form:5: flag: 'yes' is neither true nor false",
                        "form:6: mode: 'fast' is not one of slow, fasd (did you mean 'fasd'?)",
                        "form:7: pattern: '(' is not a regular expression: Unclosed group",
                        "form:8: list: is not a list (write '- value' lines)",
                        "form:8: list: is not a list (write '- field: value' lines)",
                        "form:9: group: is not a group of 'field: value' lines");
    }

    @Test
    void aFieldWithinAnotherIsToldByItsPathAndLine() {
        YamlMap map = map("a:\n  b:\n    - {c: 1}\n    - {c: 1, d: 2}\n    - 7\n");

        map.map("a").ifPresent(a -> {
            a.maps("b").forEach(b -> {
                b.text("c");
                b.end();
            });
            a.end();
        });

        assertThat(found())
                .containsExactlyInAnyOrder(
                        "form:4: a.b[1].d: is not a known field (did you mean 'c'?)",
                        "form:5: a.b[2]: is not a group of 'field: value' lines");
    }

    @Test
    void aFieldThatIsThereTwiceIsRefused() {
        map("name: a\nusers:\n  - name: x\n    role: PI\n    name: y\nname: b\n");

        assertThat(found())
                .containsExactlyInAnyOrder(
                        "form:6: name: is there twice, first in line 1 (remove one)",
                        "form:5: name: is there twice, first in line 3 (remove one)");
    }

    @Test
    void placeholdersAreResolvedInFilesAndNeverInRequests(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("a.yaml"), "a: '{{x}}'\nb: '{{y}}'\n");
        YamlMap map = YamlSource.map(file, findings, text -> {
                    if (text.equals("{{y}}")) {
                        throw new IllegalArgumentException("property 'y' is not defined");
                    }
                    return text.replace("{{x}}", "value");
                })
                .orElseThrow();

        assertThat(map.text("a")).isEqualTo("value");
        assertThat(map.text("b")).isEmpty();
        assertThat(found())
                .containsExactly(
                        file + ":2: b: property 'y' is not defined (define it in config/application.properties)");
        assertThat(map("a: '{{x}}'").text("a")).isEqualTo("{{x}}");
    }

    @Test
    void filesThatCannotBeReadAreToldInWords(@TempDir Path directory) throws Exception {
        Path latin = Files.write(directory.resolve("latin.yaml"), "a: ü".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(YamlSource.node(latin, findings)).isEmpty();
        assertThat(YamlSource.node(directory.resolve("none.yaml"), findings)).isEmpty();
        assertThat(YamlSource.map("form", "", findings)).isEmpty();
        assertThat(YamlSource.map("form", "- a\n", findings)).isEmpty();
        assertThat(YamlSource.map("form", "a: b\n c: d\n", findings)).isEmpty();
        assertThat(found())
                .anyMatch(text -> text.equals(latin + ": is not UTF-8 text (save it as UTF-8)"))
                .anyMatch(text -> text.contains("none.yaml: cannot be read"))
                .anyMatch(text -> text.equals("form:1: is empty"))
                .anyMatch(text -> text.equals("form:1: is not a list of 'field: value' lines"))
                .anyMatch(text -> text.startsWith("form:2: is not valid YAML"));
    }

    @Test
    @Timeout(20)
    void hostileYamlIsRefusedOrOnlyText() {
        String bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
                + "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                + "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                + "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                + "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
                + "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
                + "g: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n";
        for (String text : List.of(
                bomb,
                "[".repeat(1_000_000),
                "{a: ".repeat(500_000),
                "- ".repeat(500_000),
                "a: &a {b: *a}",
                "? [a, b]\n: c",
                "x".repeat(5_000_000),
                "a: \u0000",
                "a: *nowhere",
                "%TAG ! tag:x,2000:\n---\na: !y z",
                "a: b\n---\nc: d")) {
            YamlSource.map("form", text, findings).ifPresent(map -> {
                map.text("name", "");
                map.texts("a");
                map.end();
            });
        }
        assertThat(found()).isNotEmpty();
    }

    @Test
    void tagsConstructNothing() {
        String text =
                "a: !!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL ['http://x']]]]\n"
                        + "b: !!java.io.File /tmp/x\n"
                        + "c: !!org.lightpipe.core.YamlTest$Witness {}\n";
        YamlMap map = map(text);

        assertThat(map.text("b")).isEqualTo("/tmp/x");
        map.texts("a");
        map.map("c");
        try {
            Map<String, Object> plain = map.plain();
            assertThat(plain.values()).noneMatch(value -> value instanceof java.io.File || value instanceof Witness);
        } catch (org.snakeyaml.engine.v2.exceptions.YamlEngineException e) {
            // refused, which is as good
        }
        assertThat(Witness.MADE).isFalse();
    }

    /** Must never be made by reading a text. */
    public static final class Witness {
        static final AtomicBoolean MADE = new AtomicBoolean();

        public Witness() {
            MADE.set(true);
        }
    }

    @Property(tries = 300)
    void anyTextIsReadOrRefused(@ForAll @StringLength(max = 200) String text) {
        Findings any = new Findings();
        Optional<YamlMap> map = YamlSource.map("form", text, any);
        assertThat(map.isPresent() || !any.isEmpty()).isTrue();
    }

    @Test
    void aSuggestionIsTheNearest() {
        List<String> known = new ArrayList<>(List.of("quiet", "quite", "marker"));
        assertThat(YamlMap.suggestion("quit", known)).contains("'qui");
        assertThat(YamlMap.suggestion("zzz", known)).isEqualTo("known: marker, quiet, quite");
        assertThat(YamlMap.suggestion("x", List.of())).isEqualTo("remove it");
    }
}
