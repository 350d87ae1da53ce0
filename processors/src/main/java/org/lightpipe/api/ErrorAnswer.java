package org.lightpipe.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.lightpipe.core.ConflictException;
import org.lightpipe.core.Finding;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.core.NotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a request that failed: with what its sender can mend, and with nothing about the inside. Thread-safe. */
public final class ErrorAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswer.class);

    private final Answer answer;

    public ErrorAnswer(Answer answer) {
        this.answer = answer;
    }

    /** Makes the answer to the exception that the exchange caught. */
    public void answer(Exchange exchange) throws JsonProcessingException {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        exchange.getMessage().removeHeader(Access.SET_COOKIE);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidInputException e) {
                send(exchange, 400, e.findings());
                return;
            }
            if (cause instanceof AccessDeniedException e) {
                send(exchange, e.status(), e.getMessage());
                return;
            }
            if (cause instanceof NotFoundException e) {
                send(exchange, 404, e.getMessage());
                return;
            }
            if (cause instanceof ConflictException e) {
                send(exchange, 409, e.getMessage());
                return;
            }
        }
        // the number lets a person find in the log what the answer must not tell
        String number = UUID.randomUUID().toString();
        LOG.error("request failed, error {}", number, failure);
        send(exchange, 500, "The hub could not do this; its log has the reason under error " + number + ".");
    }

    private void send(Exchange exchange, int status, String problem) throws JsonProcessingException {
        send(exchange, status, List.of(new Finding("request", 0, "", problem, "")));
    }

    private void send(Exchange exchange, int status, List<Finding> findings) throws JsonProcessingException {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.getMessage().setBody(Map.of("errors", findings));
        answer.json(exchange);
    }
}
