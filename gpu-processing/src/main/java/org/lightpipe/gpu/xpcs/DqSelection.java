package org.lightpipe.gpu.xpcs;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dynamic bins in words: {@code all}, or numbers and ranges such as {@code 1,2,5-7}. */
final class DqSelection {

    private static final Pattern PART = Pattern.compile("\\s*(\\d{1,7})\\s*(?:-\\s*(\\d{1,7})\\s*)?");
    private static final String ALL = "all";

    private DqSelection() {}

    /** @throws IllegalArgumentException names the option and its value */
    static void check(String words) {
        of(words, new TreeSet<>());
    }

    /**
     * @param filled the bins that there are
     * @return those that were chosen, whether they are there or not
     */
    static SortedSet<Integer> of(String words, SortedSet<Integer> filled) {
        if (words.strip().equalsIgnoreCase(ALL)) {
            return filled;
        }
        SortedSet<Integer> chosen = new TreeSet<>();
        for (String part : words.split(",", -1)) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()) {
                throw refused(words, part);
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (first < 1 || last < first || last - first > 1_000_000) {
                throw refused(words, part);
            }
            for (int bin = first; bin <= last; bin++) {
                chosen.add(bin);
            }
        }
        return chosen;
    }

    private static IllegalArgumentException refused(String words, String part) {
        return new IllegalArgumentException("dqSelection=" + words + ": '" + part.strip()
                + "' is not a bin, counted from 1, nor a range of bins; write all, or for instance 1,2,5-7");
    }
}
