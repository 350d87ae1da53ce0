package org.lightpipe.api;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.catalog.Audit;
import org.lightpipe.core.Findings;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;
import org.lightpipe.workflow.JobView;
import org.lightpipe.workflow.Jobs;

/** Jobs that people ask for. */
public final class JobsApi {

    private final Jobs jobs;
    private final DatasetsApi datasets;
    private final Audit audit;

    public JobsApi(Jobs jobs, DatasetsApi datasets, Audit audit) {
        this.jobs = jobs;
        this.datasets = datasets;
        this.audit = audit;
    }

    /**
     * Asks for a workflow to be run: {@code {dataset, workflow, arguments, key}}. The same {@code key} of the same caller
     * never starts a second job; without one, each request is another.
     */
    public JobView submit(@Body String request, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        Findings findings = new Findings();
        Optional<YamlMap> map = YamlSource.map("request", request, findings);
        String dataset = map.map(fields -> fields.text("dataset")).orElse("");
        String workflow = map.map(fields -> fields.text("workflow")).orElse("");
        Map<String, String> arguments =
                map.map(fields -> fields.textsByName("arguments")).orElse(Map.of());
        String key = map.flatMap(fields -> fields.optionalText("key"))
                .orElseGet(() -> UUID.randomUUID().toString());
        map.ifPresent(YamlMap::end);
        findings.refuse();
        long number = datasets.visible(dataset, caller);
        long job = jobs.submit(number, workflow, arguments, caller.username(), "api:" + caller.username() + ":" + key);
        audit.record(caller.username(), "job asked for", job + " " + workflow);
        return view(job);
    }

    /** How a job stands, for those who may see its dataset. */
    public JobView show(@Header("id") String id, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        JobView view = view(DatasetsApi.number(id));
        try {
            datasets.visible(Long.toString(view.dataset()), caller);
        } catch (NotFoundException e) {
            throw new NotFoundException("there is no job " + id);
        }
        return view;
    }

    private JobView view(long id) {
        return jobs.view(id).orElseThrow(() -> new NotFoundException("there is no job " + id));
    }
}
