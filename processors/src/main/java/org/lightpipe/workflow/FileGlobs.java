package org.lightpipe.workflow;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.lightpipe.catalog.PermanentFailureException;

/** Globs of a rule. A glob matches a file's whole path or its name alone, so that {@code *.h5} means what it says. */
final class FileGlobs {

    private final List<PathMatcher> matchers = new ArrayList<>();

    /**
     * @param globs such as {@code *.h5} or <code>scan_*&#47;*.tif</code>; none match everything
     * @throws PermanentFailureException when one is not a glob
     */
    FileGlobs(List<String> globs) {
        for (String glob : globs) {
            try {
                matchers.add(FileSystems.getDefault().getPathMatcher("glob:" + glob));
            } catch (PatternSyntaxException e) {
                throw new PermanentFailureException(
                        "'" + glob + "' is not a glob: " + e.getDescription()
                                + "; mend it in the trigger of the beamline's file in config/beamlines",
                        e);
            }
        }
    }

    boolean match(String file) {
        if (matchers.isEmpty()) {
            return true;
        }
        Path path = Path.of(file);
        Path name = path.getFileName();
        return matchers.stream().anyMatch(matcher -> matcher.matches(path) || matcher.matches(name));
    }
}
