package org.lightpipe.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.Held;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.StepStatus;
import org.lightpipe.catalog.Work;
import org.lightpipe.core.Findings;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.core.YamlSource;

/** The hub's state, and the operations that steer it. */
public final class StatusApi {

    private static final int USUAL_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;

    private final StepStatus status;
    private final Held held;
    private final Work work;
    private final Audit audit;
    private final Map<String, String> facts;
    private final Supplier<String> devices;

    /**
     * @param status state of the steps
     * @param held what is held, and why
     * @param work retries what is held
     * @param audit records who did it
     * @param facts what does not change while the hub runs, such as the version
     * @param devices describes the GPUs
     */
    public StatusApi(
            StepStatus status, Held held, Work work, Audit audit, Map<String, String> facts, Supplier<String> devices) {
        this.status = status;
        this.held = held;
        this.work = work;
        this.audit = audit;
        this.facts = Map.copyOf(facts);
        this.devices = devices;
    }

    /** The facts, and a line for each step. */
    public Map<String, Object> status() {
        Map<String, Object> answer = new LinkedHashMap<>(facts);
        answer.put("gpu", devices.get());
        answer.put("ready", true);
        answer.put("steps", status.lines());
        return answer;
    }

    /** Pauses a step on every hub. */
    public Map<String, Object> pause(@Header("step") String step, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        status.pause(known(step).label(), true);
        audit.record(caller.username(), "step paused", step);
        return Map.of("step", step, "paused", true);
    }

    /** Lets a step go on. */
    public Map<String, Object> resume(@Header("step") String step, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        status.pause(known(step).label(), false);
        audit.record(caller.username(), "step resumed", step);
        return Map.of("step", step, "paused", false);
    }

    /**
     * Sets what a step holds for a person to work again: everything, or what the body says, {@code {ids: […]}} or
     * {@code {reason: GLOB}} or both.
     */
    public Map<String, Object> retry(
            @Header("step") String step, @Body String request, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        Step known = known(step);
        Wanted wanted = wanted(request);
        int count = work.retryFailed(known, wanted.ids(), wanted.reason().map(Held::like));
        audit.record(caller.username(), "retried", step + " " + wanted.words() + ": " + count);
        return Map.of("retried", count);
    }

    /** Why items are held, and how many for each reason; of all steps, or of one. */
    public List<Held.Group> held(@Header("step") String step) {
        return held.groups(RequestValues.text(step).map(StatusApi::known));
    }

    /** The items that a step holds, {@code limit} of them at most, behind {@code after}; perhaps only for one reason. */
    public Map<String, Object> heldItems(
            @Header("step") String step,
            @Header("reason") String reason,
            @Header("after") String after,
            @Header("limit") String limit) {
        int most = (int) RequestValues.number("limit", limit, USUAL_LIMIT, 1, MAX_LIMIT);
        List<Held.Item> items = held.items(
                known(step),
                RequestValues.text(reason).map(Held::like),
                RequestValues.number("after", after, 0, 0, Long.MAX_VALUE),
                most);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("items", items);
        answer.put(
                "next", items.size() < most ? null : items.get(items.size() - 1).id());
        return answer;
    }

    private record Wanted(List<Long> ids, Optional<String> reason) {
        String words() {
            if (ids.isEmpty() && reason.isEmpty()) {
                return "all";
            }
            String words = ids.isEmpty() ? "" : "ids " + ids;
            return (words + reason.map(glob -> " reason " + glob).orElse("")).strip();
        }
    }

    private static Wanted wanted(String request) {
        if (RequestValues.text(request).isEmpty()) {
            return new Wanted(List.of(), Optional.empty());
        }
        Findings findings = new Findings();
        Optional<Wanted> wanted = YamlSource.map("request", request, findings).map(fields -> {
            List<Long> ids = new ArrayList<>();
            for (String id : fields.texts("ids")) {
                try {
                    ids.add(Long.parseLong(id));
                } catch (NumberFormatException e) {
                    fields.wrong(
                            "ids", "'" + id + "' is not the number of an item", "./lightpipe held STEP lists them");
                }
            }
            if (fields.has("ids") && ids.isEmpty()) {
                fields.wrong("ids", "names no item", "leave it out to retry everything that the step holds");
            }
            Optional<String> reason = fields.optionalText("reason");
            fields.end();
            return new Wanted(List.copyOf(ids), reason);
        });
        findings.refuse();
        return wanted.orElseThrow();
    }

    private static Step known(String label) {
        try {
            return Step.of(label);
        } catch (IllegalArgumentException e) {
            throw new NotFoundException(e.getMessage());
        }
    }
}
