package org.lightpipe.workflow;

import java.util.List;
import java.util.Map;
import org.lightpipe.config.Workflow;
import org.springframework.jdbc.core.JdbcTemplate;

/** Puts a job into the catalog, once for each request. Thread-safe. */
final class Submission {

    private final JdbcTemplate jdbc;
    private final Places places;

    Submission(JdbcTemplate jdbc, Places places) {
        this.jdbc = jdbc;
        this.places = places;
    }

    /**
     * @param given arguments over the workflow's defaults
     * @param file the file that the workflow is started for
     * @param requestKey the same key never makes a second job
     * @return id of the job, which may be an earlier one of the same key
     */
    long submit(
            Dataset dataset,
            Workflow workflow,
            Map<String, String> given,
            DatasetFile file,
            String who,
            String requestKey) {
        Map<String, String> arguments = Arguments.merged(workflow, given);
        arguments.put("experimentName", dataset.experiment());
        arguments.put("datasetName", dataset.name());
        arguments.put("beamline", dataset.beamline());
        arguments.put("filePath", places.file(dataset, file).toString());
        arguments.put("fileSha256", places.digest(dataset, file));
        arguments.put("dataDirectory", places.dataDirectory(dataset, file).toString());
        List<Long> inserted = jdbc.queryForList(
                "insert into job (dataset_id, workflow, owner, arguments, submitted_by, request_key)"
                        + " values (?, ?, ?, ?::jsonb, ?, ?) on conflict (request_key) do nothing returning id",
                Long.class,
                dataset.id(),
                workflow.name(),
                workflow.owner(),
                Arguments.toJson(arguments),
                who,
                requestKey);
        if (!inserted.isEmpty()) {
            return inserted.get(0);
        }
        return jdbc.queryForObject("select id from job where request_key = ?", Long.class, requestKey);
    }
}
