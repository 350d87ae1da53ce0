package org.lightpipe.gpu.scattering;

import java.util.Optional;

/** Two numbers with a comma between them, as options have them. */
record Range(double from, double to) {

    /**
     * @param option for the message
     * @param text empty = no range
     * @throws IllegalArgumentException if it is anything else than two finite numbers
     */
    static Optional<Range> of(String option, String text) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        String[] parts = text.split("[,:]");
        try {
            if (parts.length == 2) {
                Range range = new Range(Double.parseDouble(parts[0].strip()), Double.parseDouble(parts[1].strip()));
                if (Double.isFinite(range.from) && Double.isFinite(range.to)) {
                    return Optional.of(range);
                }
            }
        } catch (NumberFormatException e) {
            // falls through to the words below
        }
        throw new IllegalArgumentException(
                option + " is " + text + "; two numbers with a comma between them are wanted, such as 0.1,4.5");
    }
}
