package org.lightpipe.core;

import java.util.regex.Pattern;

/** Names that become directories, group names, URLs and command arguments. */
public final class Names {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** What a name may be, in words. */
    public static final String RULE =
            "use letters, digits, '.', '_' and '-', starting with a letter or digit, at most 100 characters";

    private Names() {}

    /** True for a name that is safe as one path segment. */
    public static boolean isSafe(String name) {
        return NAME.matcher(name).matches() && !name.contains("..");
    }

    /** Adds a finding when a field that is there is not a safe name. */
    public static void check(YamlMap map, String field, String name) {
        if (!name.isEmpty() && !isSafe(name)) {
            map.wrong(field, "'" + name + "' cannot be used as a name", RULE);
        }
    }
}
