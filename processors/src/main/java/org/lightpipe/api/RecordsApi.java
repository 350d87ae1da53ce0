package org.lightpipe.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.portal.Preview;
import org.lightpipe.portal.RecordPage;
import org.lightpipe.portal.Records;

/** The portal's records over REST. Thread-safe. */
public final class RecordsApi {

    private static final int USUAL_LIMIT = 48;
    private static final int MAX_LIMIT = 200;

    private final Records records;

    public RecordsApi(Records records) {
        this.records = records;
    }

    /** Answers {@code GET /records}. */
    public RecordPage search(
            @ExchangeProperty(Caller.PROPERTY) Caller caller,
            @Header("q") String q,
            @Header("experiment") String experiment,
            @Header("beamline") String beamline,
            @Header("after") String after,
            @Header("limit") String limit) {
        return records.search(
                caller.username(),
                caller.operator(),
                orEmpty(q),
                orEmpty(experiment),
                orEmpty(beamline),
                number("after", after, Long.MAX_VALUE, Long.MAX_VALUE),
                (int) number("limit", limit, USUAL_LIMIT, MAX_LIMIT));
    }

    /** Answers {@code GET /records/{id}}. */
    public ObjectNode record(@ExchangeProperty(Caller.PROPERTY) Caller caller, @Header("id") String id) {
        return id(id).flatMap(number -> records.record(caller.username(), caller.operator(), number))
                .orElseThrow(() -> new NotFoundException("There is no record " + id + " that you may see."));
    }

    /** Answers {@code GET /records/{id}/preview}. */
    public Preview preview(@ExchangeProperty(Caller.PROPERTY) Caller caller, @Header("id") String id) {
        return id(id).flatMap(number -> records.preview(caller.username(), caller.operator(), number))
                .orElseThrow(
                        () -> new NotFoundException("There is no picture of a record " + id + " that you may see."));
    }

    private static Optional<Long> id(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static long number(String name, String text, long otherwise, long most) {
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, with the bounds
        }
        throw InvalidInputException.of(
                "request",
                name,
                "'" + text + "' is not a whole number from 1 to " + most,
                "leave it out or correct it");
    }

    /** A text from a request, without the one character that PostgreSQL cannot hold. */
    private static String orEmpty(String text) {
        return text == null ? "" : text.replace("\0", "").strip();
    }
}
