package org.lightpipe.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Options of a benchmark, written {@code --name value}, or {@code --name} alone for a switch. */
final class Options {

    private final Map<String, String> values = new HashMap<>();
    private final Set<String> known = new HashSet<>(Set.of("save"));

    Options(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("--")) {
                throw new UsageException("'" + word + "' is not an option; options begin with --");
            }
            boolean hasValue = i + 1 < words.size() && !words.get(i + 1).startsWith("--");
            values.put(word.substring(2), hasValue ? words.get(++i) : "true");
        }
    }

    int integer(String name, int otherwise) {
        return (int) number(name, otherwise);
    }

    double number(String name, double otherwise) {
        String text = text(name, String.valueOf(otherwise));
        try {
            double number = Double.parseDouble(text);
            if (number <= 0) {
                throw new UsageException("--" + name + " must be more than 0, and not " + text);
            }
            return number;
        } catch (NumberFormatException e) {
            throw new UsageException("--" + name + " must be a number, and not '" + text + "'");
        }
    }

    boolean is(String name) {
        return text(name, "false").equals("true");
    }

    String text(String name, String otherwise) {
        known.add(name);
        return values.getOrDefault(name, otherwise);
    }

    /** Words between commas. */
    List<String> words(String name, List<String> otherwise) {
        return List.of(text(name, String.join(",", otherwise)).split(","));
    }

    /** Where the benchmark may write; {@code benchmarks/target/data} unless told. */
    Path directory() {
        Path home = Path.of(System.getProperty("lightpipe.home", "."));
        return Path.of(text("dir", home.resolve("benchmarks/target/data").toString()))
                .toAbsolutePath();
    }

    /** True when the report is to be kept in {@code benchmarks/results}. */
    boolean save() {
        return is("save");
    }

    /** Refuses what the benchmark did not ask for: a misspelt option would measure something else. */
    void end() {
        List<String> strange = new ArrayList<>(values.keySet());
        strange.removeAll(known);
        if (!strange.isEmpty()) {
            throw new UsageException("--" + strange.get(0) + " is not an option here; there are --"
                    + String.join(" --", known.stream().sorted().toList()));
        }
    }
}
