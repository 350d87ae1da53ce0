package org.lightpipe.hub.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resolves <code>{{name}}</code>, <code>{{name:default}}</code>, <code>{{?name}}</code> and the env and sys functions as Camel does. */
final class Placeholders {

    private static final Pattern INNERMOST = Pattern.compile("\\{\\{([^{}]*)}}");

    /** A property may name another; more than this is a circle. */
    private static final int MAX_STEPS = 100;

    private final Function<String, Optional<String>> properties;

    Placeholders(Function<String, Optional<String>> properties) {
        this.properties = properties;
    }

    /**
     * What a text becomes.
     *
     * @param text with every placeholder replaced that can be
     * @param open true when something in it is only known later, or not at all
     * @param unknown names that nothing defines
     */
    record Resolved(String text, boolean open, List<String> unknown) {}

    Resolved resolve(String text, Scope scope) {
        String current = text;
        boolean open = false;
        List<String> unknown = new ArrayList<>();
        for (int step = 0; step < MAX_STEPS; step++) {
            Matcher matcher = INNERMOST.matcher(current);
            if (!matcher.find()) {
                return new Resolved(current, open, List.copyOf(unknown));
            }
            String inside = matcher.group(1).trim();
            String value = "";
            if (inside.startsWith("?")) {
                Optional<String> found = lookup(inside.substring(1), scope, new ArrayList<>());
                open |= found.isEmpty();
                value = found.orElse("");
            } else if (scope.names().contains(name(inside))) {
                open = true;
            } else {
                Optional<String> found = lookup(inside, scope, unknown);
                open |= found.isEmpty();
                value = found.orElse("");
            }
            current = current.substring(0, matcher.start()) + value + current.substring(matcher.end());
        }
        return new Resolved(text, true, List.of(text.replace("{{", "").replace("}}", "") + " (it names itself)"));
    }

    private Optional<String> lookup(String inside, Scope scope, List<String> unknown) {
        if (inside.startsWith("env:") || inside.startsWith("sys:")) {
            String key = name(inside.substring(4));
            String given = inside.startsWith("env:") ? System.getenv(key) : System.getProperty(key);
            return found(given, inside.substring(4), inside, unknown);
        }
        if (inside.startsWith("bean:") || scope.names().contains(name(inside))) {
            return Optional.empty();
        }
        String given = properties.apply(name(inside)).orElse(null);
        return found(given, inside, inside, unknown);
    }

    private static Optional<String> found(String given, String withDefault, String whole, List<String> unknown) {
        if (given != null) {
            return Optional.of(given);
        }
        int colon = withDefault.indexOf(':');
        if (colon >= 0) {
            return Optional.of(withDefault.substring(colon + 1));
        }
        unknown.add(whole);
        return Optional.empty();
    }

    private static String name(String inside) {
        int colon = inside.indexOf(':');
        return colon < 0 ? inside : inside.substring(0, colon);
    }
}
