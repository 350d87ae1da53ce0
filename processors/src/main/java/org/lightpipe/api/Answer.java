package org.lightpipe.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.lightpipe.portal.Preview;

/** The last step of every REST route: makes an HTTP answer of the body. Thread-safe. */
public final class Answer {

    private final ObjectMapper json = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .registerModule(new Jdk8Module())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    /** The body as JSON; status 200 unless {@code CamelHttpResponseCode} says something else. */
    public void json(Exchange exchange) throws JsonProcessingException {
        Message message = clean(exchange);
        message.setHeader("Cache-Control", "no-store");
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setBody(json.writeValueAsBytes(message.getBody()));
    }

    /** A {@link Preview} as a picture, which a browser may keep as long as it asks each time whether it still may. */
    public void png(Exchange exchange) {
        String known = exchange.getMessage().getHeader("If-None-Match", "", String.class);
        Message message = clean(exchange);
        Preview preview = message.getBody(Preview.class);
        String tag = "\"" + preview.digest() + "\"";
        message.setHeader("Cache-Control", "private, no-cache");
        message.setHeader("ETag", tag);
        message.setHeader("Content-Security-Policy", "default-src 'none'; sandbox");
        message.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        message.setHeader(Exchange.CONTENT_TYPE, "image/png");
        if (known.equals(tag)) {
            message.setHeader(Exchange.HTTP_RESPONSE_CODE, 304);
            message.setBody(null);
        } else {
            message.setBody(preview.png());
        }
    }

    /** Camel sends a message's headers back, and they are still those of the request, secrets included. */
    private static Message clean(Exchange exchange) {
        Message message = exchange.getMessage();
        message.removeHeaders("*", Exchange.HTTP_RESPONSE_CODE, Access.SET_COOKIE);
        message.setHeader("X-Content-Type-Options", "nosniff");
        return message;
    }
}
