package org.lightpipe.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.catalog.TestCatalog;

/** The search on a real PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordsTest {

    private static final int MANY = 1000;

    private Path directory;

    private TestCatalog catalog;
    private Records records;
    private long tooth;
    private long secret;

    @BeforeAll
    void publish(@TempDir Path temporary) {
        directory = temporary;
        catalog = TestCatalog.empty();
        records = new Records(catalog.dataSource());
        Portal portal =
                new Portal(catalog.jdbc(), catalog.transactions(), catalog.work(), (beamline, rootPath) -> directory);
        long enamel = catalog.experiment("enamel", "2-BM", "Tooth enamel under acid", "mara", "jonas.weber");
        long gels = catalog.experiment("gels", "8-ID", "Ageing gels", "mara");
        long hidden = catalog.experiment("hidden", "8-ID", "Secret tooth", "other");
        long dataset = catalog.dataset(enamel, "tooth_001", "{}");
        catalog.file(
                dataset,
                "tooth_001/Projections-A.h5",
                "{\"/exchange/theta\": {\"units\": \"deg\"}, \"energy\": 25.514, \"sample\": \"Zahnschmelz µ-Größe\"}");
        tooth = publish(portal, dataset);
        secret = publish(portal, catalog.dataset(hidden, "tooth_002", "{}"));
        // in one transaction, which spares a thousand waits for the disk
        catalog.transactions().executeWithoutResult(status -> {
            for (int i = 0; i < MANY; i++) {
                publish(portal, catalog.dataset(gels, "gel_" + i, "{}"));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tooth",
                "TOOTH_001",
                "tooth_001",
                "too",
                "projections-a.h5",
                "\"tooth enamel\"",
                "enamel -gels",
                "nothing or enamel",
                "theta",
                "/exchange/theta",
                "25.514",
                "größe",
                "jonas.weber",
                "jonas web",
                "enamel 2-BM",
                "\"enamel\" \"acid\"",
            })
    void aRecordIsFoundByItsWords(String question) {
        assertThat(search("mara", question).records())
                .extracting(RecordPage.Summary::id)
                .containsExactly(tooth);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tooth -enamel", "\"enamel tooth\"", "\"toot\"", "zebra", "-tooth enamel"})
    void otherWordsDoNotFindIt(String question) {
        assertThat(search("mara", question).records()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'",
                "''; drop table publication; --",
                "\\",
                "%",
                "_",
                "\"",
                "\"\"\"",
                "-",
                "--",
                "-\"",
                "or",
                "or or",
                "!()&|:*<->",
                "a:*",
                "':*",
                "a & | b",
                "\u0000",
                "\ud800",
                "\u202e",
                "?",
                ":q",
                ":#${body}",
                "${jndi:x}",
                ".",
                "1.",
                ".1",
                "1..2",
                "😀",
                "-or -\"a",
                "\"a\" -\"b c"
            })
    void noQuestionBreaksTheSearch(String question) {
        assertThatCode(() -> search("mara", question)).doesNotThrowAnyException();
    }

    @Test
    void noRandomQuestionBreaksTheSearch() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String letters = "ab1.-\"' \t:*&|!()<>\\%\0\u00e9or";
        for (int i = 0; i < 500; i++) {
            StringBuilder question = new StringBuilder();
            for (int j = random.nextInt(20); j >= 0; j--) {
                question.append(letters.charAt(random.nextInt(letters.length())));
            }
            assertThatCode(() -> search("mara", question.toString()))
                    .as("question '%s' of seed %d", question, seed)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aVeryLongQuestionIsCut() {
        assertThatCode(() -> search("mara", "tooth ".repeat(100_000))).doesNotThrowAnyException();
    }

    @Test
    void pagesGoThroughEveryRecordOnceNewestFirst() {
        List<Long> seen = new ArrayList<>();
        Long after = Long.MAX_VALUE;
        while (after != null) {
            RecordPage page = records.search("mara", false, "", "gels", "", after, 37);
            assertThat(page.records()).hasSizeLessThanOrEqualTo(37);
            page.records().forEach(record -> seen.add(record.id()));
            after = page.next();
        }
        assertThat(seen).hasSize(MANY).doesNotHaveDuplicates().isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void aRecordThatIsMadeAgainKeepsItsPlace() throws Exception {
        RecordPage before = records.search("mara", false, "", "enamel", "", Long.MAX_VALUE, 10);
        long dataset =
                catalog.jdbc().queryForObject("select dataset_id from publication where id = ?", Long.class, tooth);
        new Portal(catalog.jdbc(), catalog.transactions(), catalog.work(), (b, r) -> directory)
                .publish(catalog.claimed(dataset));
        assertThat(records.search("mara", false, "", "enamel", "", Long.MAX_VALUE, 10)
                        .records())
                .extracting(RecordPage.Summary::id)
                .containsExactlyElementsOf(
                        before.records().stream().map(RecordPage.Summary::id).toList());
    }

    @ParameterizedTest
    @CsvSource({"mara,false,1001", "other,false,1", "stranger,false,0", "stranger,true,1002"})
    void everyoneSeesAndCountsHisOwnOnly(String user, boolean operator, long count) {
        RecordPage page = records.search(user, operator, "", "", "", Long.MAX_VALUE, 10);
        assertThat(page.total()).isEqualTo(count);
        assertThat(page.facets().experiment().stream()
                        .mapToLong(RecordPage.Count::count)
                        .sum())
                .isEqualTo(count);
        assertThat(page.facets().beamline().stream()
                        .mapToLong(RecordPage.Count::count)
                        .sum())
                .isEqualTo(count);
    }

    @Test
    void whatMayNotBeSeenIsNotThere() {
        assertThat(records.record("mara", false, secret)).isEmpty();
        assertThat(records.preview("mara", false, secret)).isEmpty();
        assertThat(search("mara", "secret").records()).isEmpty();
        assertThat(search("mara", "secret").facets().experiment()).isEmpty();
        assertThat(records.search("mara", false, "", "hidden", "", Long.MAX_VALUE, 10)
                        .records())
                .isEmpty();
        assertThat(records.record("other", false, secret)).isPresent();
        assertThat(records.record("stranger", true, secret)).isPresent();
    }

    @Test
    void aChoiceDoesNotNarrowItsOwnFacet() {
        RecordPage page = records.search("mara", false, "", "enamel", "", Long.MAX_VALUE, 10);
        assertThat(page.total()).isEqualTo(1);
        assertThat(page.facets().experiment())
                .containsExactly(new RecordPage.Count("gels", MANY), new RecordPage.Count("enamel", 1));
        assertThat(page.facets().beamline()).containsExactly(new RecordPage.Count("2-BM", 1));
    }

    private RecordPage search(String user, String question) {
        return records.search(user, false, question, "", "", Long.MAX_VALUE, 10);
    }

    private long publish(Portal portal, long dataset) {
        long id = catalog.claimed(dataset);
        try {
            portal.publish(id);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return id;
    }
}
