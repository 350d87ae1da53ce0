package org.lightpipe.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.StepStatus;
import org.lightpipe.catalog.Work;
import org.lightpipe.core.NotFoundException;

/** The hub's state, and the operations that steer it. */
public final class StatusApi {

    private final StepStatus status;
    private final Work work;
    private final Audit audit;
    private final Map<String, String> facts;
    private final Supplier<String> devices;

    /**
     * @param status state of the steps
     * @param work retries what is held
     * @param audit records who did it
     * @param facts what does not change while the hub runs, such as the version
     * @param devices describes the GPUs
     */
    public StatusApi(StepStatus status, Work work, Audit audit, Map<String, String> facts, Supplier<String> devices) {
        this.status = status;
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

    /** Sets everything that a step holds for a person to work again. */
    public Map<String, Object> retry(@Header("step") String step, @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        int count = work.retryFailed(known(step));
        audit.record(caller.username(), "retried", step + ": " + count);
        return Map.of("retried", count);
    }

    private static Step known(String label) {
        try {
            return Step.of(label);
        } catch (IllegalArgumentException e) {
            throw new NotFoundException(e.getMessage());
        }
    }
}
