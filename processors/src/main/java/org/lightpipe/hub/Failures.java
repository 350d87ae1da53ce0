package org.lightpipe.hub;

import org.apache.camel.Exchange;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;

/** What a route does with an item that failed: it waits for its next attempt, or is held for a person. */
public final class Failures {

    private final Work work;

    Failures(Work work) {
        this.work = work;
    }

    /** Ends the attempt at the item that the exchange properties {@code step} and {@code id} name. */
    public void hold(Exchange exchange) {
        Step step = Step.of(exchange.getProperty("step", String.class));
        long id = exchange.getProperty("id", Long.class);
        work.failed(step, id, exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
    }
}
