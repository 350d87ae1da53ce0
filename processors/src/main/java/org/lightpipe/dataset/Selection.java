package org.lightpipe.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.lightpipe.config.MetadataPolicy;

/** A policy made ready: says which fields are wanted, and gives them their names. Immutable. */
final class Selection {

    private final boolean all;
    private final List<Pattern> keep = new ArrayList<>();
    private final Map<String, List<String>> names;
    private final TreeSet<String> named = new TreeSet<>();

    Selection(MetadataPolicy policy) {
        all = policy.keep().isEmpty();
        policy.keep().ifPresent(globs -> globs.forEach(glob -> keep.add(Pattern.compile(regex(glob), Pattern.DOTALL))));
        names = policy.names();
        names.values().forEach(named::addAll);
    }

    /** Fields that the policy names one by one, sorted. */
    List<String> named() {
        return List.copyOf(named);
    }

    /** True when more is kept than the named fields. */
    boolean wantsMore() {
        return all || !keep.isEmpty();
    }

    /** True for a field that is kept, or is needed for a name. */
    boolean wants(String field) {
        return keeps(field) || isNamed(field);
    }

    /** True for a field that the policy names. */
    boolean isNamed(String field) {
        return named.contains(field) || field.endsWith("@units") && named.contains(withoutUnits(field));
    }

    private boolean keeps(String field) {
        return all || keep.stream().anyMatch(pattern -> pattern.matcher(field).matches());
    }

    private static String withoutUnits(String field) {
        return field.substring(0, field.length() - "@units".length());
    }

    /** The fields that are kept, and besides the named ones. Why something is unreadable is always kept. */
    Map<String, Object> of(Map<String, Object> fields) {
        Map<String, Object> selected = new TreeMap<>();
        fields.forEach((field, value) -> {
            if (keeps(field) || field.endsWith(Found.UNREADABLE)) {
                selected.put(field, value);
            }
        });
        names.forEach((name, alternatives) -> alternatives.stream()
                .filter(fields::containsKey)
                .findFirst()
                .ifPresent(field -> {
                    selected.put(name, fields.get(field));
                    if (fields.containsKey(field + "@units")) {
                        selected.put(name + "@units", fields.get(field + "@units"));
                    }
                }));
        return selected;
    }

    /** A glob as for files; written out here because a field need not be a path that this machine can have. */
    private static String regex(String glob) {
        StringBuilder regex = new StringBuilder();
        boolean group = false;
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> {
                    boolean any = i + 1 < glob.length() && glob.charAt(i + 1) == '*';
                    regex.append(any ? ".*" : "[^/]*");
                    i += any ? 1 : 0;
                }
                case '?' -> regex.append("[^/]");
                case '{' -> {
                    regex.append("(?:");
                    group = true;
                }
                case '}' -> {
                    regex.append(group ? ")" : "\\}");
                    group = false;
                }
                case ',' -> regex.append(group ? "|" : ",");
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }
}
