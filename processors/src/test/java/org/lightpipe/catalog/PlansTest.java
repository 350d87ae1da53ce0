package org.lightpipe.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What is done with is not read to find what waits: with 40,000 catalogued files in a partition, no statement that runs
 * again and again reads the partition as a whole, and claims read the index of what waits.
 */
class PlansTest {

    private static final int FILES = 40_000;

    private static TestCatalog catalog;
    private static long experiment;
    private static long dataset;
    private static String partition;

    @BeforeAll
    static void fill() {
        catalog = TestCatalog.empty();
        experiment = catalog.experiment("e1", "2-BM", "t");
        catalog.lane("2-BM", "2-BM");
        long daq = catalog.daq(experiment, Path.of("/detector"));
        dataset = catalog.dataset(experiment, "scan", "{}");
        JdbcTemplate jdbc = catalog.jdbc();
        jdbc.update(
                "insert into file (experiment_id, beamline, dataset_id, daq_id, path, source, size, mtime_ns, state)"
                        + " select ?, '2-BM', ?, ?, 'scan/f' || n, '/detector/scan/f' || n, 1, 1, 'CATALOGUED'"
                        + " from generate_series(1, ?) n",
                experiment,
                dataset,
                daq,
                FILES);
        jdbc.execute("analyze");
        partition = jdbc.queryForObject(
                "select tableoid::regclass::text from file where experiment_id = ? limit 1", String.class, experiment);
    }

    private static String plan(String statement, Object... values) {
        return String.join("\n", catalog.jdbc().queryForList("explain " + statement, String.class, values));
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"TRANSFER", "CATALOG"})
    void aClaimReadsWhatWaits(Step step) throws Exception {
        String statement = Files.readString(Path.of("../routes/sql/claim-" + step.label() + ".sql"));
        String plan = plan(statement.replaceAll(":#\\$\\{properties:[^:}]+:(\\d+)}", "$1"));
        assertThat(plan).doesNotContain("Seq Scan on " + partition);
        assertThat(plan).contains("on " + partition);
        List<String> whole = plan.lines()
                .filter(line -> line.contains("Bitmap") || line.contains(partition + "_experiment_id_path"))
                .toList();
        assertThat(whole).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "what of a hub is under way | select id from file where state = 'TRANSFERRING' and claimed_by = 1",
                "what waits | select state, failed_from, count(*), min(since) from file where state in"
                        + " ('DETECTED', 'TRANSFERRING', 'STORED', 'CATALOGUING', 'FAILED') group by 1, 2",
                "whether a dataset waits | select d.id from dataset d where (select f.id from file f where"
                        + " f.experiment_id = d.experiment_id and f.dataset_id = d.id and f.state in"
                        + " ('DETECTED', 'TRANSFERRING', 'STORED', 'CATALOGUING', 'CHANGED', 'FAILED') limit 1) is null",
                "a file by number | select * from file where id = 7",
                "a file by name | select * from file where experiment_id = 1 and path = 'scan/f77'",
                "a page of a dataset | select id from file where experiment_id = (select experiment_id from dataset"
                        + " where id = 1) and dataset_id = 1 and id > 20000 order by id limit 1000",
                "files of a dataset | select id from file where dataset_id = 1 and id > 20000 order by id limit 1000",
            })
    void aQuestionReadsWhatItIsAbout(String what, String statement) {
        assertThat(plan(statement)).as(what).doesNotContain("Seq Scan on " + partition);
    }
}
