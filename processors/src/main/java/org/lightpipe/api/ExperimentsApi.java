package org.lightpipe.api;

import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.experiment.Experiments;

/** Experiments for callers from outside. */
public final class ExperimentsApi {

    private final Experiments experiments;

    public ExperimentsApi(Experiments experiments) {
        this.experiments = experiments;
    }

    /** Records the experiment of a form; {@code source} names the form in the findings. */
    public Map<String, Object> record(
            @Header("source") String source, @Body String form, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        return Map.of("name", experiments.record(source == null ? "form" : source, form, caller.username()));
    }

    /** The users of an experiment. */
    public List<Map<String, Object>> users(@Header("experiment") String experiment) {
        return experiments.users(experiment);
    }

    /** Changes the users of an experiment, {@code {add: [{name, role}], remove: [name]}}; answers with all of them. */
    public List<Map<String, Object>> changeUsers(
            @Header("experiment") String experiment,
            @Body String request,
            @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        experiments.changeUsers(experiment, request, caller.username());
        return experiments.users(experiment);
    }

    /** The experiments that the caller may see. */
    public List<Map<String, Object>> list(@ExchangeProperty(Caller.PROPERTY) Caller caller) {
        return experiments.list(caller.username(), caller.operator());
    }
}
