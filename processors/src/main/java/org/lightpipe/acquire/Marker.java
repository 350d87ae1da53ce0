package org.lightpipe.acquire;

import java.util.Optional;

/** How the name of a marker file follows from that of the file it marks. */
final class Marker {

    private static final String NAME = "{name}";

    private final String before;
    private final String after;
    private final boolean named;

    /** @param pattern a file name, in which <code>{name}</code> stands for the name of what is marked */
    Marker(String pattern) {
        int at = pattern.indexOf(NAME);
        named = at >= 0;
        before = named ? pattern.substring(0, at) : pattern;
        after = named ? pattern.substring(at + NAME.length()) : "";
    }

    /** Name of the marker of a name. */
    String of(String name) {
        return named ? before + name + after : before;
    }

    /** The name that a marker of this name marks, if it can be one. */
    Optional<String> marked(String name) {
        boolean fits = named
                && name.length() > before.length() + after.length()
                && name.startsWith(before)
                && name.endsWith(after);
        return fits ? Optional.of(name.substring(before.length(), name.length() - after.length())) : Optional.empty();
    }
}
