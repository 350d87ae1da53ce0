package org.lightpipe.api;

import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.archive.Recalls;
import org.lightpipe.core.Findings;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;

/** Recalls from tape, for those who may see the dataset. */
public final class RecallsApi {

    private final Recalls recalls;
    private final DatasetsApi datasets;

    public RecallsApi(Recalls recalls, DatasetsApi datasets) {
        this.recalls = recalls;
        this.datasets = datasets;
    }

    /** Asks for a dataset to be brought back: {@code {dataset}}. */
    public Recalls.View request(@Body String request, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        Findings findings = new Findings();
        Optional<YamlMap> map = YamlSource.map("request", request, findings);
        String dataset = map.map(fields -> fields.text("dataset")).orElse("");
        map.ifPresent(YamlMap::end);
        findings.refuse();
        long number = datasets.visible(dataset, caller);
        return view(recalls.request(number, caller.username()));
    }

    /** How far a recall is. */
    public Recalls.View show(@Header("id") String id, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        Recalls.View view = view(DatasetsApi.number(id));
        datasets.visible(Long.toString(view.dataset()), caller);
        return view;
    }

    private Recalls.View view(long id) {
        return recalls.view(id).orElseThrow(() -> new NotFoundException("there is no recall " + id));
    }
}
