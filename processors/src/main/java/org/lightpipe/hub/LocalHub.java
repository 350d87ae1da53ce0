package org.lightpipe.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the hub that uses a state directory of this machine. */
public final class LocalHub {

    private LocalHub() {}

    /** Address of its API, if a hub runs there. */
    public static Optional<String> url(Path state) throws IOException {
        return new HubFile(state).url();
    }

    /** Its process, if a hub runs there. */
    public static Optional<ProcessHandle> process(Path state) throws IOException {
        return new HubFile(state).process();
    }

    /**
     * The token of its operator.
     *
     * @throws java.nio.file.AccessDeniedException when the caller is not its user
     */
    public static String operatorToken(Path state) throws IOException {
        return new OperatorToken(state).read();
    }
}
