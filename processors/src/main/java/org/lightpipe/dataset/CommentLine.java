package org.lightpipe.dataset;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the header that Dectris' detectors write into CBF and TIFF files, such as {@code # Exposure_time 0.97 s} or
 * {@code # Detector: PILATUS 300K}.
 */
final class CommentLine {

    private static final Pattern TIME =
            Pattern.compile("\\d{4}[-/][A-Za-z0-9]{2,3}[-/]\\d{2}[T ]\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?");
    private static final Pattern FIELD = Pattern.compile("([A-Za-z][A-Za-z0-9_]{0,99})\\s*[:=]?\\s*(.*)");
    private static final Pattern QUANTITY =
            Pattern.compile("([-+]?[0-9.]{1,40}(?:[eE][-+]?\\d{1,3})?) ([A-Za-z/%.]{1,20})");

    private CommentLine() {}

    /** Reads a line; one that says nothing in this form is left out. */
    static void read(String line, Found found) {
        String text = line.strip();
        if (!text.startsWith("#")) {
            return;
        }
        text = text.substring(1).strip();
        if (TIME.matcher(text).matches()) {
            found.put("time", text);
            return;
        }
        Matcher field = FIELD.matcher(text);
        if (!field.matches()) {
            return;
        }
        Matcher quantity = QUANTITY.matcher(field.group(2));
        if (quantity.matches()) {
            found.putText(field.group(1), quantity.group(1));
            found.put(field.group(1) + "@units", quantity.group(2));
        } else {
            found.putText(field.group(1), field.group(2));
        }
    }
}
