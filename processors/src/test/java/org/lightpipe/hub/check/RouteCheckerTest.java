package org.lightpipe.hub.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.core.Finding;
import org.lightpipe.core.Findings;

class RouteCheckerTest {

    /** Every line that a mistake replaces stands here once. */
    private static final String TRANSFER = """
            - route:
                id: transfer
                description: Every finished file goes to its storage.
                routeConfigurationId: hold-what-fails
                from:
                  id: transfer-claim
                  description: Claims a batch.
                  uri: sql
                  parameters:
                    query: "resource:file:{{lightpipe.home}}/routes/sql/claim-transfer.sql"
                    useIterator: false
                    greedy: true
                    delay: "{{claim.delay:1s}}"
                    maxMessagesPerPoll: 10
                    dataSource: "#dataSource"
                  steps:
                    - split:
                        id: transfer-each
                        simple: ${body}
                        parallelProcessing: true
                        executorService: transferPool
                        steps:
                          - setProperty:
                              name: step
                              constant: transfer
                          - to:
                              id: transfer-copy
                              uri: file:/tmp/out
                              parameters:
                                fileName: ${body[path]}
                                fileExist: Override
                          - choice:
                              when:
                                - simple: ${body} == null
                                  steps:
                                    - log: nothing for ${body[name]}
                              otherwise:
                                steps:
                                  - bean:
                                      ref: work
                                      method: done(${body})
                          - toD:
                              uri: ${body[storage]}
                    - to: direct:catalog
                    - to:
                        uri: probe:statistics
                        parameters:
                          bins: 5
                    - pollEnrich:
                        constant: file:/tmp/in?fileName=x&noop=true
                        timeout: "1000"
            """;

    private static final String CATALOG = """
            - routeConfiguration:
                id: hold-what-fails
                onException:
                  - onException:
                      exception:
                        - java.lang.Exception
                      handled:
                        constant: "true"
                      steps:
                        - bean:
                            ref: work
                            method: failed
            - beans:
                - name: stamps
                  type: "#class:java.util.concurrent.ConcurrentHashMap"
            - route:
                id: catalog
                description: A scan that is complete becomes a dataset.
                from:
                  uri: direct:catalog
                  steps:
                    - bean:
                        ref: stamps
                        method: size
                    - kamelet:
                        name: shout
                        parameters:
                          word: hello
                    - to:
                        uri: kamelet
                        parameters:
                          templateId: shout
                          word: again
            - templatedRoute:
                routeTemplateRef: ticker
                routeId: tick
                parameters:
                  - name: period
                    value: 5s
            """;

    private static final String TEMPLATE = """
            - routeTemplate:
                id: ticker
                parameters:
                  - name: period
                  - name: prefix
                    defaultValue: tick
                from:
                  uri: timer:ticker
                  parameters:
                    period: "{{period}}"
                  steps:
                    - log: "{{prefix}}"
            """;

    private static final String KAMELET = """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata:
              name: shout
            spec:
              definition:
                title: Shout
                required: [word]
                properties:
                  word: {type: string}
                  times: {type: integer, default: 1}
              template:
                from:
                  uri: kamelet:source
                  steps:
                    - setBody:
                        simple: "{{word}} {{times}}"
            """;

    private static final Map<String, Class<?>> BEANS =
            Map.of("work", Work.class, "transferPool", Object.class, "dataSource", javax.sql.DataSource.class);

    /** What routes call. */
    public static final class Work {
        public void done(Object row) {}

        public void failed(Exception why) {}
    }

    @TempDir
    Path home;

    @BeforeEach
    void goodRoutes() throws IOException {
        Files.createDirectories(home.resolve("routes/templates"));
        Files.createDirectories(home.resolve("routes/sql"));
        Files.writeString(home.resolve("routes/sql/claim-transfer.sql"), "select 1");
        Files.writeString(home.resolve("routes/3-transfer.camel.yaml"), TRANSFER);
        Files.writeString(home.resolve("routes/4-catalog.camel.yaml"), CATALOG);
        Files.writeString(home.resolve("routes/templates/ticker.camel.yaml"), TEMPLATE);
        Files.writeString(home.resolve("routes/templates/shout.kamelet.yaml"), KAMELET);
    }

