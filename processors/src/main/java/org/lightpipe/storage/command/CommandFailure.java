package org.lightpipe.storage.command;

import java.io.IOException;
import java.util.Set;

/** A command that did not do what it was to do. */
public final class CommandFailure extends IOException {

    private static final long serialVersionUID = 1L;

    /** Of rsync: a protocol that does not fit, no connection, a broken one, and time-outs. */
    private static final Set<Integer> RSYNC_CONNECTION = Set.of(2, 5, 10, 12, 30, 35);

    /** Of ssh: it did not get through. */
    private static final int SSH_CONNECTION = 255;

    private final boolean ofStorage;

    private CommandFailure(String message, boolean ofStorage, Throwable cause) {
        super(message, cause);
        this.ofStorage = ofStorage;
    }

    static CommandFailure status(String operation, String program, int status, String said) {
        return new CommandFailure(
                operation + " (" + program + ") ended with exit status " + status + (said.isEmpty() ? "" : ": " + said),
                status == SSH_CONNECTION || program.equals("rsync") && RSYNC_CONNECTION.contains(status),
                null);
    }

    static CommandFailure tooLong(String operation, String program, long seconds, String said) {
        return new CommandFailure(
                operation + " (" + program + ") had no end after " + seconds + " s and was killed"
                        + (said.isEmpty() ? "" : ": " + said),
                true,
                null);
    }

    static CommandFailure notStarted(String operation, String program, IOException why) {
        return new CommandFailure(
                operation + " (" + program + ") could not be started: " + why.getMessage(), true, why);
    }

    static CommandFailure output(String operation, String program, String what) {
        return new CommandFailure(operation + " (" + program + ") " + what, false, null);
    }

    /** True when other files would fare no better: the far side is not reached, or the program is not there. */
    public boolean isOfStorage() {
        return ofStorage;
    }
}
