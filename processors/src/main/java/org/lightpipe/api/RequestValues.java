package org.lightpipe.api;

import java.util.Optional;
import org.lightpipe.core.InvalidInputException;

/** Reads what the query of a request says. */
final class RequestValues {

    private RequestValues() {}

    /** A text, if it is there and not blank, without the one character that PostgreSQL cannot hold. */
    static Optional<String> text(String value) {
        return Optional.ofNullable(value).map(text -> text.replace("\0", "")).filter(text -> !text.isBlank());
    }

    /**
     * A whole number within bounds, both included.
     *
     * @throws InvalidInputException that names the field
     */
    static long number(String field, String value, long otherwise, long least, long most) {
        Optional<String> text = text(value);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text.get().strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, with the bounds
        }
        throw InvalidInputException.of(
                "request",
                field,
                "'" + value + "' is not a whole number from " + least + " to " + most,
                "leave it out or correct it");
    }

    /**
     * A flag: true, false, or not there, which is false.
     *
     * @throws InvalidInputException that names the field
     */
    static boolean flag(String field, String value) {
        return text(value)
                .map(text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default ->
                        throw InvalidInputException.of(
                                "request",
                                field,
                                "'" + text + "' is neither true nor false",
                                "leave it out or correct it");
                })
                .orElse(false);
    }
}
