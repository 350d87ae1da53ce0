package org.lightpipe.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.catalog.Audit;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.core.Findings;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;
import org.lightpipe.transfer.Destinations;
import org.lightpipe.transfer.Gate;
import org.lightpipe.transfer.StorageStates;

/** The storages, and the operations that steer what goes into them. */
public final class StoragesApi {

    private static final int MOST_AT_ONCE = 1000;

    private final LiveConfiguration configuration;
    private final StorageStates states;
    private final Destinations destinations;
    private final Audit audit;

    public StoragesApi(LiveConfiguration configuration, StorageStates states, Destinations destinations, Audit audit) {
        this.configuration = configuration;
        this.states = states;
        this.destinations = destinations;
        this.audit = audit;
    }

    /** Every configured storage: its limits and state, and what this hub is putting into it. */
    public List<Map<String, Object>> list() {
        Map<String, Gate> gates = new TreeMap<>();
        destinations.gates().forEach(gate -> gates.put(gate.storage().name(), gate));
        Map<String, Storage> storages = configuration.get().storages();
        List<Map<String, Object>> answer = new ArrayList<>();
        for (StorageStates.State state : states.all()) {
            Storage storage = storages.get(state.storage());
            if (storage != null) {
                answer.add(view(storage, state, gates.get(storage.name())));
            }
        }
        return answer;
    }

    private static Map<String, Object> view(Storage storage, StorageStates.State state, Gate gate) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("storage", storage.name());
        view.put("state", state.word());
        view.put("reason", state.reason());
        view.put("failures", state.failures());
        view.put("blockedSeconds", state.blockedSeconds());
        view.put("freeBytes", state.freeBytes());
        view.put("reserveBytes", storage.transfer().reserve());
        view.put("concurrency", state.concurrency().orElse(storage.transfer().concurrency()));
        view.put("bandwidth", state.bandwidth().orElse(storage.transfer().bandwidth()));
        view.put("inFlight", gate == null ? 0 : gate.inFlight());
        view.put("waiting", gate == null ? 0 : gate.waiting());
        view.put("bytes", gate == null ? 0 : gate.bytes());
        view.put("proved", gate == null ? 0 : gate.proved());
        view.put("failed", gate == null ? 0 : gate.failed());
        return view;
    }

    /** Nothing goes into the storage until it is resumed, on every hub. */
    public Map<String, Object> pause(
            @Header("storage") String storage, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        states.pause(storage, true);
        audit.record(caller.username(), "storage paused", storage);
        return Map.of("storage", storage, "paused", true);
    }

    /** Files go into it again at once, after a failure too. */
    public Map<String, Object> resume(
            @Header("storage") String storage, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        states.pause(storage, false);
        audit.record(caller.username(), "storage resumed", storage);
        return Map.of("storage", storage, "paused", false);
    }

    /** Limits it: {@code {concurrency, bandwidth}}; what is left out is as configured. */
    public Map<String, Object> limit(
            @Header("storage") String storage, @Body String request, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        Findings findings = new Findings();
        Optional<YamlMap> map = YamlSource.map("request", request, findings);
        Optional<Integer> concurrency = map.filter(fields -> fields.has("concurrency"))
                .map(fields -> fields.integer("concurrency", 1, 1, MOST_AT_ONCE));
        Optional<Long> bandwidth =
                map.filter(fields -> fields.has("bandwidth")).map(fields -> fields.bytes("bandwidth", 0));
        map.ifPresent(YamlMap::end);
        findings.refuse();
        states.limit(storage, concurrency, bandwidth);
        audit.record(
                caller.username(),
                "storage limited",
                storage + ": concurrency " + concurrency.map(Object::toString).orElse("as configured") + ", bandwidth "
                        + bandwidth.map(Object::toString).orElse("as configured"));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("storage", storage);
        concurrency.ifPresent(value -> answer.put("concurrency", value));
        bandwidth.ifPresent(value -> answer.put("bandwidth", value));
        return answer;
    }
}
