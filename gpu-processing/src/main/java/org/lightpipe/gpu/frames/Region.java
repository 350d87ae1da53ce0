package org.lightpipe.gpu.frames;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lightpipe.gpu.core.InvalidInputException;

/**
 * A rectangle of a frame.
 *
 * @param row the first
 * @param column the first
 * @param rows how many
 * @param columns how many
 */
record Region(int row, int column, int rows, int columns) {

    private static final Pattern TEXT = Pattern.compile("\\s*(\\d*)\\s*:\\s*(\\d*)\\s*,\\s*(\\d*)\\s*:\\s*(\\d*)\\s*");

    /** @throws IllegalArgumentException if the text is no region */
    static void check(String text) {
        if (!text.isBlank() && !TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "roi is " + text + "; rows and columns from a first to an end are wanted, such as 100:356,0:512");
        }
    }

    /**
     * @param text that was checked; empty = all
     * @param frames for the message
     */
    static Region of(String text, int rows, int columns, String frames) throws InvalidInputException {
        if (text.isBlank()) {
            return new Region(0, 0, rows, columns);
        }
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidInputException("roi is " + text + "; such as 100:356,0:512 is wanted");
        }
        long top = number(matcher.group(1), 0);
        long bottom = number(matcher.group(2), rows);
        long left = number(matcher.group(3), 0);
        long right = number(matcher.group(4), columns);
        if (bottom > rows || right > columns || top >= bottom || left >= right) {
            throw new InvalidInputException(frames + ": roi=" + text + " is not within frames of " + rows + " x "
                    + columns + " pixels (rows x columns), or holds none of them");
        }
        return new Region((int) top, (int) left, (int) (bottom - top), (int) (right - left));
    }

    private static long number(String text, int otherwise) {
        // more digits than any frame has pixels are out of range, whatever their number is
        return text.isEmpty() ? otherwise : text.length() > 9 ? Long.MAX_VALUE : Long.parseLong(text);
    }
}
