package org.lightpipe.core;

import java.util.List;
import java.util.stream.Collectors;

/** Something a person wrote cannot be used; nothing was changed. */
public final class InvalidInputException extends RuntimeException {

    private final transient List<Finding> findings;

    public InvalidInputException(List<Finding> findings) {
        super(findings.stream().map(Finding::toString).collect(Collectors.joining("\n")));
        this.findings = List.copyOf(findings);
    }

    /** A single finding about a request, where there is no file and no line. */
    public static InvalidInputException of(String source, String field, String problem, String mend) {
        return new InvalidInputException(List.of(new Finding(source, 0, field, problem, mend)));
    }

    public List<Finding> findings() {
        return findings;
    }
}
