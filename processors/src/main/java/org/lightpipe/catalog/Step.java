package org.lightpipe.catalog;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A step of the life cycle that claims its work from the catalog. */
public enum Step {
    EXPERIMENT("experiment", "REQUESTED", "CREATING", "READY"),
    PERMISSIONS("permission_run", "REQUESTED", "WALKING", "DONE"),
    TRANSFER("file", "DETECTED", "TRANSFERRING", "STORED"),
    COPY("file_copy", "PLANNED", "COPYING", "STORED"),
    CATALOG("file", "STORED", "CATALOGUING", "CATALOGUED"),
    TRIGGER("dataset", "COMPLETE", "TRIGGERING", "TRIGGERED"),
    PROCESS("job", "PENDING", "RUNNING", "DONE"),
    PUBLISH("publication", "PENDING", "PUBLISHING", "PUBLISHED"),
    ANNOUNCE("announcement", "PENDING", "SENDING", "SENT"),
    ARCHIVE("bag", "PLANNED", "BUILDING", "VERIFIED"),
    RELEASE("bag", "VERIFIED", "RELEASING", "RELEASED"),
    RECALL("recall", "REQUESTED", "STAGING", "ONLINE"),
    VERIFY("verification", "REQUESTED", "RUNNING", "DONE");

    private final String table;
    private final String waiting;
    private final String busy;
    private final String done;

    Step(String table, String waiting, String busy, String done) {
        this.table = table;
        this.waiting = waiting;
        this.busy = busy;
        this.done = done;
    }

    /** Its name in routes, JMX and messages. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    public String table() {
        return table;
    }

    /** The step that may find work when this one is done with a row, if it is the same in every life. */
    public Optional<Step> next() {
        return switch (this) {
            case TRANSFER -> Optional.of(CATALOG);
            case TRIGGER -> Optional.of(PROCESS);
            case PROCESS -> Optional.of(PUBLISH);
            case ARCHIVE -> Optional.of(RELEASE);
            default -> Optional.empty();
        };
    }

    /** State of a row that waits for this step. */
    public String waiting() {
        return waiting;
    }

    /** State of a row while this step works on it. */
    public String busy() {
        return busy;
    }

    /** State of a row that this step is done with. */
    public String done() {
        return done;
    }

    /**
     * The step of that label.
     *
     * @throws IllegalArgumentException when there is none; the message lists the labels
     */
    public static Step of(String label) {
        return Arrays.stream(values())
                .filter(step -> step.label().equals(label))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("no step is called '" + label + "'; the steps are " + labels()));
    }

    private static List<String> labels() {
        return Arrays.stream(values()).map(Step::label).toList();
    }
}
