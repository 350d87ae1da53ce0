package org.lightpipe.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A YAML mapping that is read field by field. Wrong values are collected as findings with their line,
 * and {@link #end()} reports every field that nobody asked for: a typo never passes silently.
 */
public final class YamlMap {

    private static final Pattern BYTES = Pattern.compile("(\\d+(?:\\.\\d+)?) ?([kKMGTP]?)(i?)B?(?:/s)?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|min|m|h|d)");

    private final String source;
    private final String path;
    private final MappingNode mapping;
    private final Findings findings;
    private final UnaryOperator<String> placeholders;
    private final Map<String, NodeTuple> fields = new LinkedHashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();

    YamlMap(String source, String path, MappingNode mapping, Findings findings, UnaryOperator<String> placeholders) {
        this.source = source;
        this.path = path;
        this.mapping = mapping;
        this.findings = findings;
        this.placeholders = placeholders;
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                fields.put(key.getValue(), tuple);
            }
        }
    }

    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /** Names of the fields, sorted. */
    public List<String> sortedNames() {
        return fields.keySet().stream().sorted().toList();
    }

    public boolean has(String field) {
        return fields.containsKey(field);
    }

    /** Line of this mapping, from 1. */
    public int line() {
        return line(mapping);
    }

    /** Line of a field, or of the mapping when the field is not there. */
    public int line(String field) {
        NodeTuple tuple = fields.get(field);
        return tuple == null ? line() : line(tuple.getKeyNode());
    }

    public String source() {
        return source;
    }

    /** Adds a finding about a field of this mapping. */
    public void wrong(String field, String problem, String mend) {
        findings.add(source, line(field), field.isEmpty() ? path : path + field, problem, mend);
    }

    /** A text that must be there; empty when it is not (which is then a finding). */
    public String text(String field) {
        Optional<String> value = optionalText(field);
        if (value.isEmpty() && !has(field)) {
            wrong(field, "is missing", "add '" + field + ": …'");
        }
        return value.orElse("");
    }

    public String text(String field, String otherwise) {
        return optionalText(field).orElse(otherwise);
    }

    /** The text of a field, if it is there and not empty. */
    public Optional<String> optionalText(String field) {
        return node(field).flatMap(node -> {
            if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
                return resolved(field, scalar);
            }
            wrong(
                    field,
                    node instanceof ScalarNode ? "is empty" : "is not a single value",
                    "write '" + field + ": value'");
            return Optional.empty();
        });
    }

    /** A text that must be one of a few. */
    public String choice(String field, String otherwise, List<String> choices) {
        String value = text(field, otherwise);
        if (!choices.contains(value)) {
            wrong(field, "'" + value + "' is not one of " + String.join(", ", choices), suggestion(value, choices));
            return otherwise;
        }
        return value;
    }

    public boolean flag(String field, boolean otherwise) {
        return optionalText(field)
                .map(value -> switch (value) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> {
                        wrong(field, "'" + value + "' is neither true nor false", "");
                        yield otherwise;
                    }
                })
                .orElse(otherwise);
    }

    /** A whole number within bounds, both included. */
    public int integer(String field, int otherwise, int least, int most) {
        return optionalText(field)
                .map(value -> {
                    try {
                        int number = Integer.parseInt(value);
                        if (number >= least && number <= most) {
                            return number;
                        }
                    } catch (NumberFormatException e) {
                        // told below, with the bounds
                    }
                    wrong(field, "'" + value + "' is not a whole number from " + least + " to " + most, "");
                    return otherwise;
                })
                .orElse(otherwise);
    }

    /** A duration such as {@code 500ms}, {@code 2s}, {@code 5min}, {@code 12h} or {@code 90d}. */
    public Duration duration(String field, Duration otherwise) {
        return optionalText(field)
                .map(value -> parseDuration(value).orElseGet(() -> {
                    wrong(field, "'" + value + "' is not a duration", "write it as 500ms, 2s, 5min, 12h or 90d");
                    return otherwise;
                }))
                .orElse(otherwise);
    }

    /** Parses {@code 500ms}, {@code 2s}, {@code 5min}, {@code 12h} or {@code 90d}. */
    public static Optional<Duration> parseDuration(String value) {
        Matcher matcher = DURATION.matcher(value.trim());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m", "min" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                });
    }

    /** A number of bytes such as {@code 500MB} (10^6) or {@code 2GiB} (2^30); {@code /s} may follow a rate. */
    public long bytes(String field, long otherwise) {
        return optionalText(field)
                .map(value -> parseBytes(value).orElseGet(() -> {
                    wrong(field, "'" + value + "' is not a number of bytes", "write it as 500MB, 2GiB or 300MB/s");
                    return otherwise;
                }))
                .orElse(otherwise);
    }

    /** Parses {@code 10}, {@code 500kB}, {@code 2GiB}, {@code 300MB/s}. */
    public static Optional<Long> parseBytes(String value) {
        Matcher matcher = BYTES.matcher(value.trim());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int power = matcher.group(2).isEmpty()
                ? 0
                : 1 + "kMGTP".indexOf(matcher.group(2).replace('K', 'k'));
        double unit = Math.pow(matcher.group(3).isEmpty() ? 1000 : 1024, power);
        double bytes = Double.parseDouble(matcher.group(1)) * unit;
        return bytes > Long.MAX_VALUE ? Optional.empty() : Optional.of(Math.round(bytes));
    }

    /** A regular expression. */
    public Optional<Pattern> pattern(String field) {
        return optionalText(field).flatMap(value -> {
            try {
                return Optional.of(Pattern.compile(value));
            } catch (PatternSyntaxException e) {
                wrong(field, "'" + value + "' is not a regular expression: " + e.getDescription(), "");
                return Optional.empty();
            }
        });
    }

    /** A list of texts; one text alone is a list of one. */
    public List<String> texts(String field) {
        Optional<Node> node = node(field);
        if (node.isEmpty()) {
            return List.of();
        }
        if (node.get() instanceof ScalarNode scalar) {
            return List.of(scalar.getValue());
        }
        List<String> texts = new ArrayList<>();
        if (node.get() instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                if (item instanceof ScalarNode scalar) {
                    texts.add(scalar.getValue());
                } else {
                    findings.add(source, line(item), path + field, "is not a list of single values", "");
                }
            }
        } else {
            wrong(field, "is not a list", "write '- value' lines");
        }
        return List.copyOf(texts);
    }

    /** A mapping within this one. */
    public Optional<YamlMap> map(String field) {
        return node(field).flatMap(node -> {
            if (node instanceof MappingNode inner) {
                return Optional.of(new YamlMap(source, path + field + ".", inner, findings, placeholders));
            }
            wrong(field, "is not a group of 'field: value' lines", "");
            return Optional.empty();
        });
    }

    /** True when the field is a single value and not a mapping or list. */
    public boolean isText(String field) {
        return fields.containsKey(field) && fields.get(field).getValueNode() instanceof ScalarNode;
    }

    /** A list of mappings. */
    public List<YamlMap> maps(String field) {
        Optional<Node> node = node(field);
        if (node.isEmpty()) {
            return List.of();
        }
        List<YamlMap> maps = new ArrayList<>();
        if (node.get() instanceof SequenceNode sequence) {
            int index = 0;
            for (Node item : sequence.getValue()) {
                String where = field + "[" + index++ + "]";
                if (item instanceof MappingNode inner) {
                    maps.add(new YamlMap(source, path + where + ".", inner, findings, placeholders));
                } else {
                    findings.add(source, line(item), path + where, "is not a group of 'field: value' lines", "");
                }
            }
        } else {
            wrong(field, "is not a list", "write '- field: value' lines");
        }
        return List.copyOf(maps);
    }

    /** Texts by name, as written. */
    public Map<String, String> textsByName(String field) {
        Map<String, String> texts = new LinkedHashMap<>();
        map(field).ifPresent(inner -> {
            for (String name : inner.sortedNames()) {
                inner.optionalText(name).ifPresent(value -> texts.put(name, value));
            }
        });
        return Map.copyOf(texts);
    }

    /** The whole mapping as plain Java values: maps, lists, texts, numbers and booleans. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> plain() {
        ConstructNode construct = new PlainConstructor()::plain;
        return (Map<String, Object>) construct.construct(mapping);
    }

    /** Reports every field that was never asked for. */
    public void end() {
        for (String name : fields.keySet()) {
            if (!asked.contains(name)) {
                wrong(name, "is not a known field", suggestion(name, List.copyOf(asked)));
            }
        }
    }

    private Optional<String> resolved(String field, ScalarNode scalar) {
        try {
            return Optional.of(placeholders.apply(scalar.getValue()));
        } catch (IllegalArgumentException e) {
            wrong(field, e.getMessage(), "define it in config/application.properties");
            return Optional.empty();
        }
    }

    private Optional<Node> node(String field) {
        asked.add(field);
        NodeTuple tuple = fields.get(field);
        if (tuple == null) {
            return Optional.empty();
        }
        return Optional.of(tuple.getValueNode());
    }

    /** Words that point to the nearest known name, or list the known names. */
    public static String suggestion(String given, List<String> known) {
        return known.stream()
                .filter(name -> distance(given, name) <= 2)
                .min((a, b) -> Integer.compare(distance(given, a), distance(given, b)))
                .map(name -> "did you mean '" + name + "'?")
                .orElseGet(() -> known.isEmpty()
                        ? "remove it"
                        : "known: " + known.stream().sorted().collect(Collectors.joining(", ")));
    }

    /** Levenshtein distance: how many letters differ. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    /** Opens the standard constructor, which builds plain values from nodes. */
    private static final class PlainConstructor extends StandardConstructor {
        PlainConstructor() {
            super(LoadSettings.builder().build());
        }

        Object plain(Node node) {
            return constructSingleDocument(Optional.of(node));
        }
    }
}
