package org.lightpipe.config;

import java.nio.file.FileSystems;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import org.lightpipe.config.AcquirePolicy.Complete;
import org.lightpipe.config.AcquirePolicy.Events;
import org.lightpipe.config.AcquirePolicy.Existing;
import org.lightpipe.config.AcquirePolicy.Unit;
import org.lightpipe.core.Findings;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;

/** Reads which files are taken, and when: of a beamline, and of one monitor, which may be told otherwise. */
public final class AcquireReader {

    private AcquireReader() {}

    /** The policy of a beamline: {@code watch} and {@code acquire} of its file. */
    static AcquirePolicy beamline(YamlMap beamline) {
        Optional<String> watch = beamline.optionalText("watch");
        AcquirePolicy standard = AcquirePolicy.standard();
        return beamline.map("acquire")
                .map(map -> {
                    AcquirePolicy policy = policy(map, standard, map.has("watch") ? map.optionalText("watch") : watch);
                    map.end();
                    return policy;
                })
                .orElseGet(() -> watched(standard, watch));
    }

    /**
     * What one monitor is told beyond the policy of its beamline: any field of {@code acquire} but {@code watch}, and
     * {@code once}, {@code maxRuntime} and {@code until}. What is wrong is added to the findings of the map.
     */
    public static MonitorOptions monitor(YamlMap map, AcquirePolicy beamline) {
        MonitorOptions options = new MonitorOptions(
                policy(map, beamline, beamline.watch()),
                map.flag("once", false),
                duration(map, "maxRuntime"),
                instant(map, "until"));
        map.end();
        return options;
    }

    /**
     * The same from JSON or YAML text.
     *
     * @param source what it is called in findings
     * @param text the options; a text without any is the policy of the beamline
     */
    public static MonitorOptions monitor(String source, String text, AcquirePolicy beamline, Findings findings) {
        return YamlSource.map(source, text, findings)
                .map(map -> monitor(map, beamline))
                .orElseGet(() -> new MonitorOptions(beamline, false, Optional.empty(), Optional.empty()));
    }

    private static AcquirePolicy watched(AcquirePolicy policy, Optional<String> watch) {
        return new AcquirePolicy(
                watch,
                policy.complete(),
                policy.quiet(),
                policy.marker(),
                policy.include(),
                policy.exclude(),
                policy.rescan());
    }

    private static AcquirePolicy policy(YamlMap map, AcquirePolicy otherwise, Optional<String> watch) {
        Unit unit = one(map, "unit", Unit.values(), otherwise.unit());
        return new AcquirePolicy(
                watch,
                one(map, "complete", Complete.values(), otherwise.complete()),
                map.duration("quiet", otherwise.quiet()),
                marker(map, otherwise.marker(), unit),
                map.has("include") ? globs(map, "include") : otherwise.include(),
                map.has("exclude") ? globs(map, "exclude") : otherwise.exclude(),
                longEnough(map, "rescan", otherwise.rescan(), Duration.ofMillis(1)),
                map.duration("minimumAge", otherwise.minimumAge()),
                map.flag("hidden", otherwise.hidden()),
                map.integer("depth", otherwise.depth(), 1, Integer.MAX_VALUE),
                one(map, "existing", Existing.values(), otherwise.existing()),
                unit,
                one(map, "events", Events.values(), otherwise.events()),
                longEnough(map, "sweep", otherwise.sweep(), Duration.ofSeconds(1)));
    }

    private static String marker(YamlMap map, String otherwise, Unit unit) {
        String marker = map.text("marker", otherwise);
        boolean named = marker.contains("{name}") || unit == Unit.DIRECTORY;
        if (!named || marker.contains("/") || marker.equals("{name}")) {
            map.wrong("marker", "'" + marker + "' does not name the file it marks", "write it as '{name}.done'");
        }
        return marker;
    }

    private static Duration longEnough(YamlMap map, String field, Duration otherwise, Duration least) {
        Duration duration = map.duration(field, otherwise);
        if (duration.compareTo(least) < 0) {
            map.wrong(field, "is too short", "at least " + least.toMillis() + "ms");
        }
        return duration;
    }

    private static Optional<Duration> duration(YamlMap map, String field) {
        return map.has(field) ? Optional.of(map.duration(field, Duration.ZERO)) : Optional.empty();
    }

    private static Optional<Instant> instant(YamlMap map, String field) {
        return map.optionalText(field).flatMap(text -> {
            try {
                return Optional.of(OffsetDateTime.parse(text).toInstant());
            } catch (DateTimeParseException e) {
                map.wrong(
                        field,
                        "'" + text + "' is not a time",
                        "write it with its offset from UTC: 2026-11-24T18:00:00Z or 2026-11-24T12:00:00-06:00");
                return Optional.empty();
            }
        });
    }

    static List<String> globs(YamlMap map, String field) {
        List<String> globs = map.texts(field);
        for (String glob : globs) {
            try {
                FileSystems.getDefault().getPathMatcher("glob:" + glob);
            } catch (PatternSyntaxException e) {
                map.wrong(field, "'" + glob + "' is not a glob: " + e.getDescription(), "write it as '**.h5'");
            }
        }
        return globs;
    }

    private static <E extends Enum<E>> E one(YamlMap map, String field, E[] values, E otherwise) {
        List<String> labels = new ArrayList<>();
        for (E value : values) {
            labels.add(value.name().toLowerCase(Locale.ROOT));
        }
        String label = map.choice(field, otherwise.name().toLowerCase(Locale.ROOT), labels);
        return values[labels.indexOf(label)];
    }
}
