package org.lightpipe.dataset;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What is found in a header: at most {@value #MOST} fields, texts of at most {@value #LONGEST} characters, all of which
 * the catalog can keep as JSON.
 */
final class Found {

    static final int MOST = 500;
    static final int LONGEST = 500;
    /** The field that says why the rest could not be read. */
    static final String UNREADABLE = "unreadable";

    private static final Pattern WHOLE = Pattern.compile("-?(?:0|[1-9]\\d{0,17})");
    private static final Pattern DECIMAL =
            Pattern.compile("[-+]?(?:\\d{1,40}\\.\\d{0,40}|\\.?\\d{1,40})(?:[eE][-+]?\\d{1,3})?");
    /** A number with leading zeros is a name: 007 is not 7. */
    private static final Pattern PADDED = Pattern.compile("-?0\\d+|\\+.*");

    private final Map<String, Object> fields = new TreeMap<>();

    boolean isFull() {
        return fields.size() >= MOST;
    }

    /** Puts a field, unless there are too many already. Text that is empty is not put. */
    void put(String key, Object value) {
        if (key.isEmpty() || isFull() && !fields.containsKey(key)) {
            return;
        }
        if (value instanceof String text) {
            if (!text.isBlank()) {
                fields.put(clean(key), clean(text.strip()));
            }
        } else if (value instanceof Double number && !Double.isFinite(number)
                || value instanceof Float other && !Float.isFinite(other)) {
            fields.put(clean(key), value.toString());
        } else {
            fields.put(clean(key), value);
        }
    }

    /** Puts a field of a header that is text: as a number where it is one. */
    void putText(String key, String text) {
        put(key, parsed(text.strip()));
    }

    /** Says why the file, or a part of it, cannot be read; there is always room for this. */
    void unreadable(String part, String why) {
        fields.put(clean(part.isEmpty() ? UNREADABLE : part + "@" + UNREADABLE), clean(why));
    }

    /** The fields, by name. */
    Map<String, Object> fields() {
        return fields;
    }

    private static Object parsed(String text) {
        if (WHOLE.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        if (DECIMAL.matcher(text).matches() && !PADDED.matcher(text).matches()) {
            double number = Double.parseDouble(text);
            return Double.isFinite(number) ? number : text;
        }
        return text;
    }

    /** The catalog can keep neither a NUL nor half a character, and need not keep a novel. */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), LONGEST + 1));
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            at += Character.charCount(point);
            if (point == 0 || point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                continue;
            }
            if (clean.length() + Character.charCount(point) > LONGEST) {
                return clean.append('…').toString();
            }
            clean.appendCodePoint(point);
        }
        return clean.toString();
    }
}
