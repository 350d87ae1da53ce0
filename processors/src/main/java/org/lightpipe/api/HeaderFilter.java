package org.lightpipe.api;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * What passes the door of the hub's HTTP interface. Nothing from outside may look like one of Camel's own headers. To
 * the outside go only the headers that answers are made of: Camel would send the request's headers back, secrets
 * included, and withhold {@code Cache-Control}. Thread-safe.
 */
public final class HeaderFilter implements HeaderFilterStrategy {

    private static final Set<String> ANSWER = Set.of(
            "allow",
            "cache-control",
            "content-disposition",
            "content-security-policy",
            "content-type",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "etag",
            "location",
            "referrer-policy",
            "retry-after",
            "set-cookie",
            "x-content-type-options",
            "x-frame-options");

    private final HttpHeaderFilterStrategy door = new HttpHeaderFilterStrategy();

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return !ANSWER.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("camel")
                || lower.startsWith("org.apache.camel")
                || door.applyFilterToExternalHeaders(name, value, exchange);
    }
}
