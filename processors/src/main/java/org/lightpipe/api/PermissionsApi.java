package org.lightpipe.api;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.core.Findings;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;
import org.lightpipe.experiment.Permissions;

/** Checks and restores permissions for callers from outside. */
public final class PermissionsApi {

    private final Permissions permissions;

    public PermissionsApi(Permissions permissions) {
        this.permissions = permissions;
    }

    /**
     * Asks for walks: {@code {action: check|restore, experiment: NAME}}, or {@code all: true} in place of the experiment.
     *
     * @return id and experiment of each walk
     */
    public List<Permissions.Requested> request(@Body String request, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        Findings findings = new Findings();
        Optional<YamlMap> map = YamlSource.map("request", request, findings);
        String action = map.map(fields -> {
                    if (!fields.has("action")) {
                        fields.wrong("action", "is missing", "write check or restore");
                    }
                    return fields.choice("action", "check", List.of("check", "restore"));
                })
                .orElse("");
        boolean all = map.map(fields -> fields.flag("all", false)).orElse(false);
        Optional<String> experiment = map.flatMap(fields -> fields.optionalText("experiment"));
        map.filter(fields -> all == experiment.isPresent())
                .ifPresent(fields -> fields.wrong("experiment", "or else 'all: true' is needed, and not both", ""));
        map.ifPresent(YamlMap::end);
        findings.refuse();
        Permissions.Action chosen = Permissions.Action.valueOf(action.toUpperCase(Locale.ROOT));
        return all
                ? permissions.requestAll(chosen, caller.username())
                : List.of(permissions.request(experiment.orElseThrow(), chosen, caller.username()));
    }

    /** How far a walk is, and what it found after a finding that is known already. */
    public Map<String, Object> show(@Header("id") String id, @Header("after") String after) {
        try {
            return permissions.show(Long.parseLong(id), after == null ? 0 : Long.parseLong(after));
        } catch (NumberFormatException e) {
            throw new NotFoundException("there is no walk " + id + " through permissions");
        }
    }
}
