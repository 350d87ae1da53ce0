package org.lightpipe.hub.check;

import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The thread pools that properties declare, by name; Camel has no list of them. */
public final class ThreadPools {

    private static final Pattern PROPERTY = Pattern.compile("camel\\.threadpool\\.config\\[([^]]+)].*");

    private ThreadPools() {}

    /** Names of the pools that these properties are about, each once. */
    public static List<String> declaredBy(Collection<String> propertyNames) {
        return propertyNames.stream()
                .map(PROPERTY::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .distinct()
                .toList();
    }
}
