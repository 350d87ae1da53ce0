package org.lightpipe.api;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.catalog.MonitorOrder;
import org.lightpipe.config.AcquirePolicy;
import org.lightpipe.core.Findings;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;

/** Reads a request for a monitor or an upload. */
final class MonitorForm {

    private static final Map<String, Integer> PRIORITIES =
            Map.of("low", MonitorOrder.LOW, "normal", MonitorOrder.NORMAL, "high", MonitorOrder.HIGH);
    private static final List<String> COMPLETE = java.util.Arrays.stream(AcquirePolicy.Complete.values())
            .map(complete -> complete.name().toLowerCase(Locale.ROOT))
            .toList();
    private static final int MAX_DEPTH = 1000;

    private MonitorForm() {}

    /**
     * The order that a request gives.
     *
     * @throws org.lightpipe.core.InvalidInputException with all that is wrong with it
     */
    static MonitorOrder read(String request, MonitorOrder.Kind kind) {
        Findings findings = new Findings();
        Optional<MonitorOrder> order =
                YamlSource.map("request", request, findings).map(fields -> read(fields, kind));
        findings.refuse();
        return order.orElseThrow();
    }

    private static MonitorOrder read(YamlMap fields, MonitorOrder.Kind kind) {
        boolean upload = kind == MonitorOrder.Kind.UPLOAD;
        String experiment = fields.text("experiment");
        String directory = fields.text("directory");
        String priority = fields.choice("priority", upload ? "low" : "normal", List.of("low", "normal", "high"));
        Map<String, Object> options = new LinkedHashMap<>();
        choice(fields, "unit", List.of("file", "directory"), options);
        globs(fields, "include", options);
        globs(fields, "exclude", options);
        choice(fields, "complete", COMPLETE, options);
        duration(fields, "quiet", Duration.ZERO, options);
        if (fields.has("depth")) {
            options.put("depth", fields.integer("depth", 1, 1, MAX_DEPTH));
        }
        if (fields.has("hidden")) {
            options.put("hidden", fields.flag("hidden", false));
        }
        if (upload) {
            options.put("once", true);
        } else {
            choice(fields, "existing", List.of("process", "ignore"), options);
            duration(fields, "maxRuntime", Duration.ofSeconds(1), options);
            until(fields, options);
        }
        fields.end();
        return new MonitorOrder(kind, experiment, directory, PRIORITIES.get(priority), options);
    }

    private static void choice(YamlMap fields, String field, List<String> choices, Map<String, Object> options) {
        if (fields.has(field)) {
            options.put(field, fields.choice(field, choices.get(0), choices));
        }
    }

    private static void globs(YamlMap fields, String field, Map<String, Object> options) {
        List<String> globs = fields.texts(field);
        for (String glob : globs) {
            try {
                java.nio.file.FileSystems.getDefault().getPathMatcher("glob:" + glob);
            } catch (IllegalArgumentException e) {
                fields.wrong(field, "'" + glob + "' is not a glob: " + e.getMessage(), "write it as *.h5 or scan_*/**");
            }
        }
        if (!globs.isEmpty()) {
            options.put(field, globs);
        }
    }

    private static void duration(YamlMap fields, String field, Duration least, Map<String, Object> options) {
        if (fields.has(field)) {
            Duration duration = fields.duration(field, least);
            if (duration.compareTo(least) < 0) {
                fields.wrong(field, "is shorter than " + least.toSeconds() + "s", "");
            }
            // In a unit that the database understands too.
            options.put(
                    field, duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms");
        }
    }

    private static void until(YamlMap fields, Map<String, Object> options) {
        fields.optionalText("until").ifPresent(text -> {
            try {
                OffsetDateTime until = OffsetDateTime.parse(text);
                if (until.isBefore(OffsetDateTime.now())) {
                    fields.wrong("until", text + " is over already", "give a time to come");
                }
                options.put("until", until.toInstant().toString());
            } catch (DateTimeException e) {
                fields.wrong(
                        "until",
                        "'" + text + "' is not a time with its offset",
                        "write it as 2026-11-24T18:00:00-06:00");
            }
        });
    }
}
