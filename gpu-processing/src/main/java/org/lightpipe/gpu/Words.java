package org.lightpipe.gpu;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Names as people write them. */
final class Words {

    private Words() {}

    /** @return a name without what people leave out or write differently: case, hyphens and underscores */
    static String squeezed(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** @return {@code " (did you mean …?)"} if one of the names is not far from a wrong one, else nothing */
    static String meant(String wrong, Collection<String> names) {
        String squeezed = squeezed(wrong);
        int most = Math.max(1, squeezed.length() / 3);
        return names.stream()
                .filter(name -> distance(squeezed, squeezed(name)) <= most)
                .min(Comparator.comparingInt(name -> distance(squeezed, squeezed(name))))
                .map(name -> " (did you mean " + name + "?)")
                .orElse("");
    }

    /** How many letters must be put in, left out or changed (Levenshtein). */
    private static int distance(String one, String other) {
        int[] before = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] now = new int[other.length() + 1];
            now[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(changed, 1 + Math.min(before[j], now[j - 1]));
            }
            before = now;
        }
        return before[other.length()];
    }
}
