package org.lightpipe.experiment;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lightpipe.config.Configuration;
import org.lightpipe.core.Findings;
import org.lightpipe.core.Names;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;

/**
 * A form for an experiment, checked.
 *
 * @param name name of the experiment, unique in the facility
 * @param beamline beamline it takes place at
 * @param type kind of experiment
 * @param title for people
 * @param description for people
 * @param start first day, if told
 * @param end last day, if told
 * @param rootPath directory of the experiment below the storage root
 * @param users who may see its data
 * @param watch directory to watch as soon as the experiment is ready, if told
 * @param written the form as it was written
 */
public record ExperimentForm(
        String name,
        String beamline,
        String type,
        String title,
        String description,
        Optional<LocalDate> start,
        Optional<LocalDate> end,
        String rootPath,
        List<User> users,
        Optional<String> watch,
        Map<String, Object> written) {

    static final List<String> ROLES = List.of("PI", "User", "Contact");

    /** A user of the experiment, with the role that the form gives. */
    public record User(String name, String role) {}

    /**
     * Reads a form. JSON is YAML too.
     *
     * @param source name of the file or request, for the findings
     * @throws org.lightpipe.core.InvalidInputException with everything that is wrong with it
     */
    public static ExperimentForm parse(String source, String text, Configuration configuration) {
        Findings findings = new Findings();
        Optional<ExperimentForm> form = YamlSource.map(source, text, findings).map(map -> read(map, configuration));
        findings.refuse();
        return form.orElseThrow();
    }

    private static ExperimentForm read(YamlMap map, Configuration configuration) {
        String name = map.text("name");
        Names.check(map, "name", name);
        String beamline = map.text("beamline");
        if (!beamline.isEmpty() && !configuration.beamlines().containsKey(beamline)) {
            map.wrong(
                    "beamline",
                    "beamline '" + beamline + "' is not configured",
                    YamlMap.suggestion(
                                    beamline,
                                    List.copyOf(configuration.beamlines().keySet()))
                            + " — or add config/beamlines/" + beamline + ".yaml");
        }
        String type = map.text("type", "general");
        Names.check(map, "type", type);
        String title = map.text("title", name);
        String description = map.text("description", "");
        Optional<LocalDate> start = date(map, "start");
        Optional<LocalDate> end = date(map, "end");
        if (start.isPresent() && end.isPresent() && end.get().isBefore(start.get())) {
            map.wrong("end", "is before the start", "");
        }
        String rootPath = map.text("rootPath", beamline + "/" + name);
        for (String part : rootPath.split("/", -1)) {
            if (!Names.isSafe(part)) {
                map.wrong("rootPath", "'" + rootPath + "' is not a path below the storage", Names.RULE);
                break;
            }
        }
        List<User> users = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (YamlMap user : map.maps("users")) {
            String username = user.text("name");
            Names.check(user, "name", username);
            if (!username.isEmpty() && !seen.add(username)) {
                user.wrong("name", "'" + username + "' is listed twice", "remove one");
            }
            users.add(new User(username, user.choice("role", "User", ROLES)));
            user.end();
        }
        Optional<String> watch = map.optionalText("watch");
        map.end();
        return new ExperimentForm(
                name, beamline, type, title, description, start, end, rootPath, List.copyOf(users), watch, map.plain());
    }

    private static Optional<LocalDate> date(YamlMap map, String field) {
        return map.optionalText(field).flatMap(text -> {
            try {
                return Optional.of(LocalDate.parse(text));
            } catch (DateTimeException e) {
                map.wrong(field, "'" + text + "' is not a date", "write it as 2026-11-24");
                return Optional.empty();
            }
        });
    }
}
