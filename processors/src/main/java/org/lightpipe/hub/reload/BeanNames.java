package org.lightpipe.hub.reload;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of the beans that a {@code beans} item makes. */
final class BeanNames {

    private static final Pattern NAME = Pattern.compile("\"name\": \"([^\"]+)\"");

    private BeanNames() {}

    static Set<String> of(Item beans) {
        Set<String> names = new LinkedHashSet<>();
        Matcher matcher = NAME.matcher(beans.content());
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }
}
