package org.lightpipe.core;

/**
 * One thing that is wrong with something a person wrote, in words that let them mend it.
 *
 * @param source the file (or request) it was found in
 * @param line line in the source, from 1; 0 when no line applies
 * @param field the field, as a dotted path; empty when no field applies
 * @param problem what is wrong
 * @param mend what to do about it; empty when the problem says it
 */
public record Finding(String source, int line, String field, String problem, String mend) {

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(source);
        if (line > 0) {
            text.append(':').append(line);
        }
        text.append(": ");
        if (!field.isEmpty()) {
            text.append(field).append(": ");
        }
        text.append(problem);
        if (!mend.isEmpty()) {
            text.append(" (").append(mend).append(')');
        }
        return text.toString();
    }
}