    private List<Finding> check() {
        Findings findings = new Findings();
        Map<String, String> properties = Map.of(
                "lightpipe.home",
                home.toString(),
                "circle",
                "{{circle}}",
                "long",
                "{{lightpipe.home}}/x",
                "place",
                "/home",
                "camel.component.probe.techniques",
                "{{place}}/x");
        new RouteChecker(
                        name -> Optional.ofNullable(properties.get(name)),
                        BEANS,
                        RouteCheckerTest.class.getClassLoader())
                .check(home.resolve("routes"), findings);
        return findings.all();
    }

    private static int lineOf(String text, String part) {
        int at = text.indexOf(part);
        assertThat(at).as("'%s' stands in the text", part).isNotNegative();
        return 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    @Test
    void findsNothingInGoodRoutes() {
        assertThat(check()).isEmpty();
    }

    /** It is in no description that a build makes, but its component says that it is here. */
    @Test
    void aTechniqueThatWasAddedWithoutABuildIsKnown() throws IOException {
        Files.writeString(
                home.resolve("routes/3-transfer.camel.yaml"), TRANSFER.replace("probe:statistics", "probe:added"));
        assertThat(check()).isEmpty();
    }

    static Stream<Mistake> mistakes() {
        List<Mistake> all = new ArrayList<>();
        // what is written, what is written instead, field, words
        all.add(in3("- log: nothing", "- lgo: nothing", "", "unknown step 'lgo' (did you mean 'log'?)"));
        all.add(in3(
                        "  parameters:\n        query",
                        "  parameterss:\n        query",
                        "from.parameterss",
                        "is not an option of from (did you mean 'parameters'?)")
                .orMore());
        all.add(in3(
                "fileExist: Override",
                "filExist: Override",
                "to.parameters.filExist",
                "is not an option of file (did you mean 'fileExist'?)"));
        all.add(in3(
                "fileExist: Override",
                "fileExist: Overide",
                "to.parameters.fileExist",
                "'Overide' is not one of Override, Append,"));
        all.add(in3("greedy: true", "greedy: yess", "from.parameters.greedy", "'yess' is neither true nor false"));
        all.add(in3(
                "maxMessagesPerPoll: 10",
                "maxMessagesPerPoll: ten",
                "from.parameters.maxMessagesPerPoll",
                "'ten' is not a whole number"));
        all.add(in3(
                "{{claim.delay:1s}}",
                "one second",
                "from.parameters.delay",
                "'one second' is not a whole number of milliseconds, nor a duration"));
        all.add(in3(
                "{{claim.delay:1s}}",
                "{{claim.delay}}",
                "from.parameters.delay",
                "property 'claim.delay' is not defined (add it to config/application.properties,"));
        all.add(in3("{{claim.delay:1s}}", "{{circle}}", "from.parameters.delay", "is not defined"));
        all.add(in3(
                "claim-transfer.sql", "claim-transfr.sql", "from.parameters.query", "claim-transfr.sql' is not there"));
        all.add(in3(
                "\"#dataSource\"",
                "\"#dataSorce\"",
                "from.parameters.dataSource",
                "bean 'dataSorce' is not known (did you mean 'dataSource'?)"));
        all.add(in3(
                "executorService: transferPool",
                "executorService: transfrPool",
                "split.executorService",
                "bean 'transfrPool' is not known (did you mean 'transferPool'?)"));
        all.add(in3("ref: work", "ref: wrok", "bean.ref", "bean 'wrok' is not known (did you mean 'work'?)"));
        all.add(in3(
                "method: done(${body})",
                "method: dune(${body})",
                "bean.method",
                "bean 'work' has no public method 'dune' (did you mean 'done'?)"));
        all.add(in3(
                "parallelProcessing: true",
                "parallelProcessing: maybe",
                "split.parallelProcessing",
                "'maybe' is neither true nor false"));
        all.add(in3("simple: ${body} == null", "simple: ${body", "choice.when[0].simple", "is not simple language"));
        all.add(in3("log: nothing for ${body[name]}", "log: nothing for ${bdy}", "log", "is not simple language"));
        all.add(in3(
                "uri: file:/tmp/out",
                "uri: file:/tmp/out?fileName=x",
                "to.uri",
                "has options in it (move them to 'parameters:')"));
        all.add(in3(
                "uri: file:/tmp/out",
                "uri: flie:/tmp/out",
                "to.uri",
                "unknown component 'flie' (did you mean 'file'?)"));
        all.add(in3(
                "uri: file:/tmp/out",
                "uri: kafka:topic",
                "to.uri",
                "component 'kafka' is not on the hub's class path (add camel-kafka to it)"));
        all.add(in3(
                "- to: direct:catalog",
                "- to: direct:katalog",
                "to",
                "no route begins with 'direct:katalog' (did you mean 'direct:catalog'?)"));
        all.add(in3(
                "uri: probe:statistics",
                "uri: probe:statistic",
                "to.uri",
                "'statistic' is not one of statistics, tomography, added (did you mean 'statistics'?)"));
        all.add(in3("bins: 5", "bnis: 5", "to.parameters.bnis", "is not an option of probe (did you mean 'bins'?)"));
        all.add(in3(
                "fileExist: Override",
                "delete: true",
                "to.parameters.delete",
                "has no effect here: it is about reading"));
        all.add(in3("&noop=true", "&noop=perhaps", "pollEnrich.constant?noop", "'perhaps' is neither true nor false"));
        all.add(in3("simple: ${body}\n", "delimiter: x\n", "split", "has no expression")
                .at(18));
        all.add(in3("description: Every finished", "note: Every finished", "route.description", "is missing")
                .at(2));
        all.add(in3("    id: transfer\n", "    group: transfer\n", "route.id", "is missing")
                .at(2));
        all.add(in3(
                        "    id: transfer\n",
                        "    id: tick\n",
                        "templatedRoute.routeId",
                        "route 'tick' is there already: routes/3-transfer.camel.yaml:2")
                .in("routes/4-catalog.camel.yaml", 36));
        all.add(in3(
                "id: transfer-copy",
                "id: transfer-each",
                "to.id",
                "step 'transfer-each' is there already: routes/3-transfer.camel.yaml:18"));
        all.add(in3(
                "routeConfigurationId: hold-what-fails",
                "routeConfigurationId: hold-what-fail",
                "route.routeConfigurationId",
                "route configuration 'hold-what-fail' is not known (did you mean 'hold-what-fails'?)"));
        all.add(in3("                  name: step\n", "", "setProperty.name", "is missing")
                .at(24));
        all.add(in3("    id: transfer\n", "    id: \"transfer\n", "", "is not valid YAML")
                .at(10)
                .orMore());
        all.add(in3(
                "- setProperty:",
                "- log: x\n                setProperty:",
                "split.steps[0]",
                "has 2 steps in one entry: log, setProperty (start each with its own '- '"));
        all.add(in4(
                "- java.lang.Exception",
                "- java.lang.Excepton",
                "onException.exception",
                "class 'java.lang.Excepton' is not on the class path"));
        all.add(in4(
                "method: size", "method: sise", "bean.method", "has no public method 'sise' (did you mean 'size'?)"));
        all.add(in4("ConcurrentHashMap\"", "ConcurentHashMap\"", "beans[0].type", "is not on the class path"));
        all.add(in4(
                "name: shout", "name: shuot", "kamelet.name", "Kamelet 'shuot' is not known (did you mean 'shout'?)"));
        all.add(in4("word: hello", "wort: hello", "kamelet.parameters.wort", "is not a parameter of Kamelet 'shout'")
                .at(26)
                .orMore());
        all.add(in4(
                "routeTemplateRef: ticker",
                "routeTemplateRef: tickr",
                "templatedRoute.routeTemplateRef",
                "route template 'tickr' is not known (did you mean 'ticker'?)"));
        all.add(in4("- name: period", "- name: prefix", "templatedRoute.parameters.period", "is missing")
                .at(35));
        all.add(in4("- beans:", "- baens:", "", "unknown item 'baens' (did you mean 'beans'?)")
                .orMore());
        all.add(in4("uri: direct:catalog", "uri: direct:twice", "", "")
                .told("routes/3-transfer.camel.yaml", 44, "to", "no route begins with 'direct:catalog'"));
        all.add(in3("  uri: sql\n", "  uri: direct:catalog\n", "", "")
                .told(
                        "routes/4-catalog.camel.yaml",
                        20,
                        "from.uri",
                        "'direct:catalog' is the beginning of another route already: routes/3-transfer.camel.yaml:8")
                .orMore());
        return all.stream();
    }

    private static Mistake in3(String good, String bad, String field, String words) {
        return new Mistake("routes/3-transfer.camel.yaml", TRANSFER, good, bad, field, words);
    }

    private static Mistake in4(String good, String bad, String field, String words) {
        return new Mistake("routes/4-catalog.camel.yaml", CATALOG, good, bad, field, words);
    }

    /**
     * One mistake.
     *
     * @param line where it must be told
     * @param alone false when one mistake rightly leads to another
     */
    private record Mistake(
            String file,
            String text,
            String good,
            String bad,
            String toldIn,
            int line,
            String field,
            String words,
            boolean alone) {

        Mistake(String file, String text, String good, String bad, String field, String words) {
            this(file, text, good, bad, file, lineOf(text, good), field, words, true);
        }

        Mistake at(int otherLine) {
            return new Mistake(file, text, good, bad, toldIn, otherLine, field, words, alone);
        }

        Mistake in(String otherFile, int otherLine) {
            return new Mistake(file, text, good, bad, otherFile, otherLine, field, words, alone);
        }

        Mistake told(String otherFile, int otherLine, String otherField, String otherWords) {
            return new Mistake(file, text, good, bad, otherFile, otherLine, otherField, otherWords, alone);
        }

        Mistake orMore() {
            return new Mistake(file, text, good, bad, toldIn, line, field, words, false);
        }

        String wrongText() {
            int at = text.indexOf(good);
            return text.substring(0, at) + bad + text.substring(at + good.length());
        }

        @Override
        public String toString() {
            return bad.isBlank() ? "without " + good.strip() : bad.strip();
        }
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void findsMistake(Mistake mistake) throws IOException {
        Files.writeString(home.resolve(mistake.file()), mistake.wrongText());

        List<Finding> found = check();

        assertThat(found).anySatisfy(finding -> {
            assertThat(finding.source()).isEqualTo(mistake.toldIn());
            assertThat(finding.line()).isEqualTo(mistake.line());
            assertThat(finding.field()).isEqualTo(mistake.field());
            assertThat(finding.toString()).contains(mistake.words());
        });
        if (mistake.alone()) {
            assertThat(found).hasSize(1);
        }
    }

    @Test
    void tellsOfAFileThatCamelWouldNotLoad() throws IOException {
        Files.writeString(home.resolve("routes/10-more.yaml"), "[]\n");

        assertThat(check())
                .extracting(Finding::toString)
                .containsExactly("routes/10-more.yaml: is not loaded: its name does not end in .camel.yaml"
                        + " (rename it to routes/10-more.camel.yaml)");
    }

    @Test
    void tellsOfARouteWithoutNameAndOfAnEmptyFile() throws IOException {
        Files.writeString(home.resolve("routes/10-more.camel.yaml"), """
                - from:
                    uri: timer:x
                    steps:
                      - log: x
                """);
        Files.writeString(home.resolve("routes/11-empty.camel.yaml"), "");

        assertThat(check())
                .extracting(Finding::toString)
                .containsExactly(
                        "routes/10-more.camel.yaml:2: from: has neither id nor description (write it as '- route:' with both)",
                        "routes/11-empty.camel.yaml:1: is empty");
    }

    /** Only the schema itself knows that these two exclude each other. */
    @Test
    void leavesToTheSchemaWhatItAloneKnows() throws IOException {
        Files.writeString(
                home.resolve("routes/3-transfer.camel.yaml"),
                TRANSFER.replace("constant: transfer\n", "constant: transfer\n                  header: x\n"));

        assertThat(check()).singleElement().satisfies(finding -> {
            assertThat(finding.line()).isEqualTo(24);
            assertThat(finding.toString()).contains("does not fit Camel's schema");
        });
    }

    @Test
    void survivesAFileThatIsNestedWithoutEnd() throws IOException {
        String nested = "- route: &r\n    id: x\n    description: x\n    from:\n      uri: timer:x\n      steps: &s\n"
                + "        - filter:\n            simple: x\n            steps: *s\n";
        Files.writeString(home.resolve("routes/10-more.camel.yaml"), nested);

        assertThat(check()).extracting(Finding::toString).anyMatch(text -> text.contains("is nested too deeply"));
    }

    @Test
    void resolvesAPropertyThatNamesAnother() throws IOException {
        Files.writeString(home.resolve("routes/sql/x"), "select 1");
        Files.writeString(home.resolve("x"), "select 1");
        Files.writeString(
                home.resolve("routes/3-transfer.camel.yaml"),
                TRANSFER.replace(
                        "resource:file:{{lightpipe.home}}/routes/sql/claim-transfer.sql", "resource:file:{{long}}"));

        assertThat(check()).isEmpty();
    }
}
