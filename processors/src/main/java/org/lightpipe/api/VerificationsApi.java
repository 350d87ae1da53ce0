package org.lightpipe.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.catalog.FileScope;
import org.lightpipe.core.Findings;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;
import org.lightpipe.verify.Verifications;

/** Asks for comparisons of storage with the catalog, and tells what they have found. */
public final class VerificationsApi {

    private static final int USUAL_LIMIT = 1000;
    private static final int MAX_LIMIT = 10_000;

    private final Verifications verifications;
    private final FilesApi files;

    public VerificationsApi(Verifications verifications, FilesApi files) {
        this.verifications = verifications;
        this.files = files;
    }

    /** Asks for one: {@code {experiment, path, rate}}, each optional; everything at the usual rate without them. */
    public Verifications.View request(@Body String request, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        Findings findings = new Findings();
        Optional<YamlMap> map = YamlSource.map("request", request, findings);
        Optional<String> experiment = map.flatMap(fields -> fields.optionalText("experiment"));
        Optional<String> path = map.flatMap(fields -> fields.optionalText("path"));
        Optional<Long> rate = map.filter(fields -> fields.has("rate")).map(fields -> fields.bytes("rate", 0));
        map.ifPresent(YamlMap::end);
        findings.refuse();
        FileScope scope = files.scope(experiment.orElse(""), path.orElse(""), caller);
        return view(verifications.request(scope, rate, caller.username()));
    }

    /** The newest 100. */
    public List<Verifications.View> list() {
        return verifications.list();
    }

    /** How one stands. */
    public Verifications.View show(@Header("id") String id) {
        return view(DatasetsApi.number(id));
    }

    /** What one has found: {@code {problems, next}}, {@code limit} of them at most, behind {@code after}. */
    public Map<String, Object> rot(
            @Header("id") String id, @Header("after") String after, @Header("limit") String limit) {
        int most = (int) RequestValues.number("limit", limit, USUAL_LIMIT, 1, MAX_LIMIT);
        List<Verifications.Rot> rot = verifications.rot(
                view(DatasetsApi.number(id)).id(), RequestValues.number("after", after, 0, 0, Long.MAX_VALUE), most);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("problems", rot);
        answer.put("next", rot.size() < most ? null : rot.get(rot.size() - 1).id());
        return answer;
    }

    /** Ends one. */
    public void cancel(@Header("id") String id, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        verifications.cancel(DatasetsApi.number(id), caller.username());
    }

    private Verifications.View view(long id) {
        return verifications.view(id).orElseThrow(() -> new NotFoundException("there is no verification " + id));
    }
}
