package org.lightpipe.core;

import java.util.ArrayList;
import java.util.List;

/** Collects findings, so that a person is told all that is wrong at once. Not thread-safe. */
public final class Findings {

    private final List<Finding> found = new ArrayList<>();

    public void add(Finding finding) {
        found.add(finding);
    }

    public void add(String source, int line, String field, String problem, String mend) {
        found.add(new Finding(source, line, field, problem, mend));
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    public List<Finding> all() {
        return List.copyOf(found);
    }

    /**
     * Refuses to go on when something was found.
     *
     * @throws InvalidInputException with every finding
     */
    public void refuse() {
        if (!found.isEmpty()) {
            throw new InvalidInputException(found);
        }
    }
}
