package org.lightpipe.config;

import java.nio.file.FileSystems;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.lightpipe.core.YamlMap;

/** Reads the section {@code metadata} of a beamline. */
final class MetadataReader {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,99}");
    private static final int MOST = 200;

    private MetadataReader() {}

    /** The policy of a beamline; everything is kept where it says nothing. */
    static MetadataPolicy read(YamlMap beamline) {
        return beamline.map("metadata").map(MetadataReader::policy).orElseGet(MetadataPolicy::everything);
    }

    private static MetadataPolicy policy(YamlMap map) {
        List<String> globs = globs(map);
        Optional<List<String>> keep = map.has("keep") ? Optional.of(globs) : Optional.empty();
        Map<String, List<String>> names =
                map.map("names").map(MetadataReader::names).orElseGet(Map::of);
        map.end();
        return new MetadataPolicy(keep, names);
    }

    private static List<String> globs(YamlMap map) {
        List<String> globs = map.texts("keep");
        tooMany(map, "keep", globs.size());
        for (String glob : globs) {
            try {
                FileSystems.getDefault().getPathMatcher("glob:" + glob);
            } catch (PatternSyntaxException e) {
                map.wrong(
                        "keep",
                        "'" + glob + "' is not a glob: " + e.getDescription(),
                        "write it as '/entry/instrument/**'");
            }
            if (glob.contains("[") || glob.contains("\\")) {
                map.wrong("keep", "'" + glob + "' has '[' or '\\' in it", "use *, **, ? and {a,b}");
            }
            if (glob.isBlank()) {
                map.wrong("keep", "has an empty glob", "remove it; 'keep: []' keeps only what is named");
            }
        }
        return globs;
    }

    private static Map<String, List<String>> names(YamlMap map) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        tooMany(map, "", map.sortedNames().size());
        for (String name : map.sortedNames()) {
            if (!NAME.matcher(name).matches()) {
                map.wrong(
                        name,
                        "'" + name + "' cannot be the name of a field",
                        "use letters, digits, '_', '.' and '-', starting with a letter, at most 100 characters");
            }
            List<String> fields = map.texts(name);
            if (fields.isEmpty() || fields.stream().anyMatch(String::isBlank)) {
                map.wrong(name, "names no field", "write '" + name + ": /entry/instrument/…'");
            }
            for (String field : fields) {
                if (field.contains("*")) {
                    map.wrong(
                            name, "'" + field + "' has a '*' in it", "name one field, or several as a list: [/a, /b]");
                }
            }
            names.put(name, fields);
        }
        return Map.copyOf(names);
    }

    private static void tooMany(YamlMap map, String field, int count) {
        if (count > MOST) {
            map.wrong(field, "has " + count + " entries", "at most " + MOST + " are looked for in every file");
        }
    }
}
