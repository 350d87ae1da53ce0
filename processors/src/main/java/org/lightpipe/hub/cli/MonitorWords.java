package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Options of monitors and uploads; what is not given is as the beamline is configured. */
final class MonitorWords {

    enum Unit {
        FILE,
        DIRECTORY
    }

    enum Priority {
        LOW,
        NORMAL,
        HIGH
    }

    @Option(names = "--experiment", required = true, paramLabel = "NAME", description = "Whose files these are.")
    private String experiment;

    @Option(
            names = "--unit",
            description = "Whether each file is taken when it is finished, or the whole directory once all is:"
                    + " ${COMPLETION-CANDIDATES}, in any case.")
    private Unit unit;

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description = "Takes only paths that match, such as '*.h5' or 'scan_*/**'; may be repeated.")
    private List<String> include;

    @Option(names = "--exclude", paramLabel = "GLOB", description = "Leaves paths that match; may be repeated.")
    private List<String> exclude;

    @Option(
            names = "--complete",
            paramLabel = "HOW",
            description = "How a finished file is told, such as stable, marker or rename.")
    private String complete;

    @Option(
            names = "--quiet",
            paramLabel = "TIME",
            description = "For how long a finished file has not changed, such as 500ms or 2s.")
    private String quiet;

    @Option(names = "--depth", paramLabel = "N", description = "How many levels of directories are looked into.")
    private Integer depth;

    @Option(names = "--hidden", description = "Takes hidden files too: those whose name begins with a dot.")
    private boolean hidden;

    @Option(
            names = "--priority",
            description = "Which of a beamline's files go first: ${COMPLETION-CANDIDATES}, in any case (default: normal"
                    + " for monitors, low for uploads).")
    private Priority priority;

    /** The request so far. */
    ObjectNode request(Path directory) {
        ObjectNode request = new ObjectMapper()
                .createObjectNode()
                .put("experiment", experiment)
                .put("directory", directory.toAbsolutePath().normalize().toString());
        put(request, "unit", unit);
        put(request, "priority", priority);
        put(request, "complete", complete);
        put(request, "quiet", quiet);
        texts(request, "include", include);
        texts(request, "exclude", exclude);
        if (depth != null) {
            request.put("depth", depth);
        }
        if (hidden) {
            request.put("hidden", true);
        }
        return request;
    }

    static void put(ObjectNode request, String field, Object value) {
        if (value != null) {
            request.put(
                    field, value instanceof Enum<?> choice ? choice.name().toLowerCase(Locale.ROOT) : value.toString());
        }
    }

    private static void texts(ObjectNode request, String field, List<String> values) {
        if (values != null) {
            var array = request.putArray(field);
            values.forEach(array::add);
        }
    }
}
