package org.lightpipe.portal;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The words by which a record is found. Records and questions are cut into words in the same way: PostgreSQL's own
 * parser would take {@code tooth_01.h5} for a host and {@code /exchange/theta} for a file, and never find
 * {@code tooth} or {@code theta} in them. Not thread-safe.
 */
final class SearchWords {

    /** PostgreSQL refuses a tsvector of more than 1 MiB; words and their places stay well below with this. */
    private static final int MAX_BYTES = 200_000;

    private static final int MAX_QUESTION = 500;

    /** Everything but letters, digits, and the point in a number. */
    private static final Pattern BETWEEN_WORDS = Pattern.compile("(?<![0-9])\\.|\\.(?![0-9])|[^\\p{L}\\p{M}\\p{N}.]+");

    /** In a question, quotes keep words together and a minus before a word excludes it. */
    private static final Pattern BETWEEN_WORDS_ASKED = Pattern.compile(
            "(?<![0-9])\\.|\\.(?![0-9])|(?<![\\s\"]|^)-|-(?![\\p{L}\\p{N}\"])|[^\\p{L}\\p{M}\\p{N}.\"-]+");

    private final Set<String> texts = new LinkedHashSet<>();
    private int bytes;

    /** Adds the words of a text, unless it has them already or would go over the bound. */
    SearchWords add(String text) {
        String words = words(BETWEEN_WORDS, text);
        int length = words.getBytes(StandardCharsets.UTF_8).length + 1;
        if (!words.isEmpty() && bytes + length <= MAX_BYTES && texts.add(words)) {
            bytes += length;
        }
        return this;
    }

    String text() {
        return String.join(" ", texts);
    }

    /** What a person typed, cut into words like the records, for PostgreSQL's websearch_to_tsquery. */
    static String question(String typed) {
        String bounded = typed.length() <= MAX_QUESTION ? typed : typed.substring(0, MAX_QUESTION);
        return words(BETWEEN_WORDS_ASKED, bounded);
    }

    private static String words(Pattern between, String text) {
        return between.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" ").strip();
    }
}
