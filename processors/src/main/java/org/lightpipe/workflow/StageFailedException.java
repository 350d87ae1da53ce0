package org.lightpipe.workflow;

import java.util.OptionalInt;

/** A stage did not do what it should; another attempt may. The message names the stage and says why. */
final class StageFailedException extends Exception {

    private final transient OptionalInt exitStatus;
    private final String output;

    StageFailedException(String message) {
        this(message, OptionalInt.empty(), "");
    }

    StageFailedException(String message, Throwable cause) {
        super(message, cause);
        this.exitStatus = OptionalInt.empty();
        this.output = "";
    }

    StageFailedException(String message, OptionalInt exitStatus, String output) {
        super(message);
        this.exitStatus = exitStatus;
        this.output = output;
    }

    /** Exit status of a command that ended by itself. */
    OptionalInt exitStatus() {
        return exitStatus;
    }

    /** Last part of what it printed. */
    String output() {
        return output;
    }
}
