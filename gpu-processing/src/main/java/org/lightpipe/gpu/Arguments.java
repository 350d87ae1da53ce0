package org.lightpipe.gpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The words and {@code --name value} pairs of a command line. */
final class Arguments {

    private static final String DASHES = "--";

    private final List<String> words = new ArrayList<>();
    private final Map<String, String> named = new LinkedHashMap<>();
    private boolean help;

    private Arguments() {}

    /** A name that nothing follows is a switch, and means true. */
    static Arguments parse(List<String> arguments) {
        Arguments parsed = new Arguments();
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (word.equals("--help") || word.equals("-h")) {
                parsed.help = true;
            } else if (word.startsWith(DASHES) && word.length() > DASHES.length()) {
                String name = word.substring(DASHES.length());
                int equals = name.indexOf('=');
                if (equals >= 0) {
                    parsed.put(name.substring(0, equals), name.substring(equals + 1));
                } else if (i + 1 < arguments.size() && !arguments.get(i + 1).startsWith(DASHES)) {
                    i++;
                    parsed.put(name, arguments.get(i));
                } else {
                    parsed.put(name, "true");
                }
            } else {
                parsed.words.add(word);
            }
        }
        return parsed;
    }

    private void put(String name, String value) {
        if (named.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException(DASHES + name + " is given twice");
        }
    }

    boolean help() {
        return help;
    }

    /** @return the word at a place, those with dashes not counted */
    Optional<String> word(int at) {
        return at < words.size() ? Optional.of(words.get(at)) : Optional.empty();
    }

    /** @return the value of a name, which is then no option of the technique */
    Optional<String> take(String name) {
        return Optional.ofNullable(named.remove(name));
    }

    /** @return what is left: the options of the technique */
    Map<String, String> options() {
        if (words.size() > 2) {
            throw new IllegalArgumentException("'" + words.get(2) + "' is too much; an option begins with " + DASHES);
        }
        return named;
    }

    /** @throws IllegalArgumentException if there is more than the command */
    void refuseRest() {
        if (words.size() > 1 || !named.isEmpty()) {
            throw new IllegalArgumentException("'"
                    + (words.size() > 1
                            ? words.get(1)
                            : DASHES + named.keySet().iterator().next())
                    + "' is no option of gpu " + words.get(0));
        }
    }
}
